#include "app/input_option.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <unistd.h>

namespace prelabel::app {

void InputOption::add_to(CLI::App& command, ConfigOption& config, const std::string& about) {
    command.add_option("INPUT", named, about)->required()->check(CLI::Validator(wrong_name, ""));
    command
        .add_option(
            "--input-format", format,
            "jsonl|json|csv|tsv|text|conll|parquet, where the file's name does not say it; also with .gz or .zst")
        ->check(CLI::IsMember(enum_words<files::FileFormat>()))
        ->type_name("FORMAT");
    command
        .add_option_function<std::string>(
            "--delimiter",
            [&config](const std::string& character) {
                // In quotes, as some characters mean something in YAML.
                config.overrides.push_back("input.csv.delimiter='" + character + "'");
            },
            "Between the fields of CSV: one character, comma, semicolon, tab or pipe (default: as the header shows)")
        ->type_name("CHARACTER");
}

Result<std::vector<files::Input>> InputOption::find(const std::vector<std::string>& not_these) const {
    if (std::ranges::count(named, "-") > 0 && ::isatty(STDIN_FILENO) == 1)
        complain("reading documents from this terminal; end them with Ctrl-D, or name a file");
    const auto chosen = format.empty() ? std::optional<files::FileFormat>() : from_string<files::FileFormat>(format);
    return files::find_inputs(named, chosen, not_these);
}

std::string duckdb_program() {
    const char* named = std::getenv("PRELABEL_DUCKDB");
    return named != nullptr && *named != '\0' ? named : files::ReadOptions().duckdb;
}

std::size_t input_record_bytes_max(const config::Settings& settings) {
    constexpr std::size_t longest_escape = 6;  // JSON spells a byte of text with so many characters at most
    return std::max(files::ReadOptions::record_bytes_default, settings.document.text_bytes_max * longest_escape);
}

files::ReadOptions read_options(const config::Settings& settings) {
    files::ReadOptions options;
    options.text = settings.document.text;
    options.id = settings.document.id;
    options.delimiter = settings.csv.delimiter;
    options.duckdb = duckdb_program();
    return options;
}

}  // namespace prelabel::app
