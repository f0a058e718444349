#include "kafka/messages.hpp"

#include <prelabel/base/expects.hpp>

namespace prelabel::kafka {
namespace {

void copy_headers(const rd_kafka_message_t& message, std::vector<Header>& out) {
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    out.reserve(rd_kafka_header_cnt(headers));
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i)
        out.push_back({name, value ? std::string(static_cast<const char*>(value), size) : std::string()});
}

}  // namespace

Record record_of(const rd_kafka_message_t& message, const Partition& partition) {
    Record record;
    record.origin.partition = partition;
    record.origin.offset = message.offset;
    rd_kafka_timestamp_type_t type{};
    const auto timestamp = rd_kafka_message_timestamp(&message, &type);
    if (type != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE) record.origin.timestamp_ms = timestamp;
    if (message.key) record.key.emplace(static_cast<const char*>(message.key), message.key_len);
    if (message.payload) record.value.assign(static_cast<const char*>(message.payload), message.len);
    copy_headers(message, record.headers);
    return record;
}

HeadersPtr headers_of(const std::vector<Header>& headers) {
    if (headers.empty()) return nullptr;
    HeadersPtr made(rd_kafka_headers_new(headers.size()));
    for (const auto& [name, value] : headers) {
        const auto error = rd_kafka_header_add(made.get(), name.data(), static_cast<ssize_t>(name.size()), value.data(),
                                               static_cast<ssize_t>(value.size()));
        expects(error == RD_KAFKA_RESP_ERR_NO_ERROR, "a header can be added");
    }
    return made;
}

}  // namespace prelabel::kafka
