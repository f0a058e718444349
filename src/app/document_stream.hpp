#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/files/file_source.hpp>
#include <prelabel/files/read_options.hpp>
#include <prelabel/files/record_reader.hpp>
#include <prelabel/labeling/document_reader.hpp>

#include <cstddef>
#include <optional>
#include <variant>
#include <vector>

namespace prelabel::app {

/// The documents of all inputs, one after the other, as `label` would read them: for commands that call nobody.
/// Bound: one record in memory.   Threads: next() blocks for its file or pipe.
class DocumentStream {
public:
    struct Found {
        Origin origin;
        std::variant<labeling::Document, labeling::Unreadable> document;
    };

    DocumentStream(std::vector<files::Input> inputs, const labeling::InputSettings& settings,
                   files::ReadOptions options);

    /// None at the end. Errors: Fault::config for a file that does not exist, others as RecordReader.
    [[nodiscard]] Result<std::optional<Found>> next();

private:
    [[nodiscard]] Found found(Record record) const;

    std::vector<files::Input> inputs_;
    labeling::DocumentReader documents_;
    files::ReadOptions options_;
    std::size_t current_ = 0;
    std::optional<files::RecordReader> reader_;
};

}  // namespace prelabel::app
