#pragma once

#include "kafka/handles.hpp"

#include <prelabel/kafka/notice.hpp>

#include <string>
#include <string_view>

namespace prelabel::kafka {

/// The client's words for an error, followed by what to do about it where that is known.
[[nodiscard]] std::string explain(rd_kafka_resp_err_t error, std::string_view said = {});

/// What to do about an error; empty where nothing sensible can be said.
[[nodiscard]] std::string_view remedy(rd_kafka_resp_err_t error);

/// What is wrong with a document that somebody loads ("is over …"), and what to do about it; empty where the error is
/// not about the document.
[[nodiscard]] std::string refusal_of_a_document(const std::string& topic, rd_kafka_resp_err_t error);

/// Why a topic is not there for this user, and what to do: where it is unknown, the command that creates it.
struct Absence {
    std::string reason;
    std::string remedy;

    [[nodiscard]] std::string sentence() const { return remedy.empty() ? reason : reason + "; " + remedy; }
};
[[nodiscard]] Absence absence_of(const std::string& topic, const std::string& brokers, rd_kafka_resp_err_t error);

/// A notice for an event that is a log line or an error.
[[nodiscard]] Notice notice_of(rd_kafka_event_t* event);

}  // namespace prelabel::kafka
