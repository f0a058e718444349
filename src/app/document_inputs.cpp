#include "app/document_inputs.hpp"

#include <algorithm>

namespace prelabel::app {

void DocumentInputs::add_to(CLI::App& command, const std::string& text) {
    command.add_option("INPUT", paths, text + "; - is standard input")->required();
    command.add_option("--input-format", format, "jsonl|csv|text|conll, where the file's name does not say it")
        ->check(CLI::IsMember(enum_words<files::FileFormat>()))
        ->type_name("FORMAT");
}

Result<std::vector<files::Input>> DocumentInputs::inputs() const {
    std::vector<files::Input> inputs;
    for (const auto& path : paths) {
        if (!format.empty()) {
            inputs.push_back({path, from_string<files::FileFormat>(format).value()});
            continue;
        }
        const auto named = files::format_of(path);
        if (!named) return named.error();
        inputs.push_back({path, *named});
    }
    return inputs;
}

void read_what_readers_make(config::Settings& settings, const std::vector<files::Input>& inputs) {
    settings.document.format = labeling::InputFormat::json;
    const bool jsonl =
        std::ranges::any_of(inputs, [](const auto& input) { return input.format == files::FileFormat::jsonl; });
    if (jsonl) return;
    settings.document.text = "/text";
    settings.document.id = "/id";
}

}  // namespace prelabel::app
