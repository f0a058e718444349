#include "llm_sim/prompt_reader.hpp"

namespace prelabel::llm_sim {
namespace {

std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

}  // namespace

std::optional<std::string_view> document_in(std::string_view turn) {
    const std::size_t open = turn.find("<document");
    if (open == std::string_view::npos) return std::nullopt;
    const std::size_t name_end = turn.find(">\n", open);
    if (name_end == std::string_view::npos) return std::nullopt;
    const std::string closing = "\n</" + std::string(turn.substr(open + 1, name_end - open));
    const std::size_t start = name_end + 2;
    const std::size_t end = turn.rfind(closing);
    if (end == std::string_view::npos || end < start) return std::nullopt;
    return turn.substr(start, end - start);
}

std::vector<std::string> labels_in(std::string_view system_message) {
    std::vector<std::string> labels;
    while (!system_message.empty() && take_line(system_message) != "Labels:") {
    }
    while (system_message.starts_with("- ")) {
        const std::string_view line = take_line(system_message).substr(2);
        labels.emplace_back(line.substr(0, line.find(": ")));
    }
    return labels;
}

}  // namespace prelabel::llm_sim
