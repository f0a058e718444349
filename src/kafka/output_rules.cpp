#include "kafka/output_rules.hpp"

#include "kafka/explain.hpp"

namespace prelabel::kafka {

std::size_t bytes_of(const pipeline::Output& output) { return output.value.size() + output.frame_bytes(); }

std::optional<std::string> spare_key_of(const pipeline::Output& output) {
    if (output.kind != pipeline::OutputKind::dead_letter || output.key) return std::nullopt;
    return output.origin.name();
}

const std::string& topic_of(const OutputSettings& settings, pipeline::OutputKind kind) {
    return kind == pipeline::OutputKind::annotation ? settings.topic : settings.dead_letter_topic;
}

bool judges_the_batch(rd_kafka_resp_err_t error) {
    switch (error) {
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
        case RD_KAFKA_RESP_ERR_INVALID_RECORD:
        case RD_KAFKA_RESP_ERR__INVALID_DIFFERENT_RECORD:
            return true;
        default:
            return false;
    }
}

std::string refused_batch(rd_kafka_resp_err_t error) {
    return "a batch was refused (" + std::string(rd_kafka_err2str(error)) +
           "): its records are sent again one by one; where it is their size, set `output.kafka.max_record_bytes` to "
           "the topic's `max.message.bytes`";
}

Error too_large(const OutputSettings& settings, pipeline::OutputKind kind, std::size_t bytes) {
    return {Fault::input, "a record of " + std::to_string(bytes) + " bytes for " + topic_of(settings, kind) +
                              " is over output.kafka.max_record_bytes (" + std::to_string(settings.max_record_bytes) +
                              ")"};
}

std::string unwritten(const OutputSettings& settings, pipeline::OutputKind kind, rd_kafka_resp_err_t error) {
    return "a record could not be written to " + topic_of(settings, kind) + ": " + explain(error);
}

}  // namespace prelabel::kafka
