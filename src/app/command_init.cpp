#include "app/choice.hpp"
#include "app/commands.hpp"
#include "app/config_option.hpp"
#include "app/exit_code.hpp"

#include <prelabel/base/shell_word.hpp>
#include <prelabel/config/load.hpp>
#include <prelabel/config/starter.hpp>
#include <prelabel/files/field_choice.hpp>
#include <prelabel/files/file_format.hpp>
#include <prelabel/files/record_reader.hpp>

#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <iostream>
#include <memory>
#include <system_error>
#include <unistd.h>

namespace prelabel::app {
namespace {

constexpr std::size_t records_looked_at = 50;

struct Options {
    config::Starter starter;
    std::string labels;
    std::string documents;
    std::string folder = ".";
};

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\r");
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r") + 1 - first);
}

std::vector<std::string> names_in(const std::string& list) {
    std::vector<std::string> names;
    for (std::size_t at = 0; at <= list.size();) {
        const auto comma = std::min(list.find(',', at), list.size());
        if (auto name = trimmed(list.substr(at, comma - at)); !name.empty()) names.push_back(std::move(name));
        at = comma + 1;
    }
    return names;
}

/// The answer of a person at the terminal; the default where they only press Enter.
std::string ask(const std::string& question, const std::string& otherwise = {}) {
    std::cerr << question << (otherwise.empty() ? ": " : " [" + otherwise + "]: ") << std::flush;
    std::string line;
    if (!std::getline(std::cin, line)) return otherwise;
    line = trimmed(line);
    return line.empty() ? otherwise : line;
}

/// What is missing is asked for where somebody can answer.
void complete(Options& options) {
    auto& starter = options.starter;
    if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDERR_FILENO) == 0) return;
    const bool asks = options.labels.empty() || starter.model.empty();
    if (options.labels.empty()) options.labels = ask("Labels, separated by commas (such as PER,ORG,PRODUCT)");
    if (starter.model.empty()) {
        starter.model = ask("Model", "gpt-4o-mini");
        starter.base_url = ask("Server", starter.base_url);
    }
    if (asks && options.documents.empty()) options.documents = ask("A file with documents, if there is one (or Enter)");
}

/// Finds the fields of the documents' text and id. Text and CoNLL have none.
Result<> look_at_documents(Options& options) {
    const auto format = files::format_of(options.documents);
    if (!format) return format.error();
    files::ReadOptions any_columns;
    if (*format == files::FileFormat::csv || *format == files::FileFormat::tsv) any_columns.text.clear();
    auto reader = files::RecordReader::open(options.documents, *format, any_columns);
    if (!reader) return reader.error();
    std::vector<std::string> records;
    while (records.size() < records_looked_at) {
        auto record = reader->next();
        if (!record) return record.error();
        if (!*record) break;
        records.push_back((*record)->value.value_or(""));
    }
    if (*format == files::FileFormat::text || *format == files::FileFormat::conll) return {};
    if (records.empty()) return Error{Fault::config, options.documents + ": holds no records to find fields in"};
    const auto choice = files::choose_fields(records);
    if (choice.text.empty()) {
        std::string seen;
        for (const auto& field : choice.fields) seen += (seen.empty() ? "" : ", ") + field;
        return Error{Fault::config, options.documents + ": no field holds a text in most of the first " +
                                        std::to_string(records.size()) + " records" +
                                        (seen.empty() ? "" : "; fields: " + seen)};
    }
    options.starter.text = choice.text;
    options.starter.id = choice.id;
    return {};
}

/// Writes a file that is not there yet.
Result<> write_new(const std::string& path, const std::string& content) {
    const auto failed_with = [&](int code) {
        return Error{Fault::config,
                     path + (code == EEXIST   ? ": exists already, and nothing is overwritten"
                             : code == ENOENT ? ": cannot be written: there is no such folder; create it first"
                                              : ": cannot be written: " + std::system_category().message(code))};
    };
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (descriptor < 0) return failed_with(errno);
    const auto written = ::write(descriptor, content.data(), content.size());
    const int trouble = written == static_cast<ssize_t>(content.size()) ? 0 : errno == 0 ? EIO : errno;
    ::close(descriptor);
    if (trouble == 0) return {};
    ::unlink(path.c_str());
    return failed_with(trouble);
}

void print_next(const Options& options, const std::string& config) {
    const std::string documents = options.documents.empty() ? "documents.jsonl" : shell_quoted(options.documents);
    const std::string with = config == "prelabel.yaml" ? "" : " -c " + shell_quoted(config);
    std::cout << "\nNext:\n";
    if (config::wants_key(options.starter)) std::cout << "  export OPENAI_API_KEY=…\n";
    std::cout << "  prelabel check" << with << " --online\n"
              << "  prelabel show --prompt -n 1 " << documents << with << '\n'
              << "  prelabel estimate " << documents << with << '\n'
              << "  prelabel label " << documents << with << " --limit 20 -o sample.jsonl\n"
              << "  prelabel show sample.jsonl\n";
}

int refuse(const std::string& sentence) {
    complain(sentence);
    return wrong_usage;
}

int init(Options options) {
    auto& starter = options.starter;
    complete(options);
    starter.labels = names_in(options.labels);
    if (starter.labels.empty() || starter.model.empty())
        return refuse("name what to look for and who does it: prelabel init --labels PER,ORG --model gpt-4o-mini");
    if (!options.documents.empty()) {
        if (const auto looked = look_at_documents(options); !looked) return refuse(looked.error().message);
        const std::string stem = std::filesystem::path(options.documents).filename().string();
        starter.name = stem.substr(0, stem.find('.', 1));
    }
    const std::filesystem::path folder = options.folder;
    const std::string task = (folder / "task.yaml").lexically_normal().string();
    const std::string config = (folder / "prelabel.yaml").lexically_normal().string();
    for (const auto& file : {task, config})
        if (std::filesystem::exists(file)) return refuse(file + ": exists already, and nothing is overwritten");
    if (const auto written = write_new(task, config::starter_task(starter)); !written)
        return refuse(written.error().message);
    if (const auto written = write_new(config, config::starter_config(starter, "task.yaml")); !written) {
        ::unlink(task.c_str());
        return refuse(written.error().message);
    }
    const auto read = config::load(config, {}, {.model = true, .input = false, .output = false});
    if (!read) {  // two labels of one name, for example
        std::cerr << config::to_string(read.error());
        for (const auto& file : {task, config}) ::unlink(file.c_str());
        return wrong_usage;
    }
    std::cout << "wrote " << task << ": say there what each label covers\n"
              << "wrote " << config << ": the model and its limits";
    if (!starter.text.empty())
        std::cout << "; the text is in " << starter.text << (starter.id.empty() ? "" : ", the id in " + starter.id);
    std::cout << '\n';
    print_next(options, config);
    std::cout << std::flush;
    return done;
}

}  // namespace

void add_init(CLI::App& app, Action& chosen) {
    auto* command = app.add_subcommand("init", "Writes a task and a configuration to begin with");
    auto options = std::make_shared<Options>();
    add_choice(*command, "--kind", options->starter.kind, "What is asked for (default ner)");
    command->add_option("--labels", options->labels, "What to look for, separated by commas")->type_name("A,B,…");
    command->add_option("--model", options->starter.model, "Name of the model")->type_name("NAME");
    command->add_option("--base-url", options->starter.base_url, "Address of its server")
        ->type_name("URL")
        ->capture_default_str();
    command
        ->add_option("--from", options->documents, "A file with documents: the fields of text and id are found in it")
        ->type_name("FILE");
    command->add_option("--dir", options->folder, "Folder to write to")->type_name("DIR")->capture_default_str();
    command->callback([options, &chosen] { chosen = [options] { return init(*options); }; });
}

}  // namespace prelabel::app
