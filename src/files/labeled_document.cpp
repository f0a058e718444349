#include "files/conll_reader.hpp"
#include "files/dead_letter_line.hpp"
#include "files/line_reader.hpp"

#include <prelabel/base/json_tree.hpp>
#include <prelabel/base/shell_word.hpp>
#include <prelabel/base/utf8.hpp>
#include <prelabel/files/labeled_document.hpp>
#include <prelabel/record/annotation_record.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <utility>

namespace prelabel::files {
namespace {

constexpr std::size_t document_bytes_max = 64U << 20;

/// Where in which file, for messages.
struct Place {
    std::string path;
    std::uint64_t line = 0;

    [[nodiscard]] Error error(const std::string& what) const {
        return {Fault::input, path + ':' + std::to_string(line) + ": " + what};
    }
};

// ---- CoNLL

Result<LabeledDocument> document_of(Sentence sentence, const std::string& path, evaluation::TagScheme scheme) {
    if (!sentence.problem.empty())
        return Place{path, std::max(sentence.first_line, sentence.problem_line)}.error(sentence.problem);
    for (std::size_t i = 0; i < sentence.tags.size(); ++i) {
        const auto& tag = sentence.tags[i];
        const Place place{path, sentence.first_line + i};
        if (tag.empty())
            return place.error("has a token but no tag; expected two or more columns, the last one the tag");
        if (!evaluation::allowed(tag, scheme))
            return place.error("'" + tag + "' is no tag of the scheme " + std::string(to_string(scheme)) +
                               "; expected " + std::string(spelling(scheme)));
    }
    LabeledDocument document;
    document.tokens = std::move(sentence.tokens);
    for (auto& entity : evaluation::decode_tags(sentence.tags, scheme))
        document.entities.push_back(
            {std::move(entity.label), document.tokens[entity.start].start, document.tokens[entity.end - 1].end});
    document.id = std::move(sentence.id);
    document.has_own_id = sentence.has_own_id;
    document.text = std::move(sentence.text);
    document.tags = std::move(sentence.tags);
    document.line = sentence.first_line;
    return document;
}

/// Whether it can be of a tagged file at all, by whatever scheme.
bool is_tagged(const Sentence& sentence) {
    const auto tag = [](const std::string& word) { return evaluation::allowed(word, evaluation::TagScheme::lenient); };
    return sentence.problem.empty() && std::ranges::all_of(sentence.tags, tag);
}

// ---- JSONL

Result<evaluation::LabeledSpan> entity_of(JsonValue json, std::size_t index, const Place& place) {
    const auto bad = [&](const std::string& what) {
        return place.error("entity " + std::to_string(index + 1) + ' ' + what +
                           "; expected {\"label\": \"…\", \"start\": n, \"end\": n}, counted in code points");
    };
    if (!json.is_object()) return bad("is no object");
    const auto label = json.member("label");
    const auto name = label ? label->text() : std::nullopt;
    if (!name || name->empty()) return bad("has no label");
    evaluation::LabeledSpan span;
    span.label = *name;
    using End = std::pair<const char*, std::size_t evaluation::LabeledSpan::*>;
    for (const auto& [which, field] :
         {End{"start", &evaluation::LabeledSpan::start}, End{"end", &evaluation::LabeledSpan::end}}) {
        const auto member = json.member(which);
        const auto offset = member ? member->natural() : std::nullopt;
        if (!offset) return bad("has no " + std::string(which));
        span.*field = *offset;
    }
    if (span.start >= span.end) return bad("ends where it starts or before");
    return span;
}

Result<> read_id(JsonValue json, LabeledDocument& document, const Place& place) {
    const auto id = json.member("id");
    document.has_own_id = json.has("id");
    if (!document.has_own_id)
        document.id = std::filesystem::path(place.path).filename().string() + ':' + std::to_string(place.line);
    else if (id && id->text())
        document.id = *id->text();
    else if (id && id->integer())
        document.id = std::to_string(*id->integer());
    else
        return place.error("\"id\" stands twice or is neither a string nor an integer");
    return {};
}

/// What an output record says beside its entities. It is for showing: what is missing or strange is left out.
void read_set_aside(JsonValue json, LabeledDocument& document) {
    const auto text_of = [](JsonValue object, std::string_view name) {
        const auto member = object.member(name);
        const auto text = member ? member->text() : std::nullopt;
        return std::string(text.value_or(""));
    };
    document.status = text_of(json, "status");
    if (document.status == to_string(record::Status::text_dropped)) document.text.reset();
    const auto discarded = json.member("discarded");
    for (std::size_t i = 0; discarded && i < discarded->size(); ++i) {
        const JsonValue one = (*discarded)[i];
        if (one.is_object())
            document.set_aside.push_back({text_of(one, "label"), text_of(one, "text"), text_of(one, "reason")});
    }
}

Error no_entities(const Place& place) {
    return place.error("has no \"entities\" list; a document without any has an empty one");
}

/// A dead letter, as it came. It has no entities.
std::optional<LabeledDocument> dead_letter_of(std::string_view line, const Place& place) {
    auto record = record_of_dead_letter(line);
    if (!record) return std::nullopt;
    const auto tree = JsonTree::read_object(line);
    const auto error = tree ? tree->root().member("error") : std::nullopt;
    const auto said = [&](std::string_view name) {
        const auto member = error ? error->member(name) : std::nullopt;
        const auto text = member ? member->text() : std::nullopt;
        return std::string(text.value_or(""));
    };
    LabeledDocument document;
    document.line = place.line;
    document.id = record->origin.name();
    document.text = std::move(record->value);
    document.has_entities = false;
    document.buried = Buried{said("class"), said("message")};
    return document;
}

Result<LabeledDocument> document_of(std::string_view line, const Place& place) {
    if (auto buried = dead_letter_of(line, place)) return std::move(*buried);
    const auto tree = JsonTree::read_object(line);
    if (!tree) return place.error("the line " + tree.error().message);
    const JsonValue json = tree->root();
    LabeledDocument document;
    document.line = place.line;
    if (const auto id = read_id(json, document, place); !id) return id.error();
    const auto text = json.member("text");
    if (text && text->text())
        document.text = *text->text();
    else if (text ? !text->is_null() : json.has("text"))
        return place.error("\"text\" stands twice or is no string");
    read_set_aside(json, document);
    const auto entities = json.member("entities");
    document.has_entities = entities && entities->is_list();
    if (!document.has_entities) {
        if (json.has("entities")) return no_entities(place);
        return document;
    }
    for (std::size_t i = 0; i < entities->size(); ++i) {
        auto entity = entity_of((*entities)[i], i, place);
        if (!entity) return entity.error();
        document.entities.push_back(std::move(*entity));
    }
    if (!document.text) return document;
    const auto length = utf8::count_code_points(*document.text);
    for (std::size_t i = 0; i < document.entities.size(); ++i)
        if (document.entities[i].end > length)
            return place.error("entity " + std::to_string(i + 1) + " ends at " +
                               std::to_string(document.entities[i].end) + ", the text has " + std::to_string(length) +
                               " code points; are offsets counted in bytes or UTF-16 units?");
    return document;
}

bool says_its_format(const std::string& path) {
    const auto named = format_of(path);
    return named && (*named == FileFormat::jsonl || *named == FileFormat::conll);
}

/// By name; by content where the name says nothing of use.
Result<FileFormat> labeled_format(const std::string& path) {
    if (says_its_format(path)) return format_of(path);
    auto source = ByteSource::open(path);
    if (!source) return source.error();
    std::array<char, 4096> beginning{};
    const auto count = source->read(beginning.data(), beginning.size());
    if (!count) return count.error();
    std::string_view text(beginning.data(), *count);
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    const auto first = text.find_first_not_of(" \t\r\n");
    const auto second = first == std::string_view::npos ? first : text.find_first_not_of(" \t\r\n", first + 1);
    if (second != std::string_view::npos && text[first] == '[' && (text[second] == '{' || text[second] == ']'))
        return Error{Fault::config, path + ": is a JSON list; expected one record a line: jq -c '.[]' " +
                                        shell_quoted(path) + " > records.jsonl"};
    return first != std::string_view::npos && text[first] == '{' ? FileFormat::jsonl : FileFormat::conll;
}

}  // namespace

struct LabeledReader::State {
    State(LineReader from, bool conll, evaluation::TagScheme tags)
        : lines(std::move(from)), scheme(tags), place{lines.source().path(), 0} {
        if (conll) sentences.emplace(place.path, document_bytes_max, ConllReader::Keep::tags);
        guessed = !says_its_format(place.path);
    }

    Result<std::optional<LabeledDocument>> next_sentence() {
        while (!ended) {
            const auto line = lines.next();
            if (!line) return line.error();
            ended = !*line;
            auto sentence = *line ? sentences->feed(**line) : sentences->finish();
            if (!sentence) continue;
            if (std::exchange(guessed, false) && !is_tagged(*sentence))
                return Error{Fault::input, place.path +
                                               ": is neither JSON lines (.jsonl) nor CoNLL whose last column is a tag "
                                               "(.conll)"};
            auto document = document_of(std::move(*sentence), place.path, scheme);
            if (!document) return document.error();
            return std::optional(std::move(*document));
        }
        return std::nullopt;
    }

    Result<std::optional<LabeledDocument>> next_line() {
        while (true) {
            const auto line = lines.next();
            if (!line) return line.error();
            if (!*line) return std::nullopt;
            const auto& text = (*line)->text;
            place.line = (*line)->number;
            if ((*line)->cut) return place.error("is longer than " + std::to_string(document_bytes_max) + " bytes");
            if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
            auto document = document_of(text, place);
            if (!document) return document.error();
            return std::optional(std::move(*document));
        }
    }

    LineReader lines;
    evaluation::TagScheme scheme;
    Place place;
    std::optional<ConllReader> sentences;  ///< CoNLL
    bool ended = false;
    bool guessed = false;  ///< that it is CoNLL, and no sentence has confirmed it
};

LabeledReader::LabeledReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
LabeledReader::LabeledReader(LabeledReader&&) noexcept = default;
LabeledReader& LabeledReader::operator=(LabeledReader&&) noexcept = default;
LabeledReader::~LabeledReader() = default;

Result<LabeledReader> LabeledReader::open(const std::string& path, evaluation::TagScheme scheme) {
    const auto format = labeled_format(path);
    if (!format) return format.error();
    auto source = ByteSource::open(path);
    if (!source) return source.error();
    LineReader lines(std::move(*source), document_bytes_max);
    return LabeledReader(std::make_unique<State>(std::move(lines), *format == FileFormat::conll, scheme));
}

Result<std::optional<LabeledDocument>> LabeledReader::next() {
    return state_->sentences ? state_->next_sentence() : state_->next_line();
}

const std::string& LabeledReader::path() const { return state_->place.path; }
bool LabeledReader::has_tags() const { return state_->sentences.has_value(); }

Result<LabeledFile> read_labeled_file(const std::string& path, evaluation::TagScheme scheme) {
    auto reader = LabeledReader::open(path, scheme);
    if (!reader) return reader.error();
    LabeledFile file{reader->path(), reader->has_tags(), {}};
    while (true) {
        auto document = reader->next();
        if (!document) return document.error();
        if (!*document) return file;
        if (!(*document)->has_entities) return no_entities({file.path, (*document)->line});
        file.documents.push_back(std::move(**document));
    }
}

}  // namespace prelabel::files
