#include <prelabel/base/reader_finding.hpp>
#include <prelabel/base/utf8.hpp>
#include <prelabel/pipeline/labeling_job.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace prelabel::pipeline {
namespace {

/// Of what a reader says about a record.
constexpr std::size_t finding_bytes_max = 2'000;

/// Why its reader says that the record holds no document. The header that says so goes: whoever mends the dead letter
/// and sends it again has it read anew.
std::optional<Failure> take_readers_finding(Record& record) {
    constexpr std::array headers{std::pair{malformed_header, DeadLetterClass::malformed_input},
                                 std::pair{too_large_header, DeadLetterClass::too_large}};
    for (const auto& [name, reason] : headers) {
        const auto found = std::ranges::find(record.headers, name, &Header::name);
        if (found == record.headers.end()) continue;
        const std::string said = found->value.value_or("its reader found no document");
        Failure failure{reason, std::string(utf8::prefix(said, finding_bytes_max)), 0, 0};
        record.headers.erase(found);
        return failure;
    }
    return std::nullopt;
}

bool cost_is_known(const LabelingPlan& plan, const llm::Usage& usage) {
    return plan.extras.priced && usage.uncounted == 0;
}

AskedWith asked_with(const LabelingPlan& plan) { return {plan.task.name, plan.task_version, plan.model}; }

}  // namespace

LabelingJob::LabelingJob(Context context, Record record, ScopePtr scope)
    : context_(std::move(context)), record_(std::move(record)), scope_(std::move(scope)) {}

async::Coroutine<std::optional<Outcome>> LabelingJob::run() {
    if (auto finding = take_readers_finding(record_)) co_return ends(std::move(*finding));
    auto read = context_.plan->reader.read(record_);
    if (const auto* unreadable = std::get_if<labeling::Unreadable>(&read)) {
        const auto reason = unreadable->too_large ? DeadLetterClass::too_large : DeadLetterClass::malformed_input;
        co_return ends(Failure{reason, unreadable->problem, 0, 0});
    }
    document_ = std::move(std::get<labeling::Document>(read));

    Conversation conversation({*context_.plan, context_.settings.retry, context_.answers, context_.stats},
                              document_.text, spend_, scope_);
    Conversation::Outcome outcome = co_await conversation.hold();
    if (std::holds_alternative<Abandoned>(outcome)) co_return std::nullopt;
    if (auto* unanswered = std::get_if<Unanswered>(&outcome)) {
        Failure failure{unanswered->reason, std::move(unanswered->message), 0, 0};
        failure.said = std::move(unanswered->said);
        co_return ends(std::move(failure));
    }
    auto& judged = std::get<labeling::Judged>(outcome);
    context_.stats.count(judged.findings);
    if (judged.cut_out) ++context_.stats.answers_cut_out;
    if (judged.other_form) ++context_.stats.answers_in_other_form;
    co_return ends(annotation(std::move(judged)));
}

record::AnnotationRecord LabelingJob::annotation(labeling::Judged judged) {
    const auto& plan = *context_.plan;
    record::AnnotationRecord annotation;
    annotation.id = std::move(document_.id);
    annotation.text = std::move(document_.text);
    annotation.task_name = plan.task.name;
    annotation.task_kind = plan.task.kind;
    annotation.task_version = plan.task_version;
    if (!judged.findings.discarded.empty()) annotation.status = record::Status::partial;
    annotation.findings = std::move(judged.findings);
    annotation.provider = plan.provider;
    annotation.model = plan.model;
    if (!spend_.answered_by.empty()) annotation.answered_by = std::move(spend_.answered_by);
    annotation.finish_reason = spend_.finish;
    annotation.response_ids = std::move(spend_.response_ids);
    annotation.raw_answer = std::move(spend_.said);
    annotation.metadata = std::move(document_.metadata);
    annotation.usage = spend_.usage;
    annotation.priced = cost_is_known(plan, spend_.usage);
    annotation.source = record_.origin;
    annotation.attempts = spend_.effort.calls;
    annotation.cache = spend_.tier;
    if (spend_.took)
        annotation.latency_ms =
            static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(*spend_.took).count());
    annotation.labeled_at = context_.clock.wall_now();
    return annotation;
}

Outcome LabelingJob::ends(record::AnnotationRecord annotation) {
    return {std::move(record_), asked_with(*context_.plan), std::move(annotation)};
}

Outcome LabelingJob::ends(Failure failure) {
    failure.attempts = spend_.effort.calls;
    const bool nothing_bought = spend_.usage.requests == 0;
    failure.cost_usd = cost_is_known(*context_.plan, spend_.usage) || nothing_bought
                           ? std::optional(spend_.usage.cost_usd)
                           : std::nullopt;
    if (failure.reason == DeadLetterClass::invalid_answer) failure.raw_answer = std::move(spend_.said);
    return {std::move(record_), asked_with(*context_.plan), std::move(failure)};
}

}  // namespace prelabel::pipeline
