#pragma once

#include <prelabel/files/read_options.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prelabel::files {

/// Makes objects of what has no names of its own, so that the configured pointers find the text and the id in them.
class ObjectFrame {
public:
    using More = std::vector<std::pair<std::string, std::string>>;  ///< top-level members, by name

    explicit ObjectFrame(const ReadOptions& options);

    /// A text whose pointer is empty is the value itself. A pointer that leads into the other's value, so that both
    /// cannot be, leaves out the id; a member of `more` with a name that is taken is left out.
    [[nodiscard]] std::string object(std::string_view id, std::string_view text, const More& more = {}) const;

private:
    std::vector<std::string> text_;
    std::vector<std::string> id_;
    bool with_id_ = true;
};

}  // namespace prelabel::files
