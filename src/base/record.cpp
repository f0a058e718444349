#include <prelabel/base/record.hpp>

namespace prelabel {
namespace {

/// A string's text lies beside it, in a block of the allocator's.
constexpr std::size_t block_overhead = 16;

std::size_t held(const std::optional<std::string>& text) { return text ? text->size() + block_overhead : 0; }

}  // namespace

std::string Origin::name() const {
    if (from_file()) return partition.topic + ':' + std::to_string(line);
    return partition.topic + '/' + std::to_string(partition.number) + '/' + std::to_string(offset);
}

std::size_t Record::bytes() const {
    std::size_t sum = sizeof(Record) + held(key) + held(value);
    for (const auto& header : headers) sum += sizeof(Header) + block_overhead + header.name.size() + held(header.value);
    return sum;
}

}  // namespace prelabel
