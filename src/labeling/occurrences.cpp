#include <algorithm>
#include <bitset>
#include <cstring>
#include <unordered_map>

#include <labeling/edges.hpp>
#include <labeling/occurrences.hpp>

namespace prelabel::labeling {
namespace {

using Fits = std::function<bool(std::size_t, std::size_t)>;

constexpr std::size_t separate_work_max = 4U << 20;  // bytes searched, needle by needle
constexpr std::size_t hashed_per_byte_max = 64;
constexpr std::size_t hashed_min = 64U << 20;
constexpr std::size_t short_needle = 64;

void keep_if_it_fits(std::string_view text, Needle& needle, std::size_t at, const Fits& fits) {
    if (needle.hits.size() < needle.hits_max && !inside_ascii_word(text, at) && fits(at, needle.text.size()))
        needle.hits.push_back(at);
}

/// std::string_view::find is the fastest for short needles and quadratic for long ones; memmem is linear.
std::size_t next_hit(std::string_view text, std::string_view needle, std::size_t from) {
    if (needle.size() <= short_needle) return text.find(needle, from);
    const void* found = memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
    if (found == nullptr) return std::string_view::npos;
    return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

void find_separately(std::string_view text, Needle& needle, const Fits& fits) {
    for (std::size_t at = next_hit(text, needle.text, 0);
         at != std::string_view::npos && needle.hits.size() < needle.hits_max; at = next_hit(text, needle.text, at + 1))
        keep_if_it_fits(text, needle, at, fits);
}

/// All needles by their beginning: at a place of the text only the lengths that begin like it are hashed.
class Needles {
public:
    explicit Needles(std::vector<Needle>& needles) {
        for (Needle& needle : needles) {
            by_text_.emplace(needle.text, &needle);
            const std::string_view head = needle.text.substr(0, head_bytes);
            auto& lengths = lengths_[head];
            if (std::ranges::find(lengths, needle.text.size()) == lengths.end()) lengths.push_back(needle.text.size());
            begins_.set(static_cast<unsigned char>(head[0]));
            head_sizes_.set(head.size());
        }
        for (auto& [head, lengths] : lengths_) std::ranges::sort(lengths);
    }

    /// Calls `found(needle)` for every needle that stands at `at`; returns the bytes hashed.
    template <class Found>
    std::size_t at(std::string_view text, std::size_t at, const Found& found) const {
        std::size_t hashed = 0;
        if (!begins_.test(static_cast<unsigned char>(text[at]))) return hashed;
        for (std::size_t size = 1; size <= std::min(head_bytes, text.size() - at); ++size) {
            if (!head_sizes_.test(size)) continue;
            const auto lengths = lengths_.find(text.substr(at, size));
            if (lengths == lengths_.end()) continue;
            for (const std::size_t length : lengths->second) {
                if (length > text.size() - at) break;
                hashed += length;
                const auto needle = by_text_.find(text.substr(at, length));
                if (needle != by_text_.end()) found(*needle->second);
            }
        }
        return hashed;
    }

private:
    static constexpr std::size_t head_bytes = 6;

    std::unordered_map<std::string_view, Needle*> by_text_;
    std::unordered_map<std::string_view, std::vector<std::size_t>> lengths_;
    std::bitset<256> begins_;
    std::bitset<head_bytes + 1> head_sizes_;
};

void find_together(std::string_view text, std::vector<Needle>& needles, const Fits& fits) {
    const Needles index(needles);
    std::size_t hashed_left = std::max(hashed_min, text.size() * hashed_per_byte_max);
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (inside_ascii_word(text, at)) continue;
        const auto hashed = index.at(text, at, [&](Needle& needle) { keep_if_it_fits(text, needle, at, fits); });
        if (hashed > hashed_left) return;
        hashed_left -= hashed;
    }
}

}  // namespace

void find_all(std::string_view text, std::vector<Needle>& needles, const Fits& fits) {
    if (needles.size() > 1 && needles.size() > separate_work_max / (text.size() + 1))
        return find_together(text, needles, fits);
    for (Needle& needle : needles) find_separately(text, needle, fits);
}

}  // namespace prelabel::labeling
