#include "journal/answer_bytes.hpp"

#include "journal/bytes.hpp"

#include <prelabel/base/enum_values.hpp>

#include <bit>

namespace prelabel::journal {
namespace {

constexpr std::uint8_t version = 1;

void append_text(std::string& out, std::string_view text) {
    append_number(out, static_cast<std::uint32_t>(text.size()));
    out += text;
}

}  // namespace

std::string to_bytes(const llm::Completion& completion) {
    std::string out;
    out.reserve(completion.content.size() + completion.response_id.size() + completion.model.size() + 96);
    append_number(out, version);
    append_number(out, static_cast<std::uint8_t>(completion.usage_malformed ? 1 : 0));
    append_text(out, to_string(completion.finish));  // by name: a number would change with the list
    append_text(out, completion.response_id);
    append_text(out, completion.model);
    append_text(out, completion.content);
    const llm::Usage& usage = completion.usage;
    for (const auto count : {usage.requests, usage.input_tokens, usage.cached_input_tokens, usage.output_tokens,
                             usage.uncounted, std::bit_cast<std::uint64_t>(usage.cost_usd)})
        append_number(out, count);
    return out;
}

std::optional<llm::Completion> answer_from(std::string_view bytes) {
    ByteReader reader(bytes);
    if (reader.number<std::uint8_t>() != version) return std::nullopt;
    llm::Completion completion;
    completion.usage_malformed = reader.number<std::uint8_t>() != 0;
    const auto finish = from_string<llm::FinishReason>(reader.text());
    completion.response_id = reader.text();
    completion.model = reader.text();
    completion.content = reader.text();
    llm::Usage& usage = completion.usage;
    for (auto* count :
         {&usage.requests, &usage.input_tokens, &usage.cached_input_tokens, &usage.output_tokens, &usage.uncounted})
        *count = reader.number<std::uint64_t>();
    usage.cost_usd = std::bit_cast<double>(reader.number<std::uint64_t>());
    if (!finish || reader.failed() || !reader.at_end()) return std::nullopt;
    completion.finish = *finish;
    return completion;
}

}  // namespace prelabel::journal
