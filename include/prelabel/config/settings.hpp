#pragma once

#include <prelabel/base/enum_names.hpp>
#include <prelabel/files/settings.hpp>
#include <prelabel/http/settings.hpp>
#include <prelabel/journal/settings.hpp>
#include <prelabel/kafka/settings.hpp>
#include <prelabel/labeling/document_reader.hpp>
#include <prelabel/labeling/task.hpp>
#include <prelabel/llm/settings.hpp>
#include <prelabel/pipeline/settings.hpp>
#include <prelabel/telemetry/settings.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <string>

namespace prelabel::config {

/// What a crash, a restart or a lost partition may repeat: nothing, or what was not committed.
enum class Delivery { exactly_once, at_least_once };
constexpr auto enum_names(Delivery) {
    return std::to_array<EnumName<Delivery>>({
        {Delivery::exactly_once, "exactly_once"},
        {Delivery::at_least_once, "at_least_once"},
    });
}

/// Where the provider's key is found; both empty: calls carry no key, as local servers want it.
struct ApiKeySource {
    std::string env;   ///< name of an environment variable
    std::string file;  ///< path of a file that holds nothing but the key

    [[nodiscard]] bool empty() const { return env.empty() && file.empty(); }
    friend bool operator==(const ApiKeySource&, const ApiKeySource&) = default;
};

/// What a header field of every call holds: a text of the configuration, or what is found where a key would be.
struct HeaderValue {
    std::string text;
    ApiKeySource source;

    friend bool operator==(const HeaderValue&, const HeaderValue&) = default;
};
using HeaderMap = std::map<std::string, HeaderValue>;

/// A model server: what is asked of it, who pays, how it is reached, how much it takes and what it costs.
struct EndpointSettings {
    llm::ModelSettings model;
    ApiKeySource api_key;
    HeaderMap headers;
    http::Settings http;  ///< its proxy is chosen when the program starts: proxy here, or the environment
    std::string proxy;    ///< URL, or "none"; empty: what the environment says
    pipeline::Limits limits;
    Duration call_timeout = pipeline::Settings{}.call_timeout;
    llm::Price price;
};

/// The admin port. Port 0: the system chooses one.
struct Listen {
    bool enabled = true;
    std::string address = "127.0.0.1";
    std::uint16_t port = 9464;
    bool show_documents = false;  ///< also the latest documents, with their text
};

/// A configuration file, read: every library's settings in one place.
struct Settings {
    std::string task_file;
    labeling::Task task;
    kafka::InputSettings input;
    labeling::InputSettings document;
    files::CsvSettings csv;
    EndpointSettings endpoint;
    pipeline::Settings pipeline;  ///< its limits and call_timeout mean nothing here: they are the endpoint's
    journal::Settings journal;
    kafka::OutputSettings output;
    bool include_raw_answer = false;
    Delivery delivery = Delivery::exactly_once;
    kafka::TransactionSettings transactions;  ///< its instance is empty where none is given
    Listen admin;
    telemetry::Settings log;
};

}  // namespace prelabel::config
