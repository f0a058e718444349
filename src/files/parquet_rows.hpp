#pragma once

#include "files/documents.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::files {

/// Rows of a table as DuckDB writes them: the first line has its columns and how many rows there are, each other line
/// is a row as a JSON object.
///
///   {"columns":[{"name":"ticket","type":"BIGINT"},{"name":"body","type":"VARCHAR"}],"rows":2}
///   {"ticket":17,"body":"Ada Lovelace"}
///   {"ticket":18,"body":null}
///
/// A row's number is its line, from 1. It gets an id, `NAME:row`, where the table has no column for one. What JSON has
/// no word for (NaN, infinity) is null.
class ParquetRows final : public Documents {
public:
    ParquetRows(std::string path, const ReadOptions& options) : path_(std::move(path)), options_(options) {}

    [[nodiscard]] Result<std::optional<Value>> feed(const Line& line) override;
    [[nodiscard]] Result<std::optional<Value>> finish() override;
    /// Of the rows that there are.
    [[nodiscard]] double share() const;

private:
    struct Column {
        std::string name;
        std::string type;
    };

    [[nodiscard]] Result<> take_header(std::string_view line);
    [[nodiscard]] Result<> check_columns();
    [[nodiscard]] const Column* column_of(const std::string& pointer) const;
    [[nodiscard]] Error no_column(const char* key, const std::string& pointer, const char* question) const;

    std::string path_;
    ReadOptions options_;
    std::vector<Column> columns_;
    bool has_id_ = false;
    std::uint64_t row_ = 0;
    std::uint64_t rows_ = 0;
};

}  // namespace prelabel::files
