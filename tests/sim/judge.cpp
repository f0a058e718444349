#include "judge.hpp"

#include "world.hpp"

#include <prelabel/base/utf8.hpp>
#include <prelabel/llm/remedy.hpp>

#include <algorithm>
#include <string_view>

#include <rapidjson/document.h>

namespace prelabel::sim {
namespace {

using pipeline::DeadLetterClass;

constexpr Duration longest_backoff = std::chrono::seconds(8);
constexpr Duration patience_at_the_end = std::chrono::minutes(1);

std::string header(const pipeline::Output& output, std::string_view name) {
    for (const auto& header : output.headers) {
        if (header.name == name) return header.value.value();
    }
    return {};
}

/// A document ends as `deadline` only after as many failures of its own as it has attempts, or when its own time, in
/// calls and between them, is over. Throttling is nobody's failure, what failed while nobody was answered was the
/// provider's, and so is the wait that it asked for.
bool used_up(const SimModel& model, const Tried& tried, const pipeline::Retry& retry) {
    std::uint32_t attempts = 0;
    Duration counted = tried.calling;
    TimePoint since = tried.first_sent;
    bool refused_for_itself = false;
    for (const auto& failed : tried.failures) {
        if (failed.reply == llm::ReplyClass::throttled) continue;
        if (!failed.asked) counted += longest_backoff;
        const bool refused = llm::remedy(failed.reply) == llm::Remedy::confirm;
        const bool proven = model.answered_what_was_sent(since, failed.at);
        refused_for_itself |= refused && proven;
        if (proven || (refused && refused_for_itself)) ++attempts;
        since = failed.at;
    }
    return attempts >= retry.max_attempts || counted >= retry.deadline;
}

template <class Cause>
bool somebody_saw(const Evidence& evidence, const SimDocument& document, const Cause& cause) {
    return std::ranges::any_of(evidence.processes, [&](const Process& process) {
        const Tried* tried = process.model->tried(document.number);
        return tried && cause(*process.model, *tried);
    });
}

bool deadline_has_cause(const SimDocument& document, const Evidence& evidence) {
    pipeline::Retry retry = evidence.scenario.settings.retry;
    // For the last documents of a finite input nobody waits longer.
    if (evidence.scenario.theme == Theme::finite)
        retry.deadline = std::min<Duration>(retry.deadline, patience_at_the_end);
    return somebody_saw(evidence, document,
                        [&](const SimModel& model, const Tried& tried) { return used_up(model, tried, retry); });
}

/// It was refused, a call that was sent later was answered, and it was refused again.
bool refused_again(const SimModel& model, const Tried& tried) {
    const auto& failures = tried.failures;
    for (auto first = failures.begin(); first != failures.end(); ++first) {
        if (first->reply == llm::ReplyClass::throttled) continue;
        const bool again = std::any_of(first + 1, failures.end(), [&](const Tried::Failed& later) {
            return later.reply == first->reply && model.answered_what_was_sent(first->at, later.at);
        });
        if (again) return true;
    }
    return false;
}

std::string judge_dead_letter(const pipeline::Output& output, const SimDocument& document, const Evidence& evidence) {
    const std::string reason = header(output, "prelabel.error.class");
    const std::string complaint = "dead-lettered as " + reason + " without cause";
    const auto fated = dead_letter_of(document.fate);
    if (reason == "deadline") return deadline_has_cause(document, evidence) ? std::string() : complaint;
    if (fated && reason == to_string(*fated)) return {};
    // One or two documents that are refused while nobody else is called have their own time, and no more.
    const bool refused = reason == "request_rejected" || reason == "invalid_answer";
    if (refused && (evidence.scenario.theme == Theme::finite || deadline_has_cause(document, evidence) ||
                    somebody_saw(evidence, document, refused_again)))
        return {};
    if (reason == "invalid_answer" && evidence.scenario.faults.answer_bad > 0) return {};
    return complaint;
}

/// An answer belongs to its request.
std::string answer_of_another(const rapidjson::Document& json, const SimDocument& document) {
    for (const auto& id : json["model"]["response_ids"].GetArray()) {
        if (number_in_response_id(id.GetString()) != document.number)
            return std::string("published with the answer ") + id.GetString();
    }
    const bool complete = std::string_view(json["status"].GetString()) == "complete";
    const bool marked = std::ranges::any_of(
        json["entities"].GetArray(), [&](const auto& entity) { return entity["text"].GetString() == document.mark(); });
    if (complete && !marked) return "complete, and its own mark is missing";
    return {};
}

std::string judge_annotation(const pipeline::Output& output, const SimDocument& document) {
    if (document.fate != Fate::labeled) return "published though it cannot be labeled";
    rapidjson::Document json;
    json.Parse(output.value.data(), output.value.size());
    if (json.HasParseError()) return "the output is not JSON";
    if (json["text"].GetString() != document.text) return "published with another text";
    if (auto problem = answer_of_another(json, document); !problem.empty()) return problem;
    for (const auto& entity : json["entities"].GetArray()) {
        const std::string text = entity["text"].GetString();
        const std::size_t start = entity["start_utf8"].GetUint();
        const std::size_t end = entity["end_utf8"].GetUint();
        if (start >= end || end > document.text.size() || document.text.substr(start, end - start) != text)
            return "a span is not true";
        if (utf8::count_code_points(std::string_view(document.text).substr(0, start)) != entity["start"].GetUint())
            return "a span is not true in code points";
    }
    const bool complete = std::string_view(json["status"].GetString()) == "complete";
    if (complete && json["entities"].Size() != document.mentions.size()) return "complete, but an entity is missing";
    return {};
}

}  // namespace

std::string judge(const pipeline::Output& output, const Evidence& evidence) {
    const auto number = std::stoul(header(output, "trace"));
    const SimDocument& document = evidence.documents[number];
    std::string problem = output.kind == pipeline::OutputKind::dead_letter
                              ? judge_dead_letter(output, document, evidence)
                              : judge_annotation(output, document);
    return problem.empty() ? problem : "document " + std::to_string(number) + ": " + problem;
}

}  // namespace prelabel::sim
