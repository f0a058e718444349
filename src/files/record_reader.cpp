#include "files/dead_letter_line.hpp"
#include "files/value_reader.hpp"

#include <prelabel/base/reader_finding.hpp>
#include <prelabel/files/record_reader.hpp>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace prelabel::files {

struct RecordReader::State {
    State(std::string path, FileFormat named, std::unique_ptr<ValueReader> from)
        : topic(std::move(path)), format(named), values(std::move(from)) {}

    std::string topic;
    FileFormat format;
    std::unique_ptr<ValueReader> values;
    std::optional<ValueReader::Found> found;  ///< for next()
    Offset next = 0;
    ReadMark mark;
    bool ended = false;
};

RecordReader::RecordReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
RecordReader::RecordReader(RecordReader&&) noexcept = default;
RecordReader& RecordReader::operator=(RecordReader&&) noexcept = default;
RecordReader::~RecordReader() = default;

Result<RecordReader> RecordReader::open(const std::string& path, FileFormat format, const ReadOptions& options) {
    const auto made = [&](std::unique_ptr<ValueReader> values) {
        return RecordReader(std::make_unique<State>(path, format, std::move(values)));
    };
    if (format == FileFormat::parquet) {
        auto values = make_parquet_values(path, options);
        return values ? Result<RecordReader>(made(std::move(*values))) : values.error();
    }
    auto source = ByteSource::open(path);
    if (!source) return source.error();
    if (format == FileFormat::json) return made(make_json_values(std::move(*source), options.record_bytes_max));
    return made(make_line_values(std::move(*source), make_documents(path, format, options), options.record_bytes_max));
}

Result<> RecordReader::try_out(const std::string& path, FileFormat format, const ReadOptions& options) {
    std::error_code failed;
    if (path == "-" || !std::filesystem::is_regular_file(path, failed)) return {};
    auto reader = open(path, format, options);
    if (!reader) return reader.error();
    const auto first = reader->next();
    return first ? Result<>() : first.error();
}

Result<std::optional<Record>> RecordReader::next() {
    while (!state_->found) state_->found = state_->values->advance();
    auto value = *std::exchange(state_->found, std::nullopt);
    if (!value) return value.error();
    if (!*value) {
        state_->ended = true;
        return std::nullopt;
    }
    const auto& given = state_->values->given();
    state_->mark = {static_cast<std::uint64_t>(state_->next) + 1, given.bytes(), given.digest()};
    Record record;
    record.origin.partition.topic = state_->topic;
    record.origin.offset = state_->next++;
    record.origin.line = (*value)->line;
    auto original =
        state_->format == FileFormat::jsonl ? record_of_dead_letter((*value)->bytes) : std::optional<Record>();
    if (original) {
        record.key = std::move(original->key);
        record.value = std::move(original->value);
    } else {
        record.value = std::move((*value)->bytes);
    }
    if (!(*value)->problem.empty()) {
        const auto name = (*value)->too_large ? too_large_header : malformed_header;
        record.headers.push_back({std::string(name), std::move((*value)->problem)});
    }
    return std::optional<Record>(std::move(record));
}

Ahead RecordReader::look_ahead() {
    while (!state_->found) {
        const auto ahead = state_->values->look_ahead();
        if (ahead != Ahead::ready) return ahead;
        state_->found = state_->values->advance();
    }
    return Ahead::ready;
}

int RecordReader::descriptor() const { return state_->values->source().descriptor(); }
const ReadMark& RecordReader::mark() const { return state_->mark; }
std::uint64_t RecordReader::bytes_read() const {
    const auto& source = state_->values->source();
    if (const auto share = state_->values->share())
        return static_cast<std::uint64_t>(*share * static_cast<double>(source.size()));
    if (state_->ended || source.packed()) return source.bytes_read();
    return std::min(source.bytes_read(), state_->mark.bytes);
}
std::uint64_t RecordReader::size() const { return state_->values->source().size(); }

}  // namespace prelabel::files
