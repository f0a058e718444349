#include "app/choice.hpp"
#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/shell_completion.hpp"

#include <iostream>
#include <memory>

namespace prelabel::app {

void add_completion(CLI::App& app, Action& chosen) {
    auto* command = app.add_subcommand("completion", "Completion for a shell: source <(prelabel completion bash)");
    auto shell = std::make_shared<Shell>();
    add_choice(*command, "SHELL", *shell, "The shell that will read it");
    command->get_option("SHELL")->required();
    command->callback([&app, shell, &chosen] {
        chosen = [script = completion_for(*shell, command_table(app))] {
            std::cout << script;
            return done;
        };
    });
}

}  // namespace prelabel::app
