#include "app/choice.hpp"
#include "app/commands.hpp"
#include "app/config_option.hpp"
#include "app/exit_code.hpp"
#include "app/input_option.hpp"

#include <prelabel/base/reader_finding.hpp>
#include <prelabel/base/shell_word.hpp>
#include <prelabel/config/load.hpp>
#include <prelabel/config/starter.hpp>
#include <prelabel/files/field_choice.hpp>
#include <prelabel/files/file_format.hpp>
#include <prelabel/files/inputs.hpp>
#include <prelabel/files/record_reader.hpp>
#include <prelabel/http/base_url.hpp>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
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

/// What is wrong with an answer; empty where nothing is.
using Judge = std::function<std::string(const std::string&)>;

/// The answer of a person at the terminal; the default where they only press Enter. A wrong one is asked for again.
std::string ask(const std::string& question, const std::string& otherwise, const Judge& wrong) {
    while (true) {
        std::cerr << question << (otherwise.empty() ? ": " : " [" + otherwise + "]: ") << std::flush;
        std::string line;
        const bool there = static_cast<bool>(std::getline(std::cin, line));
        line = trimmed(line);
        if (line.empty()) line = otherwise;
        const std::string problem = wrong(line);
        if (problem.empty() || !there) return line;
        std::cerr << "  " << problem << '\n';
    }
}

std::string wrong_labels(const std::string& list) {
    auto names = names_in(list);
    if (names.empty()) return "name one label at least";
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names);
    return twice == names.end() ? "" : "the label `" + *twice + "` is given twice";
}

std::string wrong_server(const std::string& url) {
    const auto base = http::parse_base_url(url);
    return base ? "" : base.error().message;
}

/// The file, or the first one of a folder.
Result<files::Input> first_of(const std::string& documents) {
    if (documents == "-") return Error{Fault::config, "-: name a file; standard input can be read only once"};
    auto found = files::find_inputs({documents}, std::nullopt);
    if (!found) return found.error();
    return std::move(found->front());
}

/// Finds the fields of the documents' text and id. Text and CoNLL have none.
Result<> look_at_documents(Options& options) {
    const auto input = first_of(options.documents);
    if (!input) return input.error();
    const auto format = input->format;
    files::ReadOptions any_columns;
    any_columns.duckdb = duckdb_program();
    if (files::is_table(format)) any_columns.text.clear();
    auto reader = files::RecordReader::open(input->path, format, any_columns);
    if (!reader) return reader.error();
    std::vector<std::string> records;
    std::string unreadable;  // why the first such record is none
    while (records.size() < records_looked_at) {
        auto record = reader->next();
        if (!record) return record.error();
        if (!*record) break;
        const auto finding = std::ranges::find((*record)->headers, malformed_header, &Header::name);
        if (finding != (*record)->headers.end() && unreadable.empty())
            unreadable = (*record)->origin.name() + ": " + finding->value.value_or("");
        records.push_back((*record)->value.value_or(""));
    }
    if (format == files::FileFormat::text || format == files::FileFormat::conll) return {};
    if (records.empty()) return Error{Fault::config, options.documents + ": holds no records to find fields in"};
    const auto choice = files::choose_fields(records);
    if (choice.text.empty()) {
        std::string seen;
        for (const auto& field : choice.fields) seen += (seen.empty() ? "" : ", ") + field;
        return Error{Fault::config, options.documents + ": no field holds a text in most of the first " +
                                        std::to_string(records.size()) + " records" +
                                        (seen.empty() ? "" : "; fields: " + seen) +
                                        (unreadable.empty() ? "" : "; " + unreadable)};
    }
    options.starter.text = choice.text;
    options.starter.id = choice.id;
    return {};
}

/// What is missing is asked for where somebody can answer.
void complete(Options& options) {
    auto& starter = options.starter;
    if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDERR_FILENO) == 0) return;
    const bool asks = options.labels.empty() || starter.model.empty();
    if (options.labels.empty())
        options.labels = ask("Labels, separated by commas (such as PER,ORG,PRODUCT)", {}, wrong_labels);
    if (starter.model.empty()) {
        starter.model = ask("Model", "gpt-4o-mini", [](const std::string&) { return std::string(); });
        starter.base_url = ask("Server", starter.base_url, wrong_server);
    }
    if (!asks || !options.documents.empty()) return;
    const auto wrong_documents = [&options](const std::string& path) {
        if (path.empty()) return std::string();
        Options looking = options;
        looking.documents = path;
        const auto looked = look_at_documents(looking);
        return looked ? std::string() : looked.error().message;
    };
    options.documents = ask("A file or a folder with documents, if there is one (or Enter)", {}, wrong_documents);
}

/// For the task: the file's name without its endings, or the folder's.
std::string name_of(const std::filesystem::path& documents) {
    const auto normal = documents.lexically_normal();
    const std::string name = (normal.has_filename() ? normal : normal.parent_path()).filename().string();
    const std::string stem = name.substr(0, name.find('.', 1));
    return stem.find_first_not_of("./*?") == std::string::npos ? config::Starter{}.name : stem;
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
              << "  prelabel estimate " << documents << with << "   # the cost too, once " << config
              << " has llm.price\n"
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
        starter.name = name_of(options.documents);
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
        std::cout << "; the text is in " << starter.text
                  << (starter.id.empty() ? ", and no field tells the documents apart: their file and line do (input.id)"
                                         : ", the id in " + starter.id);
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
        ->add_option("--from", options->documents,
                     "A file or a folder with documents: the fields of text and id are found in it")
        ->type_name("FILE");
    command->add_option("--dir", options->folder, "Folder to write to")->type_name("DIR")->capture_default_str();
    command->callback([options, &chosen] { chosen = [options] { return init(*options); }; });
}

}  // namespace prelabel::app
