#include "files/dead_letter_line.hpp"
#include "files/documents.hpp"
#include "files/line_reader.hpp"

#include <prelabel/base/reader_finding.hpp>
#include <prelabel/files/record_reader.hpp>

#include <utility>

namespace prelabel::files {

struct RecordReader::State {
    State(std::string path, LineReader from, FileFormat named, std::unique_ptr<Documents> read)
        : topic(std::move(path)), lines(std::move(from)), format(named), documents(std::move(read)) {}

    /// Takes in one line, or the end. What came of it: a document, an error, or nothing yet.
    void advance() {
        auto line = lines.next();
        if (!line) {
            found.emplace(line.error());
            return;
        }
        auto value = *line ? documents->feed(**line) : documents->finish();
        if (!value || *value || !*line) found.emplace(std::move(value));
    }

    std::string topic;
    LineReader lines;
    FileFormat format;
    std::unique_ptr<Documents> documents;
    std::optional<Result<std::optional<Value>>> found;  ///< for next()
    Offset next = 0;
    ReadMark mark;
};

RecordReader::RecordReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
RecordReader::RecordReader(RecordReader&&) noexcept = default;
RecordReader& RecordReader::operator=(RecordReader&&) noexcept = default;
RecordReader::~RecordReader() = default;

Result<RecordReader> RecordReader::open(const std::string& path, FileFormat format, std::size_t record_bytes_max) {
    auto source = ByteSource::open(path);
    if (!source) return source.error();
    LineReader lines(std::move(*source), record_bytes_max);
    return RecordReader(
        std::make_unique<State>(path, std::move(lines), format, make_documents(path, format, record_bytes_max)));
}

Result<std::optional<Record>> RecordReader::next() {
    while (!state_->found) state_->advance();
    auto value = *std::exchange(state_->found, std::nullopt);
    if (!value) return value.error();
    if (!*value) return std::nullopt;
    const auto& given = state_->lines.given();
    state_->mark = {static_cast<std::uint64_t>(state_->next) + 1, given.bytes(), given.digest()};
    Record record;
    record.origin.partition.topic = state_->topic;
    record.origin.offset = state_->next++;
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
        const auto ahead = state_->lines.look_ahead();
        if (ahead != Ahead::ready) return ahead;
        state_->advance();
    }
    return Ahead::ready;
}

int RecordReader::descriptor() const { return state_->lines.source().descriptor(); }
const ReadMark& RecordReader::mark() const { return state_->mark; }
std::uint64_t RecordReader::bytes_read() const { return state_->lines.bytes_read(); }
std::uint64_t RecordReader::size() const { return state_->lines.source().size(); }

}  // namespace prelabel::files
