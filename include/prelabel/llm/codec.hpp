#pragma once

#include <prelabel/llm/dialect.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prelabel::llm {

/// One model in its provider's dialect: turns become request bytes, reply bytes become an outcome.
/// Cost: encode 1 µs for 2 KiB of text, decode 3 µs for an answer of five entities (bench/llm/codec_bench).
class Codec {
public:
    explicit Codec(ModelSettings settings) : dialect_(&dialect_of(settings.provider)), settings_(std::move(settings)) {}

    [[nodiscard]] std::string path() const { return dialect_->path(settings_); }
    [[nodiscard]] std::vector<HeaderField> authentication(const Secret& key) const {
        return dialect_->authentication(key);
    }
    /// The bytes that all requests of one task share, made once.
    [[nodiscard]] RequestForm form(std::span<const Message> preamble, std::string_view answer_schema) const {
        return dialect_->form(settings_, preamble, answer_schema);
    }
    [[nodiscard]] std::string encode(const RequestForm& form, std::span<const Message> turns) const {
        return dialect_->body(form, settings_, turns);
    }
    /// In the shape that the model was found to take.
    [[nodiscard]] std::string encode(const RequestForm& form, const ModelSettings& shape,
                                     std::span<const Message> turns) const {
        return dialect_->body(form, shape, turns);
    }
    /// `now` is for dates in Retry-After.
    [[nodiscard]] CallOutcome decode(const HttpReply& reply, WallTime now) const {
        return dialect_->decode(reply, now);
    }
    [[nodiscard]] const ModelSettings& settings() const { return settings_; }

private:
    const Dialect* dialect_;
    ModelSettings settings_;
};

}  // namespace prelabel::llm
