#include <prelabel/base/enum_array.hpp>

#include <algorithm>
#include <array>
#include <iterator>

#include <llm_sim/lexicon.hpp>
#include <llm_sim/lexicon_words.hpp>
#include <llm_sim/words.hpp>

namespace prelabel::llm_sim {
namespace {

struct Found {
    EntityKind kind;
    std::size_t start;
    std::size_t end;
};

/// One pass over a text's words.
class Finder {
public:
    explicit Finder(std::string_view text) : text_(text), words_(words_of(text)) {}

    std::vector<Found> run() {
        for (std::size_t at = 0; at < words_.size();) at = read_at(at);
        find_addresses();
        find_unspaced();
        std::ranges::sort(found_, [](const Found& a, const Found& b) {
            return a.start != b.start ? a.start < b.start : a.end > b.end;  // the longest wins
        });
        return without_overlaps();
    }

private:
    std::string_view bytes(std::size_t first, std::size_t last) const {
        return text_.substr(words_[first].start, words_[last].end - words_[first].start);
    }
    std::string_view word(std::size_t at) const { return bytes(at, at); }

    std::size_t add(EntityKind kind, std::size_t first, std::size_t last) {
        found_.push_back({kind, words_[first].start, words_[last].end});
        return last + 1;
    }

    /// Reads what starts at word `at`; returns where to go on.
    std::size_t read_at(std::size_t at) {
        const bool digits = text_[words_[at].start] >= '0' && text_[words_[at].start] <= '9';
        if (!digits && !words_[at].capital) return at + 1;  // most words: no list is asked about them
        const std::size_t last = date_end(at);
        if (last != at || is_iso_date(at)) return add(EntityKind::date, at, last);
        if (digits) return at + 1;
        return read_name(at, name_end(at));
    }

    bool is_iso_date(std::size_t at) const {
        const std::string_view w = word(at);
        constexpr std::string_view shape = "0000-00-00";
        return w.size() == shape.size() &&
               std::ranges::equal(w, shape, [](char c, char s) { return s == '-' ? c == '-' : c >= '0' && c <= '9'; });
    }

    bool is_year(std::size_t at) const { return at < words_.size() && words_[at].number && word(at).size() == 4; }
    bool is_day(std::size_t at) const { return at < words_.size() && words_[at].number && word(at).size() <= 2; }
    bool follows(std::size_t at, std::string_view between) const {
        return at > 0 && at < words_.size() &&
               text_.substr(words_[at - 1].end, words_[at].start - words_[at - 1].end) == between;
    }

    /// Last word of "12 March 2024", "March 12, 2024" or "March 2024" that starts at `at`; `at` itself when none does.
    std::size_t date_end(std::size_t at) const {
        if (is_day(at) && follows(at + 1, " ") && is_month(word(at + 1)))
            return follows(at + 2, " ") && is_year(at + 2) ? at + 2 : at + 1;
        if (!is_month(word(at)) || !follows(at + 1, " ")) return at;
        if (is_year(at + 1)) return at + 1;
        if (!is_day(at + 1)) return at;
        return follows(at + 2, ", ") && is_year(at + 2) ? at + 2 : at + 1;
    }

    /// Last word of the run of capitalised words, joined by single spaces or connectors, that starts at `first`.
    std::size_t name_end(std::size_t first) const {
        constexpr std::size_t words_max = 8;
        std::size_t last = first;
        for (std::size_t at = first + 1; at < words_.size() && at < first + words_max && words_[at].joined; ++at) {
            if (words_[at].capital) {
                last = at;
            } else if (!is_connector(word(at))) {
                break;
            }
        }
        return last;
    }

    /// Reads one name inside the run [first, last]; returns where to go on.
    std::size_t read_name(std::size_t first, std::size_t last) {
        for (std::size_t end = last + 1; end-- > first;) {
            if (is_organisation(bytes(first, end))) return add(EntityKind::organisation, first, end);
            if (is_place(bytes(first, end))) return add(EntityKind::place, first, end);
        }
        if (is_organisation_opening(word(first)) && last > first + 1 && word(first + 1) == "of")
            return add(EntityKind::organisation, first, first + 2);
        for (std::size_t end = first + 1; end <= last; ++end) {
            if (is_organisation_ending(word(end)) && !is_title(word(first)))
                return add(EntityKind::organisation, first, end);
        }
        if (is_title(word(first))) return read_titled(first, last);
        if (is_first_name(word(first))) return add(EntityKind::person, first, person_end(first, last));
        return first + 1;
    }

    /// "Dr Ada Lovelace", also "Dr. Ada Lovelace": the point ends a run.
    std::size_t read_titled(std::size_t title, std::size_t last) {
        const std::size_t name = title + 1;
        if (name <= last && words_[name].capital) return add(EntityKind::person, name, person_end(name, last));
        if (follows(name, ". ") && words_[name].capital)
            return add(EntityKind::person, name, person_end(name, name_end(name)));
        return title + 1;
    }

    /// A person's name has at most four words and ends where "and" or "for" joins on.
    std::size_t person_end(std::size_t first, std::size_t last) const {
        std::size_t end = first;
        for (std::size_t at = first + 1; at <= last && at < first + 4; ++at) {
            if (word(at) == "and" || word(at) == "for" || word(at) == "of") break;
            if (words_[at].capital) end = at;
        }
        return end;
    }

    void find_addresses() {
        const auto local = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   std::string_view("._%+-").find(c) != std::string_view::npos;
        };
        for (std::size_t sign = text_.find('@'); sign != std::string_view::npos; sign = text_.find('@', sign + 1)) {
            std::size_t start = sign;
            std::size_t end = sign + 1;
            while (start > 0 && local(text_[start - 1])) --start;
            while (end < text_.size() && local(text_[end])) ++end;
            while (end > sign && text_[end - 1] == '.') --end;
            const bool domain = text_.substr(sign + 1, end - sign - 1).find('.') != std::string_view::npos;
            if (start < sign && end > sign + 1 && domain) found_.push_back({EntityKind::email, start, end});
        }
    }

    void find_unspaced() {
        for (std::size_t at = 0; at < text_.size(); ++at) {
            const auto lead = static_cast<unsigned char>(text_[at]);
            if (lead < 0xE3 || lead > 0xE9) continue;
            if (const auto* name = unspaced_name_at(text_.substr(at)))
                found_.push_back({name->place ? EntityKind::place : EntityKind::person, at, at + name->text.size()});
        }
    }

    std::vector<Found> without_overlaps() const {
        std::vector<Found> kept;
        for (const Found& one : found_)
            if (kept.empty() || one.start >= kept.back().end) kept.push_back(one);
        return kept;
    }

    std::string_view text_;
    std::vector<Word> words_;
    std::vector<Found> found_;
};

struct Alias {
    std::string_view name;
    EntityKind kind;
};

constexpr std::array<Alias, 26> aliases{{
    {"per", EntityKind::person},
    {"person", EntityKind::person},
    {"people", EntityKind::person},
    {"name", EntityKind::person},
    {"patient", EntityKind::person},
    {"org", EntityKind::organisation},
    {"organization", EntityKind::organisation},
    {"organisation", EntityKind::organisation},
    {"company", EntityKind::organisation},
    {"corporation", EntityKind::organisation},
    {"agency", EntityKind::organisation},
    {"group", EntityKind::organisation},
    {"loc", EntityKind::place},
    {"location", EntityKind::place},
    {"gpe", EntityKind::place},
    {"place", EntityKind::place},
    {"city", EntityKind::place},
    {"country", EntityKind::place},
    {"date", EntityKind::date},
    {"time", EntityKind::date},
    {"day", EntityKind::date},
    {"datetime", EntityKind::date},
    {"email", EntityKind::email},
    {"e-mail", EntityKind::email},
    {"mail", EntityKind::email},
    {"contact", EntityKind::email},
}};

constexpr auto default_names = enum_array<EntityKind, std::string_view>({
    {EntityKind::person, "PER"},
    {EntityKind::organisation, "ORG"},
    {EntityKind::place, "LOC"},
    {EntityKind::date, "DATE"},
    {EntityKind::email, "EMAIL"},
});

/// The name to use for each kind; empty: the kind was not asked for.
EnumArray<EntityKind, std::string> names_of(const std::vector<std::string>& labels) {
    EnumArray<EntityKind, std::string> names;
    if (labels.empty()) std::ranges::copy(default_names, names.begin());
    for (const std::string& label : labels) {
        const auto kind = kind_of_label(label);
        if (kind && names[*kind].empty()) names[*kind] = label;
    }
    return names;
}

}  // namespace

std::optional<EntityKind> kind_of_label(std::string_view label) {
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; };
    const auto found =
        std::ranges::find_if(aliases, [&](const Alias& alias) { return std::ranges::equal(label, alias.name, same); });
    if (found == aliases.end()) return std::nullopt;
    return found->kind;
}

std::vector<Sighting> find_by_lexicon(std::string_view text, const std::vector<std::string>& labels) {
    const auto names = names_of(labels);
    std::vector<Sighting> sightings;
    for (const Found& found : Finder(text).run()) {
        const std::string& name = names[found.kind];
        if (!name.empty()) sightings.push_back({name, found.start, found.end});
    }
    return sightings;
}

}  // namespace prelabel::llm_sim
