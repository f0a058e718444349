#include "files/csv_row.hpp"
#include "files/documents.hpp"

#include <prelabel/base/utf8.hpp>

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

namespace prelabel::files {
namespace {

/// Rows of a CSV with a header. A quoted field may reach over lines, so a row goes on until it is whole.
class CsvDocuments final : public Documents {
public:
    CsvDocuments(const std::string& path, std::size_t bound)
        : path_(path), bound_(bound), file_name_(std::filesystem::path(path).filename()) {
        begin_row();
    }

    Result<std::optional<Value>> feed(const Line& line) override {
        if (first_line_ == 0) first_line_ = line.number;
        too_large_ = line.cut || raw_.size() + line.text.size() > bound_;
        raw_ += line.text;
        if (too_large_) {
            problem_ = too_long(first_line_, bound_) + "; is a quote left open?";
        } else if (!row_.feed(line.text, line.ending)) {
            raw_ += line.ending;
            return std::nullopt;
        }
        return end_row();
    }

    Result<std::optional<Value>> finish() override {
        if (first_line_ == 0) return std::nullopt;
        problem_ = "a quote opened at line " + std::to_string(first_line_) + " is never closed";
        return end_row();
    }

private:
    void begin_row() {
        row_.clear();
        raw_.clear();
        problem_.clear();
        too_large_ = false;
        first_line_ = 0;
    }

    Result<std::optional<Value>> end_row() {
        std::optional<Value> value;
        if (!problem_.empty() || !row_.blank()) {
            if (columns_.empty()) {
                if (auto header = take_header(); !header) return header.error();
            } else {
                if (problem_.empty()) check_row();
                value = problem_.empty() ? object() : unreadable(raw_, std::move(problem_), too_large_);
            }
        }
        begin_row();
        return value;
    }

    Result<> take_header() {
        const auto bad = [this](const std::string& what) {
            return Error{Fault::input, path_ + ':' + std::to_string(first_line_) + ": " + what};
        };
        if (!problem_.empty()) return bad(problem_);
        if (utf8::first_invalid(raw_)) return bad("the header is not UTF-8; convert the file");
        columns_ = row_.fields();
        if (columns_.size() == 1 && columns_.front().find_first_of(";\t") != std::string::npos)
            return bad("the header has one column; columns are separated by commas, not semicolons or tabs");
        for (const auto& column : columns_) {
            if (column.empty()) return bad("a column of the header has no name");
            if (std::ranges::count(columns_, column) > 1) return bad("the header names column '" + column + "' twice");
        }
        has_id_ = std::ranges::find(columns_, "id") != columns_.end();
        return {};
    }

    void check_row() {
        const auto at = "the row at line " + std::to_string(first_line_);
        if (row_.malformed())
            problem_ = at + " has text after a closing quote";
        else if (row_.fields().size() != columns_.size())
            problem_ = at + " has " + std::to_string(row_.fields().size()) + " fields, the header " +
                       std::to_string(columns_.size());
        else if (utf8::first_invalid(raw_))
            problem_ = at + " is not UTF-8";
    }

    Value object() const {
        Value value;
        if (!has_id_) append_member("id", file_name_ + ':' + std::to_string(first_line_), value.bytes);
        for (std::size_t i = 0; i < columns_.size(); ++i) append_member(columns_[i], row_.fields()[i], value.bytes);
        value.bytes += '}';
        return value;
    }

    std::string path_;
    std::size_t bound_;
    std::string file_name_;
    std::vector<std::string> columns_;
    bool has_id_ = false;
    CsvRow row_;
    std::string raw_;
    std::string problem_;
    bool too_large_ = false;
    std::uint64_t first_line_ = 0;
};

}  // namespace

std::unique_ptr<Documents> make_csv_documents(const std::string& path, std::size_t bound) {
    return std::make_unique<CsvDocuments>(path, bound);
}

}  // namespace prelabel::files
