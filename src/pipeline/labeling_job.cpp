#include <prelabel/base/reader_finding.hpp>
#include <prelabel/base/utf8.hpp>
#include <prelabel/pipeline/labeling_job.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace prelabel::pipeline {
namespace {

using llm::Message;
using llm::Role;

/// How much of an unusable answer is shown to the model again: enough to mend, not enough to run up a bill.
constexpr std::size_t echo_bytes_max = 2'000;

std::string shortened(std::string_view text) {
    if (text.size() <= echo_bytes_max) return std::string(text);
    std::size_t end = echo_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return std::string(text.substr(0, end));
}

/// Why its reader says that the record holds no document. The header that says so goes: whoever mends the dead letter
/// and sends it again has it read anew.
std::optional<Failure> take_readers_finding(Record& record) {
    constexpr std::array headers{std::pair{malformed_header, DeadLetterClass::malformed_input},
                                 std::pair{too_large_header, DeadLetterClass::too_large}};
    for (const auto& [name, reason] : headers) {
        const auto found = std::ranges::find(record.headers, name, &Header::name);
        if (found == record.headers.end()) continue;
        Failure failure{reason, shortened(found->value.value_or("its reader found no document")), 0, 0};
        record.headers.erase(found);
        return failure;
    }
    return std::nullopt;
}

}  // namespace

LabelingJob::LabelingJob(Context context, Record record, std::shared_ptr<const Lease> lease)
    : context_(context), record_(std::move(record)), lease_(std::move(lease)) {}

async::Coroutine<std::optional<Outcome>> LabelingJob::run() {
    if (auto finding = take_readers_finding(record_)) co_return ends(std::move(*finding));
    auto read = context_.plan.reader.read(record_);
    if (const auto* unreadable = std::get_if<labeling::Unreadable>(&read)) {
        const auto reason = unreadable->too_large ? DeadLetterClass::too_large : DeadLetterClass::malformed_input;
        co_return ends(Failure{reason, unreadable->problem, 0, 0});
    }
    document_ = std::move(std::get<labeling::Document>(read));

    Verdict verdict = co_await label();
    if (std::holds_alternative<Abandoned>(verdict)) co_return std::nullopt;
    if (auto* failure = std::get_if<Failure>(&verdict)) co_return ends(std::move(*failure));
    auto& labeled = std::get<Labeled>(verdict);
    context_.stats.count(labeled.findings);
    co_return ends(annotation(std::move(labeled)));
}

async::Coroutine<LabelingJob::Verdict> LabelingJob::label() {
    std::vector<Message> repair;
    for (std::uint32_t reasks = 0;; ++reasks) {
        Obtained obtained = co_await context_.answers.obtain(request(repair), &effort_, lease_);
        if (std::holds_alternative<Abandoned>(obtained)) co_return Abandoned{};
        if (auto* failure = std::get_if<Failure>(&obtained)) co_return std::move(*failure);
        const auto& answered = std::get<Answered>(obtained);
        account(answered);
        switch (answered.completion.finish) {
            case llm::FinishReason::refusal:
                co_return Failure{DeadLetterClass::refused, "the model refused", 0, 0};
            case llm::FinishReason::content_filter:
                co_return Failure{DeadLetterClass::content_filter, "the provider's filter stopped the answer", 0, 0};
            default:
                break;
        }
        Labeled labeled;
        const auto problem = judge(answered.completion, labeled);
        if (!problem) co_return labeled;
        context_.answers.forget(answered.key);
        if (reasks == context_.settings.retry.max_reasks) {
            // An answer that is well-formed but names nothing from the document is shipped as such: all set aside.
            if (!labeled.findings.discarded.empty()) co_return labeled;
            co_return Failure{DeadLetterClass::invalid_answer, *problem, 0, 0};
        }
        ++context_.stats.reasks;
        repair.clear();  // one failed answer is context enough
        repair.push_back({Role::assistant, shortened(answered.completion.content)});
        repair.push_back({Role::user, context_.plan.prompt.repair_turn(*problem)});
    }
}

std::optional<std::string> LabelingJob::judge(const llm::Completion& completion, Labeled& labeled) const {
    auto judgement = context_.plan.kind->judge(document_.text, completion.content);
    if (auto* judged = std::get_if<labeling::Judged>(&judgement)) {
        labeled = {std::move(judged->findings), judged->repaired};
        return std::nullopt;
    }
    auto& unusable = std::get<labeling::Unusable>(judgement);
    labeled.findings = std::move(unusable.findings);
    const bool cut = unusable.unreadable && completion.finish == llm::FinishReason::length;
    return cut ? "the answer was cut off at the output limit" : std::move(unusable.problem);
}

Body LabelingJob::request(const std::vector<Message>& repair) const {
    // The turns hold the text once more, so they do not outlive the encoding.
    std::vector<Message> turns;
    turns.push_back({Role::user, context_.plan.prompt.document_turn(document_.text)});
    turns.insert(turns.end(), repair.begin(), repair.end());
    return std::make_shared<const std::string>(context_.plan.codec.encode(turns));
}

void LabelingJob::account(const Answered& answered) {
    usage_ += answered.completion.usage;
    tier_ = answered.tier;
    response_ids_.push_back(answered.completion.response_id);
}

record::AnnotationRecord LabelingJob::annotation(Labeled labeled) {
    const auto& plan = context_.plan;
    record::AnnotationRecord annotation;
    annotation.id = std::move(document_.id);
    annotation.text = std::move(document_.text);
    annotation.task_name = plan.task.name;
    annotation.task_kind = plan.task.kind;
    annotation.task_version = plan.task_version;
    if (labeled.salvaged || !labeled.findings.discarded.empty()) annotation.status = record::Status::partial;
    annotation.findings = std::move(labeled.findings);
    annotation.provider = plan.codec.settings().provider;
    annotation.model = plan.codec.settings().model;
    annotation.response_ids = std::move(response_ids_);
    annotation.usage = usage_;
    annotation.source = record_.origin;
    annotation.attempts = effort_.calls;
    annotation.cache = tier_;
    annotation.labeled_at = context_.clock.wall_now();
    return annotation;
}

Outcome LabelingJob::ends(record::AnnotationRecord annotation) {
    return {std::move(record_), context_.plan.task_version, std::move(annotation)};
}

Outcome LabelingJob::ends(Failure failure) {
    failure.attempts = effort_.calls;
    failure.cost_usd = usage_.cost_usd;
    return {std::move(record_), context_.plan.task_version, std::move(failure)};
}

}  // namespace prelabel::pipeline
