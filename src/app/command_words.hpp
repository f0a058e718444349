#pragma once

#include <string>
#include <vector>

namespace prelabel::app {

/// The words of the command line that started this process, as they were typed; none where the system does not tell.
[[nodiscard]] std::vector<std::string> words_of_this_process();

/// The command line that goes on where this one stopped: the same words, and --resume where it is not among them.
[[nodiscard]] std::string to_continue(std::vector<std::string> words);

}  // namespace prelabel::app
