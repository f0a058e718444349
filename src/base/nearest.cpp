#include <prelabel/base/nearest.hpp>

#include <algorithm>
#include <vector>

namespace prelabel {
namespace {

constexpr std::size_t word_bytes_max = 64;

/// Optimal string alignment distance (Levenshtein plus swaps of neighbours).
std::size_t distance(std::string_view a, std::string_view b) {
    const std::size_t width = b.size() + 1;
    std::vector<std::size_t> cells((a.size() + 1) * width);
    const auto cell = [&](std::size_t i, std::size_t j) -> std::size_t& { return cells[i * width + j]; };
    for (std::size_t i = 0; i <= a.size(); ++i) cell(i, 0) = i;
    for (std::size_t j = 0; j <= b.size(); ++j) cell(0, j) = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replace = cell(i - 1, j - 1) + (a[i - 1] != b[j - 1]);
            cell(i, j) = std::min({cell(i - 1, j) + 1, cell(i, j - 1) + 1, replace});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cell(i, j) = std::min(cell(i, j), cell(i - 2, j - 2) + 1);
        }
    }
    return cell(a.size(), b.size());
}

}  // namespace

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
    if (word.empty() || word.size() > word_bytes_max) return std::nullopt;
    std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;
    std::optional<std::string> found;
    for (const auto& candidate : candidates) {
        if (candidate.size() > word_bytes_max) continue;
        const std::size_t edits = distance(word, candidate);
        if (edits < best) {
            best = edits;
            found = candidate;
        }
    }
    return found;
}

}  // namespace prelabel
