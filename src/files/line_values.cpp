#include "files/value_reader.hpp"

#include <utility>

namespace prelabel::files {
namespace {

class LineValues final : public ValueReader {
public:
    LineValues(ByteSource source, std::unique_ptr<Documents> documents, std::size_t bound)
        : lines_(std::move(source), bound), documents_(std::move(documents)) {}

    std::optional<Found> advance() override {
        auto line = lines_.next();
        if (!line) return line.error();
        auto value = *line ? documents_->feed(**line) : documents_->finish();
        if (!value || *value || !*line) return value;
        return std::nullopt;
    }
    Ahead look_ahead() override { return lines_.look_ahead(); }
    const PrefixHash& given() const override { return lines_.given(); }
    const ByteSource& source() const override { return lines_.source(); }

private:
    LineReader lines_;
    std::unique_ptr<Documents> documents_;
};

}  // namespace

std::unique_ptr<ValueReader> make_line_values(ByteSource source, std::unique_ptr<Documents> documents,
                                              std::size_t bound) {
    return std::make_unique<LineValues>(std::move(source), std::move(documents), bound);
}

}  // namespace prelabel::files
