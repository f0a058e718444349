#include <prelabel/base/ascii.hpp>
#include <prelabel/base/redaction.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <shared_mutex>

namespace prelabel {
namespace {

constexpr std::size_t part_bytes = 8;
constexpr std::size_t secret_bytes_min = 4;
constexpr std::size_t secret_bytes_max = 64U << 10;
constexpr std::size_t secrets_max = 1'000;

bool in_a_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }
/// A byte inside a UTF-8 character, after its first.
bool continues_a_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::uint64_t part_at(std::string_view text, std::size_t at) {
    std::uint64_t part = 0;
    std::memcpy(&part, text.data() + at, part_bytes);
    return part;
}

std::string percent_encoded(std::string_view text, std::string_view digits) {
    std::string out;
    for (const char c : text) {
        if (is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += {'%', digits[byte >> 4U], digits[byte & 15U]};
        }
    }
    return out;
}

std::string json_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

/// What base64 makes of the text behind `before` other bytes, without the characters that its neighbours decide too.
std::string in_base64(std::string_view text, std::size_t before) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::string bytes = std::string(before, '\0') + std::string(text);
    const auto bit = [&](std::size_t i) { return (static_cast<unsigned char>(bytes[i / 8]) >> (7 - i % 8)) & 1U; };
    std::string out;
    for (std::size_t first = (before * 8 + 5) / 6 * 6; first + 6 <= bytes.size() * 8; first += 6) {
        unsigned sextet = 0;
        for (std::size_t i = first; i < first + 6; ++i) sextet = sextet << 1U | bit(i);
        out += alphabet[sextet];
    }
    return out;
}

std::vector<std::string> forms_of(std::string_view secret) {
    std::vector<std::string> forms{std::string(secret), percent_encoded(secret, "0123456789ABCDEF"),
                                   percent_encoded(secret, "0123456789abcdef"), json_escaped(secret)};
    for (std::size_t before = 0; before < 3; ++before) forms.push_back(in_base64(secret, before));
    return forms;
}

/// What every address begins with, and ends with or not, is no secret.
std::string_view without_frame(std::string_view secret) {
    for (const std::string_view scheme : {"https://", "http://"})
        if (secret.starts_with(scheme)) secret.remove_prefix(scheme.size());
    while (secret.ends_with('/') || secret.ends_with(' ') || secret.ends_with('\n')) secret.remove_suffix(1);
    return secret.substr(0, secret_bytes_max);
}

bool is_word_or_number(std::string_view text) {
    return std::ranges::all_of(text, is_letter) || std::ranges::all_of(text, is_digit);
}

}  // namespace

void Redaction::add(std::string_view secret, std::string_view shown_as, Secrecy secrecy) {
    secret = without_frame(secret);
    if (secret.size() < secret_bytes_min) return;
    if (secret.size() < part_bytes && is_word_or_number(secret)) return;
    const auto known = std::ranges::find_if(entries_, [&](const Entry& entry) {
        return entry.secret == secret && (entry.secrecy == secrecy || entry.secrecy == Secrecy::credential);
    });
    if (known != entries_.end()) return;
    if (entries_.size() == secrets_max) {
        entries_.pop_front();
        parts_.clear();
        for (const auto& entry : entries_) index(entry);
    }
    const bool in_parts = secrecy == Secrecy::credential && secret.size() >= part_bytes;
    index(entries_.emplace_back(Entry{std::string(secret), std::string(shown_as), secrecy, in_parts}));
}

void Redaction::index(const Entry& entry) {
    if (!entry.in_parts) return;
    for (const auto& form : forms_of(entry.secret))
        for (std::size_t at = 0; at + part_bytes <= form.size(); ++at) parts_.emplace(part_at(form, at), &entry);
}

void Redaction::cover_parts(std::string_view text, Cover& cover) const {
    for (std::size_t at = 0; at + part_bytes <= text.size(); ++at) {
        const auto part = parts_.find(part_at(text, at));
        if (part == parts_.end()) continue;
        for (std::size_t i = at; i < at + part_bytes; ++i)
            if (cover[i] == nullptr) cover[i] = part->second;
        for (std::size_t i = at; i > 0 && continues_a_character(text[i]); --i) cover[i - 1] = part->second;
        for (std::size_t i = at + part_bytes; i < text.size() && continues_a_character(text[i]); ++i)
            cover[i] = part->second;
    }
}

void Redaction::cover_wholes(std::string_view text, Cover& cover) const {
    for (const auto& entry : entries_) {
        if (entry.in_parts) continue;
        const auto size = entry.secret.size();
        for (auto at = text.find(entry.secret); at != std::string_view::npos; at = text.find(entry.secret, at + 1)) {
            const bool begins = at == 0 || !in_a_word(text[at - 1]) || !in_a_word(text[at]);
            const bool ends =
                at + size == text.size() || !in_a_word(text[at + size]) || !in_a_word(text[at + size - 1]);
            if (!begins || !ends) continue;
            for (std::size_t i = at; i < at + size; ++i)
                if (cover[i] == nullptr) cover[i] = &entry;
        }
    }
}

std::string Redaction::apply(std::string_view text) const {
    if (entries_.empty()) return std::string(text);
    Cover cover(text.size(), nullptr);
    cover_parts(text, cover);
    cover_wholes(text, cover);
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (cover[i] == nullptr) {
            out += text[i];
        } else if (i == 0 || cover[i - 1] == nullptr || cover[i - 1]->shown_as != cover[i]->shown_as) {
            out += cover[i]->shown_as;
        }
    }
    return out;
}

namespace {

/// Secrets belong to the process: the texts that must not hold them are made everywhere and leave from any thread.
struct OfThisProcess {
    std::shared_mutex mutex;
    Redaction redaction;
};

OfThisProcess& of_this_process() {
    static OfThisProcess one;
    return one;
}

}  // namespace

void keep_secret(std::string_view secret, std::string_view shown_as, Secrecy secrecy) {
    auto& process = of_this_process();
    const std::unique_lock lock(process.mutex);
    process.redaction.add(secret, shown_as, secrecy);
}

std::string redacted(std::string_view text) {
    auto& process = of_this_process();
    const std::shared_lock lock(process.mutex);
    return process.redaction.apply(text);
}

bool names_a_secret(std::string_view name) {
    const std::string key = lowered(name);
    constexpr std::array<std::string_view, 9> words{"password", "passwd", "passphrase",  "secret",    "key",
                                                    "token",    "pem",    "oauthbearer", "credential"};
    constexpr std::array<std::string_view, 3> public_words{"sasl.mechanism", "sasl.mechanisms",
                                                           "sasl.oauthbearer.method"};
    if (std::ranges::find(public_words, key) != public_words.end()) return false;
    return key.starts_with("sasl.") ||
           std::ranges::any_of(words, [&](auto word) { return key.find(word) != std::string::npos; });
}

}  // namespace prelabel
