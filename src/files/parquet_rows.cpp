#include "files/parquet_rows.hpp"

#include "files/columns.hpp"

#include <prelabel/base/json_tree.hpp>
#include <prelabel/base/shell_word.hpp>
#include <prelabel/labeling/metadata_picker.hpp>

#include <algorithm>
#include <array>

namespace prelabel::files {
namespace {

// The longer one first: the other is its end.
constexpr std::array<std::string_view, 3> no_json{"-Infinity", "Infinity", "NaN"};

/// With null for what is no JSON.
std::string as_json(std::string_view row) {
    const auto stands_in_it = [&](std::string_view word) { return row.find(word) != std::string_view::npos; };
    if (std::ranges::none_of(no_json, stands_in_it)) return std::string(row);
    std::string out;
    bool in_text = false;
    for (std::size_t at = 0; at < row.size();) {
        const auto rest = row.substr(at);
        const auto word =
            in_text ? no_json.end() : std::ranges::find_if(no_json, [&](auto one) { return rest.starts_with(one); });
        if (word != no_json.end()) {
            out += "null";
            at += word->size();
            continue;
        }
        if (rest.front() == '"') in_text = !in_text;
        const std::size_t count = in_text && rest.front() == '\\' ? 2 : 1;
        out += rest.substr(0, count);
        at += count;
    }
    return out;
}

/// As SQL quotes: names with ", texts with '.
std::string quoted(const std::string& words, char quote) {
    std::string out(1, quote);
    for (const char c : words) out.append(c == quote ? 2 : 1, c);
    return out + quote;
}

}  // namespace

Result<std::optional<Value>> ParquetRows::feed(const Line& line) {
    using Row = std::optional<Value>;
    if (columns_.empty()) {
        const auto taken = line.cut
                               ? Result<>(Error{Fault::input, path_ + ": has more columns than a record may be long"})
                               : take_header(line.text);
        return taken ? Result<Row>(Row()) : taken.error();
    }
    ++row_;
    if (line.cut) {
        auto value = unreadable(line.text, too_long(row_, options_.record_bytes_max), true);
        value.line = row_;
        return Row(std::move(value));
    }
    Value value;
    value.line = row_;
    value.bytes = as_json(line.text);
    if (!has_id_) {
        std::string beginning;
        append_member("id", made_id(path_, options_, row_), beginning);
        value.bytes.replace(0, 1, beginning + ',');
    }
    return Row(std::move(value));
}

Result<std::optional<Value>> ParquetRows::finish() {
    if (!columns_.empty() && row_ == rows_) return std::optional<Value>();
    return Error{Fault::dependency, path_ + ": " + options_.duckdb + " gave " + std::to_string(row_) + " of its " +
                                        std::to_string(rows_) + " rows and no reason"};
}

double ParquetRows::share() const { return rows_ == 0 ? 0 : static_cast<double>(row_) / static_cast<double>(rows_); }

Result<> ParquetRows::take_header(std::string_view line) {
    const Error wrong{Fault::dependency, path_ + ": " + options_.duckdb + " does not write what DuckDB writes"};
    const auto tree = JsonTree::read_object(line);
    if (!tree) return wrong;
    const auto columns = tree->root().member("columns");
    const auto rows = tree->root().member("rows");
    const auto count = rows ? rows->natural() : std::nullopt;
    if (!columns || !count) return wrong;
    for (std::size_t i = 0; i < columns->size(); ++i) {
        const auto name = (*columns)[i].member("name");
        const auto type = (*columns)[i].member("type");
        if (!name || !name->text() || !type || !type->text()) return wrong;
        columns_.push_back({std::string(*name->text()), std::string(*type->text())});
    }
    if (columns_.empty()) return wrong;
    rows_ = *count;
    return check_columns();
}

const ParquetRows::Column* ParquetRows::column_of(const std::string& pointer) const {
    const auto steps = labeling::split_pointer(pointer);
    if (steps.empty()) return nullptr;
    const auto found = std::ranges::find(columns_, steps.front(), &Column::name);
    return found == columns_.end() ? nullptr : &*found;
}

Error ParquetRows::no_column(const char* key, const std::string& pointer, const char* question) const {
    std::vector<std::string> names;
    for (const auto& column : columns_) names.push_back(column.name);
    return no_such_column(path_, names, {key, pointer, question});
}

Result<> ParquetRows::check_columns() {
    has_id_ = options_.text.empty();  // whoever takes any columns wants those that are there
    if (!options_.text.empty()) {
        const auto* text = column_of(options_.text);
        if (text == nullptr) return no_column("input.text", options_.text, "which is the text?");
        const bool whole = labeling::split_pointer(options_.text).size() == 1;
        const bool is_text = text->type == "VARCHAR" || text->type.starts_with("ENUM") || text->type == "JSON";
        if (whole && !is_text) {
            const std::string name = quoted(text->name, '"');
            const std::string cast = text->type == "BLOB" ? "decode(" + name + ")" : "CAST(" + name + " AS VARCHAR)";
            const std::string sql = "COPY (SELECT * REPLACE (" + cast + " AS " + name + ") FROM " +
                                    quoted(path_, '\'') + ") TO 'texts.parquet'";
            return Error{Fault::config, path_ + ": column \"" + text->name + "\" is " + text->type +
                                            ", not text; convert it: duckdb -c " + shell_quoted(sql)};
        }
    }
    const bool usual_id = options_.id == ReadOptions().id;
    const bool found_id = column_of(options_.id) != nullptr;
    has_id_ |= found_id;
    if (!usual_id && !found_id) return no_column("input.id", options_.id, "which is the id?");
    return {};
}

}  // namespace prelabel::files
