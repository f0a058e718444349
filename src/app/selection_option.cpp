#include "app/selection_option.hpp"

#include <string>

namespace prelabel::app {
namespace {

/// What is wrong with a number of documents. The parser alone would take -1 for a very large one.
std::string no_count(const std::string& text) {
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    return digits && text.find_first_not_of('0') != std::string::npos ? "" : "expected a whole number from 1 on";
}

}  // namespace

void SelectionOption::add_to(CLI::App& command) {
    auto* limit = command.add_option("--limit", selection.first, "Only the first N documents of the input")
                      ->check(CLI::Validator(no_count, ""))
                      ->type_name("N");
    auto* sample = command.add_option("--sample", selection.random, "Only N random documents of the whole input")
                       ->check(CLI::Validator(no_count, ""))
                       ->type_name("N")
                       ->excludes(limit);
    command.add_option("--seed", selection.seed, "Another seed draws other documents; default: 1")
        ->needs(sample)
        ->type_name("S");
}

}  // namespace prelabel::app
