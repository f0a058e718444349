#pragma once

#include <prelabel/base/secret.hpp>
#include <prelabel/base/time.hpp>
#include <prelabel/llm/completion.hpp>
#include <prelabel/llm/message.hpp>
#include <prelabel/llm/settings.hpp>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::llm {

/// The parts of an HTTP reply that a dialect reads.
struct HttpReply {
    int status = 0;
    /// A header field's value by its name, in any case; empty if there is none.
    std::function<std::string_view(std::string_view name)> header = [](std::string_view) { return std::string_view(); };
    std::string_view body;
};

struct HeaderField {
    std::string name;
    std::string value;
};

/// What every request of one task to one model has in common, besides the settings: these may change when a model
/// refuses some of them.
struct RequestForm {
    std::string head;        ///< the bytes before a document's own turns
    bool has_turns = false;  ///< in the head
    std::string answer_schema;
    bool strict_schema = false;  ///< the provider's strict subset takes it
};

/// A provider's protocol: path, headers, request bodies and replies. Pure and stateless: one instance serves all
/// endpoints with this protocol.
class Dialect {
public:
    Dialect() = default;
    Dialect(const Dialect&) = delete;
    Dialect& operator=(const Dialect&) = delete;
    virtual ~Dialect() = default;

    /// Below the base URL, with the query.
    [[nodiscard]] virtual std::string path(const ModelSettings& settings) const = 0;
    /// The headers that identify the caller. None for an empty key.
    [[nodiscard]] virtual std::vector<HeaderField> authentication(const Secret& key) const = 0;
    [[nodiscard]] virtual RequestForm form(const ModelSettings& settings, std::span<const Message> preamble,
                                           std::string_view answer_schema) const = 0;
    /// The body for the form's preamble followed by `turns`. Deterministic: equal arguments, equal bytes.
    [[nodiscard]] virtual std::string body(const RequestForm& form, const ModelSettings& settings,
                                           std::span<const Message> turns) const = 0;
    /// `now` is for dates in Retry-After.
    [[nodiscard]] virtual CallOutcome decode(const HttpReply& reply, WallTime now) const = 0;
};

/// The dialect of `llm.provider`, one of the words that the configuration accepts.
[[nodiscard]] const Dialect& dialect_of(std::string_view provider);

}  // namespace prelabel::llm
