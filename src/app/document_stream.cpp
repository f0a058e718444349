#include "app/document_stream.hpp"

#include <prelabel/base/reader_finding.hpp>

#include <utility>

namespace prelabel::app {

DocumentStream::DocumentStream(std::vector<files::Input> inputs, const labeling::InputSettings& settings,
                               files::ReadOptions options)
    : inputs_(std::move(inputs)), documents_(settings), options_(std::move(options)) {}

Result<std::optional<DocumentStream::Found>> DocumentStream::next() {
    for (; current_ < inputs_.size(); ++current_, reader_.reset()) {
        if (!reader_) {
            options_.called = inputs_[current_].called;
            auto opened = files::RecordReader::open(inputs_[current_].path, inputs_[current_].format, options_);
            if (!opened) return opened.error();
            reader_ = std::move(*opened);
        }
        auto record = reader_->next();
        if (!record) return record.error();
        if (*record) return std::optional(found(std::move(**record)));
    }
    return std::nullopt;
}

DocumentStream::Found DocumentStream::found(Record record) const {
    for (const auto& header : record.headers) {
        const bool too_large = header.name == too_large_header;
        if (too_large || header.name == malformed_header)
            return {record.origin, labeling::Unreadable{too_large, header.value.value_or("")}};
    }
    return {record.origin, documents_.read(record)};
}

}  // namespace prelabel::app
