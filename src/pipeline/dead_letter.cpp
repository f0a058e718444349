#include <prelabel/base/expects.hpp>
#include <prelabel/base/iso_time.hpp>
#include <prelabel/pipeline/dead_letter.hpp>

#include <array>
#include <charconv>
#include <utility>

namespace prelabel::pipeline {
namespace {

constexpr std::string_view prefix = "prelabel.error.";
constexpr std::size_t short_message = 128;
constexpr std::string_view raw_answer = "prelabel.error.raw_answer";

std::string in_dollars(double usd) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), usd);
    return {digits.data(), end.ptr};
}

}  // namespace

bool shorten_dead_letter(Output& letter, std::size_t refusals) {
    if (refusals == 0) return true;
    const auto is_raw = [](const Header& header) { return header.name == raw_answer; };
    if (std::erase_if(letter.headers, is_raw) > 0) return true;
    if (!std::exchange(letter.value, {}).empty()) return true;
    const auto is_inputs = [](const Header& header) { return !header.name.starts_with(prefix); };
    if (std::erase_if(letter.headers, is_inputs) > 0) return true;
    if (std::exchange(letter.key, {})) return true;
    bool shorter = false;
    for (auto& header : letter.headers) {
        if (!header.value || header.value->size() <= short_message) continue;
        header.value->resize(short_message);
        shorter = true;
    }
    return shorter;
}

Output make_dead_letter(Record record, const Failure& failure, const AskedWith& with, WallTime at) {
    Output output;
    output.kind = OutputKind::dead_letter;
    output.key = std::move(record.key);
    expects(record.value.has_value(), "a tombstone is no document, and none is dead");
    output.value = std::move(*record.value);
    output.headers = std::move(record.headers);
    std::erase_if(output.headers, [](const Header& header) { return header.name.starts_with(prefix); });
    const auto add = [&](std::string_view name, std::string value) {
        output.headers.push_back({std::string(prefix).append(name), std::move(value)});
    };
    add("class", std::string(to_string(failure.reason)));
    add("message", failure.message);
    add("attempts", std::to_string(failure.attempts));
    if (failure.cost_usd) add("cost_usd", in_dollars(*failure.cost_usd));
    add("task", with.task);
    add("task_version", with.task_version);
    add("model", with.model);
    add("topic", record.origin.partition.topic);
    add("partition", std::to_string(record.origin.partition.number));
    add("offset", std::to_string(record.origin.offset));
    add("at", iso_8601(at));
    if (failure.raw_answer) output.headers.push_back({std::string(raw_answer), *failure.raw_answer});
    output.origin = std::move(record.origin);
    return output;
}

}  // namespace prelabel::pipeline
