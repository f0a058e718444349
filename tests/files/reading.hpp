#pragma once

#include <prelabel/base/reader_finding.hpp>
#include <prelabel/files/record_reader.hpp>

#include <optional>
#include <string>
#include <vector>

namespace prelabel::files {

/// What came of a file: its records, and the error that reading ended with.
struct ReadFile {
    std::vector<Record> records;
    std::optional<Error> error;

    [[nodiscard]] std::vector<std::string> values() const {
        std::vector<std::string> values;
        for (const auto& record : records) values.push_back(record.value.value());
        return values;
    }
    [[nodiscard]] std::vector<std::uint64_t> lines() const {
        std::vector<std::uint64_t> lines;
        for (const auto& record : records) lines.push_back(record.origin.line);
        return lines;
    }
    [[nodiscard]] std::string problem(std::size_t index) const {
        for (const auto& header : records.at(index).headers)
            if (header.name == malformed_header || header.name == too_large_header) return header.value.value();
        return {};
    }
    [[nodiscard]] std::string message() const { return error ? error->message : std::string(); }
};

inline ReadFile read_file(const std::string& path, FileFormat format, const ReadOptions& options = {}) {
    ReadFile file;
    auto reader = RecordReader::open(path, format, options);
    if (!reader) {
        file.error = reader.error();
        return file;
    }
    while (true) {
        auto record = reader->next();
        if (!record) file.error = record.error();
        if (!record || !*record) return file;
        file.records.push_back(std::move(**record));
    }
}

}  // namespace prelabel::files
