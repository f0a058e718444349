#include <prelabel/pipeline/outbox.hpp>

namespace prelabel::pipeline {
namespace {

// Kafka's record format: the head of a batch has 61 bytes, that of a record up to 36;
// two lengths stand before a header.
constexpr std::size_t batch_frame = 61 + 36;
constexpr std::size_t header_frame = 10;

}  // namespace

std::size_t Output::frame_bytes() const {
    std::size_t sum = batch_frame + (key ? key->size() : 0);
    for (const auto& header : headers)
        sum += header_frame + header.name.size() + (header.value ? header.value->size() : 0);
    return sum;
}

}  // namespace prelabel::pipeline
