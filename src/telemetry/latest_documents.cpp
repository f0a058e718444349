#include "telemetry/json_writer.hpp"
#include "telemetry/shown_text.hpp"

#include <prelabel/telemetry/latest_documents.hpp>

#include <utility>

namespace prelabel::telemetry {

std::string LatestDocuments::shown_of(std::string_view record) {
    if (record.size() <= document_bytes_max) return std::string(record);
    JsonWriter json;
    json.open().pair("too_long_bytes", static_cast<std::uint64_t>(record.size())).close();
    return json.take();
}

void LatestDocuments::labeled(std::string shown) {
    keep(shown.size() <= document_bytes_max ? std::move(shown) : shown_of(shown));
}

void LatestDocuments::dead_lettered(std::string_view reason, std::string_view message, std::string_view place) {
    JsonWriter json;
    json.open().open("dead_letter").pair("class", reason);
    json.pair("message", shown_text(message.substr(0, document_bytes_max / 8)));
    json.pair("place", shown_text(place.substr(0, document_bytes_max / 8))).close();
    json.close();
    keep(json.take());
}

void LatestDocuments::keep(std::string object) {
    ++documents_;
    bytes_ += object.size();
    latest_.push_front(std::move(object));
    while (latest_.size() > documents_max || bytes_ > bytes_max) {
        bytes_ -= latest_.back().size();
        latest_.pop_back();
    }
}

std::string LatestDocuments::json() const {
    JsonWriter json;
    json.open().pair("documents", documents_);
    json.open_list("latest");
    for (const auto& object : latest_) json.raw_object(object);
    json.close_list();
    json.close();
    return json.take();
}

}  // namespace prelabel::telemetry
