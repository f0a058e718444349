#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::labeling {

/// Follows one pointer through the events of a SAX parse: how much of its path leads to where the parse is.
class PathFollower {
public:
    explicit PathFollower(const std::vector<std::string>& path) : path_(path) {}

    void key(std::size_t depth, std::string_view name) {
        step(depth, depth == matched_at(depth) && name == path_[depth - 1]);
    }
    void element(std::size_t depth, std::size_t index) {
        step(depth, depth == matched_at(depth) && std::to_string(index) == path_[depth - 1]);
    }
    /// Whether a value that starts now, inside `depth` containers, is the one pointed at.
    [[nodiscard]] bool here(std::size_t depth) const { return matched_ == path_.size() && depth == path_.size(); }
    void leave(std::size_t depth) { matched_ = std::min(matched_, depth); }

private:
    /// `depth` where the container at `depth` lies on the path and the path goes on inside it, else 0.
    [[nodiscard]] std::size_t matched_at(std::size_t depth) const {
        return matched_ + 1 >= depth && depth <= path_.size() ? depth : 0;
    }
    void step(std::size_t depth, bool matches) {
        if (matches) {
            matched_ = depth;
        } else {
            leave(depth - 1);
        }
    }

    const std::vector<std::string>& path_;
    std::size_t matched_ = 0;  // tokens of the path that lead to the current value
};

}  // namespace prelabel::labeling
