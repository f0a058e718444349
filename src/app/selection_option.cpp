#include "app/selection_option.hpp"

#include <cstdint>
#include <limits>

namespace prelabel::app {

void SelectionOption::add_to(CLI::App& command) {
    const CLI::Range one_or_more(std::uint64_t{1}, std::numeric_limits<std::uint64_t>::max(), "N");
    auto* limit = command.add_option("--limit", selection.first, "Only the first N documents of the input")
                      ->check(one_or_more)
                      ->type_name("N");
    auto* sample = command.add_option("--sample", selection.random, "Only N random documents of the whole input")
                       ->check(one_or_more)
                       ->type_name("N")
                       ->excludes(limit);
    command.add_option("--seed", selection.seed, "Another seed draws other documents; default: 1")
        ->needs(sample)
        ->type_name("S");
}

}  // namespace prelabel::app
