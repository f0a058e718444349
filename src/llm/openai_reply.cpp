#include "llm/openai_reply.hpp"

#include <prelabel/base/tamed_numbers.hpp>

#include <array>
#include <cstddef>
#include <utility>

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace prelabel::llm {
namespace {

constexpr std::size_t depth_max = 128;

/// Which object or array is open. `none`: one that we do not read.
enum class In : std::uint8_t {
    none,
    list,  // that stands around everything
    top,
    choices,
    choice,
    message,
    parts,
    part,
    usage,
    details,
    error,
    findings,
    finding,
    location,
    error_details,
    error_detail,
};

/// Which member comes next. `none`: one that we do not read.
enum class Member : std::uint8_t {
    none,
    id,
    model,
    choices,
    usage,
    error,
    detail,
    error_code,
    error_type,
    error_param,
    error_message,
    error_details,
    retry_delay,
    location,
    finding,
    finish_reason,
    message,
    content,
    refusal,
    part_type,
    part_text,
    prompt_tokens,
    completion_tokens,
    details,
    cached_tokens,
};

struct Name {
    In in;
    std::string_view key;
    Member member;
};

constexpr std::array names = {
    Name{In::top, "id", Member::id},
    Name{In::top, "model", Member::model},
    Name{In::top, "choices", Member::choices},
    Name{In::top, "usage", Member::usage},
    Name{In::top, "error", Member::error},
    Name{In::top, "detail", Member::detail},
    Name{In::top, "code", Member::error_code},
    Name{In::top, "type", Member::error_type},
    Name{In::top, "param", Member::error_param},
    Name{In::top, "message", Member::error_message},
    Name{In::choice, "message", Member::message},
    Name{In::choice, "finish_reason", Member::finish_reason},
    Name{In::message, "content", Member::content},
    Name{In::message, "refusal", Member::refusal},
    Name{In::part, "type", Member::part_type},
    Name{In::part, "text", Member::part_text},
    Name{In::usage, "prompt_tokens", Member::prompt_tokens},
    Name{In::usage, "completion_tokens", Member::completion_tokens},
    Name{In::usage, "prompt_tokens_details", Member::details},
    Name{In::details, "cached_tokens", Member::cached_tokens},
    Name{In::error, "code", Member::error_code},
    Name{In::error, "type", Member::error_type},
    Name{In::error, "param", Member::error_param},
    Name{In::error, "message", Member::error_message},
    Name{In::error, "status", Member::error_type},
    Name{In::error, "details", Member::error_details},
    Name{In::error, "detail", Member::detail},
    Name{In::error_detail, "retryDelay", Member::retry_delay},
    Name{In::finding, "loc", Member::location},
    Name{In::finding, "msg", Member::finding},
};

class Reader {
public:
    explicit Reader(OpenAiReply& reply) : reply_(reply) {}

    bool Null() { return value(); }
    bool Bool(bool) { return value(); }
    bool Int(int number) { return Int64(number); }
    bool Uint(unsigned number) { return Uint64(number); }
    bool Int64(std::int64_t number) { return number < 0 ? value() : Uint64(static_cast<std::uint64_t>(number)); }
    bool Uint64(std::uint64_t number) {
        switch (member_) {
            case Member::prompt_tokens:
                reply_.prompt_tokens = number;
                break;
            case Member::completion_tokens:
                reply_.completion_tokens = number;
                break;
            case Member::cached_tokens:
                reply_.cached_tokens = number;
                break;
            case Member::error_code:
                reply_.error_code = std::to_string(number);
                break;
            default:
                break;
        }
        return value();
    }
    bool Double(double number) {
        constexpr double exact_max = 9'007'199'254'740'992.0;
        return number >= 0 && number < exact_max ? Uint64(static_cast<std::uint64_t>(number)) : value();
    }
    bool RawNumber(const char*, rapidjson::SizeType, bool) { return value(); }
    bool String(const char* text, rapidjson::SizeType length, bool) {
        if (std::string* target = text_target()) target->assign(text, length);
        if (member_ == Member::error || member_ == Member::detail) reply_.has_error = true;
        if (open_[depth_] == In::location) add_step({text, length});
        if (member_ == Member::finding && reply_.error_message.empty()) reply_.error_message.assign(text, length);
        return value();
    }
    bool Key(const char* text, rapidjson::SizeType length, bool) {
        const In in = open_[depth_];
        member_ = Member::none;
        if (in == In::none) return true;
        const std::string_view key(text, length);
        for (const Name& name : names) {
            if (name.in == in && name.key == key) member_ = name.member;
        }
        return true;
    }
    bool StartObject() { return enter(object_entered()); }
    bool EndObject(rapidjson::SizeType) {
        if (open_[depth_] == In::part && (part_type_.empty() || part_type_ == "text")) reply_.content += part_text_;
        return leave();
    }
    bool StartArray() {
        if (member_ == Member::choices) return enter(In::choices);
        if (member_ == Member::content) return enter(In::parts);
        if (depth_ == 0) return enter(In::list);
        if (member_ == Member::detail) {
            reply_.has_error = true;
            return enter(In::findings);
        }
        if (member_ == Member::location && reply_.error_param.empty()) return enter(In::location);
        if (member_ == Member::error_details) return enter(In::error_details);
        return enter(In::none);
    }
    bool EndArray(rapidjson::SizeType) { return leave(); }

    [[nodiscard]] bool is_a_list() const { return in_list_; }

private:
    bool value() {
        member_ = Member::none;
        return true;
    }
    bool enter(In in) {
        if (depth_ == depth_max) return false;
        open_[++depth_] = in;
        return value();
    }
    bool leave() {
        --depth_;
        return value();
    }
    /// Of the way to what is wrong: ["body", "response_format", "type"].
    void add_step(std::string_view step) {
        if (step == "body") return;
        if (!reply_.error_param.empty()) reply_.error_param += '.';
        reply_.error_param += step;
    }
    In object_entered() {
        if (depth_ == 0 || (open_[depth_] == In::list && !std::exchange(in_list_, true))) return In::top;
        if (open_[depth_] == In::findings) return In::finding;
        if (open_[depth_] == In::error_details) return In::error_detail;
        if (open_[depth_] == In::choices && !std::exchange(reply_.has_choice, true)) return In::choice;
        if (open_[depth_] == In::parts) {
            part_type_.clear();
            part_text_.clear();
            return In::part;
        }
        switch (member_) {
            case Member::message:
                return In::message;
            case Member::usage:
                return In::usage;
            case Member::details:
                return In::details;
            case Member::error:
                reply_.has_error = true;
                return In::error;
            case Member::error_message:  // Mistral's holds what FastAPI's `detail` does
                return In::error;
            default:
                return In::none;
        }
    }
    std::string* text_target() {
        switch (member_) {
            case Member::id:
                return &reply_.id;
            case Member::model:
                return &reply_.model;
            case Member::content:
                return &reply_.content;
            case Member::refusal:
                return &reply_.refusal;
            case Member::finish_reason:
                return &reply_.finish_reason;
            case Member::part_type:
                return &part_type_;
            case Member::part_text:
                return &part_text_;
            case Member::error_code:
                return &reply_.error_code;
            case Member::error_type:
                return &reply_.error_type;
            case Member::error_param:
                return &reply_.error_param;
            case Member::retry_delay:
                return &reply_.retry_delay;
            case Member::error:
            case Member::detail:
            case Member::error_message:
                return &reply_.error_message;
            default:
                return nullptr;
        }
    }

    OpenAiReply& reply_;
    std::size_t depth_ = 0;
    std::array<In, depth_max + 1> open_{};
    Member member_ = Member::none;
    bool in_list_ = false;  // an object of it was read
    std::string part_type_;
    std::string part_text_;
};

}  // namespace

bool read_openai_reply(std::string_view body, OpenAiReply& reply) {
    constexpr unsigned flags =
        rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseFullPrecisionFlag;
    const auto read = [&](auto stream) {
        Reader reader(reply);
        const rapidjson::ParseResult parsed = rapidjson::Reader().Parse<flags>(stream, reader);
        if (reader.is_a_list()) reply.has_choice = false;  // only errors come so
        // A NUL byte ends RapidJSON's input: what stands behind one would go unseen without the second check.
        const bool whole = !parsed.IsError() && stream.Tell() == body.size();
        return std::pair(whole, parsed.Code());
    };
    const auto [whole, error] = read(rapidjson::MemoryStream(body.data(), body.size()));
    if (error != rapidjson::kParseErrorNumberTooBig) return whole;
    reply = {};
    return read(TamedNumbers(body)).first;
}

}  // namespace prelabel::llm
