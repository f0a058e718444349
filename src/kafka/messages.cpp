#include "kafka/messages.hpp"

#include <prelabel/base/expects.hpp>

namespace prelabel::kafka {
namespace {

std::optional<std::string> text_of(const void* bytes, std::size_t size) {
    if (!bytes) return std::nullopt;
    return std::string(static_cast<const char*>(bytes), size);
}

void copy_headers(const rd_kafka_message_t& message, std::vector<Header>& out) {
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    out.reserve(rd_kafka_header_cnt(headers));
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i)
        out.push_back({name, text_of(value, size)});
}

}  // namespace

Record record_of(const rd_kafka_message_t& message, const Partition& partition) {
    Record record;
    record.origin.partition = partition;
    record.origin.offset = message.offset;
    rd_kafka_timestamp_type_t type{};
    const auto timestamp = rd_kafka_message_timestamp(&message, &type);
    if (type != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE) record.origin.timestamp_ms = timestamp;
    record.key = text_of(message.key, message.key_len);
    record.value = text_of(message.payload, message.len);
    copy_headers(message, record.headers);
    return record;
}

HeadersPtr headers_of(const std::vector<Header>& headers) {
    if (headers.empty()) return nullptr;
    HeadersPtr made(rd_kafka_headers_new(headers.size()));
    for (const auto& [name, value] : headers) {
        const auto error =
            rd_kafka_header_add(made.get(), name.data(), static_cast<ssize_t>(name.size()),
                                value ? value->data() : nullptr, value ? static_cast<ssize_t>(value->size()) : 0);
        expects(error == RD_KAFKA_RESP_ERR_NO_ERROR, "a header can be added");
    }
    return made;
}

}  // namespace prelabel::kafka
