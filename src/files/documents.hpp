#pragma once

#include "files/line_reader.hpp"

#include <prelabel/files/file_format.hpp>
#include <prelabel/files/read_options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace prelabel::files {

/// What one document became: a value, and why it is none where it could not be read.
struct Value {
    std::string bytes;
    std::string problem;
    bool too_large = false;  ///< the problem is its length
    std::uint64_t line = 0;  ///< where it begins
};

/// Makes documents of one format from lines. Fed line by line, so that it never waits for a line itself.
class Documents {
public:
    Documents() = default;
    Documents(const Documents&) = delete;
    Documents& operator=(const Documents&) = delete;
    virtual ~Documents() = default;

    /// The document that this line completes. Errors: Fault::input for a file that cannot be read any further.
    [[nodiscard]] virtual Result<std::optional<Value>> feed(const Line& line) = 0;
    /// The document that the end of the file completes.
    [[nodiscard]] virtual Result<std::optional<Value>> finish() = 0;
};

/// For all formats but JSON. `path` is for messages.
[[nodiscard]] std::unique_ptr<Documents> make_documents(const std::string& path, FileFormat format,
                                                        const ReadOptions& options);
[[nodiscard]] std::unique_ptr<Documents> make_csv_documents(const std::string& path, FileFormat format,
                                                            const ReadOptions& options);

// What the formats have in common.
void append_member(std::string_view name, std::string_view value, std::string& object);
[[nodiscard]] std::string too_long(std::uint64_t line, std::size_t bound);
/// What was read of a document that is none. Cut so that a broken quote cannot pile up a whole file.
[[nodiscard]] Value unreadable(std::string_view raw, std::string problem, bool too_large = false);
/// Where a document of the file `path` that begins at `first_line` is not UTF-8, what it looks like and the command
/// that converts the file; none where it is UTF-8.
[[nodiscard]] std::optional<std::string> encoding_problem(const std::string& path, std::string_view raw,
                                                          std::uint64_t first_line);
/// What the ids begin with that a reader makes: `NAME:line`.
[[nodiscard]] std::string made_id(const std::string& path, const ReadOptions& options, std::uint64_t line);

}  // namespace prelabel::files
