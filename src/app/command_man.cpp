#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/man_page.hpp"

#include <iostream>

namespace prelabel::app {

void add_man(CLI::App& app, Action& chosen) {
    auto* command = app.add_subcommand("man", "The manual page: prelabel man | man -l -");
    command->callback([&app, &chosen] {
        chosen = [page = man_page(command_table(app))] {
            std::cout << page;
            return done;
        };
    });
}

}  // namespace prelabel::app
