#include <prelabel/files/seen_ids.hpp>

#include <algorithm>
#include <utility>
#include <xxhash.h>

namespace prelabel::files {
namespace {

constexpr std::size_t smallest_table = 1'024;

}  // namespace

bool SeenIds::add(std::string_view id) {
    const std::uint64_t hash = std::max<std::uint64_t>(XXH3_64bits(id.data(), id.size()), 1);
    if (size_ < ids_max_ && size_ * 2 >= table_.size()) grow();
    if (table_.empty()) return false;
    const auto place = place_of(hash);
    if (table_[place] == hash) return true;
    if (size_ == ids_max_) return false;
    table_[place] = hash;
    ++size_;
    return false;
}

std::size_t SeenIds::place_of(std::uint64_t hash) const {
    std::size_t place = hash % table_.size();
    while (table_[place] != 0 && table_[place] != hash) place = (place + 1) % table_.size();
    return place;
}

void SeenIds::grow() {
    const auto before = std::exchange(table_, std::vector<std::uint64_t>(std::max(smallest_table, table_.size() * 2)));
    for (const auto hash : before)
        if (hash != 0) table_[place_of(hash)] = hash;
}

}  // namespace prelabel::files
