#include <prelabel/base/reader_finding.hpp>
#include <prelabel/base/utf8.hpp>
#include <prelabel/pipeline/labeling_job.hpp>
#include <prelabel/record/annotation_json.hpp>

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
constexpr Duration write_retry_wait = std::chrono::seconds(1);
constexpr std::string_view version_header = "prelabel-task-version";

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

async::Coroutine<bool> LabelingJob::run() {
    if (auto finding = take_readers_finding(record_)) co_return co_await bury(std::move(*finding));
    auto read = context_.plan.reader.read(record_);
    if (const auto* unreadable = std::get_if<labeling::Unreadable>(&read)) {
        const auto reason = unreadable->too_large ? DeadLetterClass::too_large : DeadLetterClass::malformed_input;
        Failure failure{reason, unreadable->problem, 0, 0};
        co_return co_await bury(std::move(failure));
    }
    document_ = std::move(std::get<labeling::Document>(read));

    Verdict verdict = co_await label();
    if (std::holds_alternative<Abandoned>(verdict)) co_return false;
    if (auto* failure = std::get_if<Failure>(&verdict)) co_return co_await bury(std::move(*failure));

    auto& labeled = std::get<Labeled>(verdict);
    const bool partial = labeled.salvaged || !labeled.findings.discarded.empty();
    context_.stats.count(labeled.findings);
    const record::AnnotationRecord made = annotation(std::move(labeled));
    std::size_t bytes_max = context_.plan.record_bytes_max;
    Written written = Written::too_large;
    // A topic may take less than configured: then the record is made once more, smaller, which leaves out its text.
    while (written == Written::too_large) {
        auto output = render(made, bytes_max);
        if (!output) {
            Failure failure{DeadLetterClass::too_large, output.error().message, 0, 0};
            co_return co_await bury(std::move(failure));
        }
        const std::size_t bytes = output->value.size() + output->frame_bytes();
        std::function<Output()> again = [this, &made, bytes_max] { return render(made, bytes_max).value(); };
        written = co_await publish(std::move(*output), std::move(again));
        bytes_max = bytes - 1;
    }
    if (written == Written::durable) ++(partial ? context_.stats.documents_partial : context_.stats.documents_complete);
    co_return written == Written::durable;
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

Result<Output> LabelingJob::render(const record::AnnotationRecord& annotation, std::size_t bytes_max) const {
    Output output;
    output.origin = record_.origin;
    output.key = record_.key ? record_.key : annotation.id;
    output.headers = record_.headers;
    std::erase_if(output.headers, [](const Header& header) { return header.name == version_header; });
    output.headers.push_back({std::string(version_header), context_.plan.task_version});
    const std::size_t frame = output.frame_bytes();
    auto line = record::to_json_within(annotation, bytes_max - std::min(bytes_max, frame));
    if (!line)
        return Error{Fault::input, "key and headers have " + std::to_string(frame) + " bytes; " + line.error().message};
    output.value = std::move(*line);
    return output;
}

async::Coroutine<LabelingJob::Written> LabelingJob::publish(Output output, std::function<Output()> again) {
    while (!lease_->abandoned) {
        const Result<> written = co_await context_.sink.write(std::move(output));
        if (written) co_return Written::durable;
        if (written.error().fault == Fault::cancelled) co_return Written::abandoned;
        ++context_.stats.write_failures;
        if (written.error().fault == Fault::input) co_return Written::too_large;
        context_.on_event(Trouble{written.error().message});
        co_await async::sleep_until(context_.clock, context_.clock.now() + write_retry_wait);
        output = again();
    }
    co_return Written::abandoned;
}

async::Coroutine<bool> LabelingJob::bury(Failure failure) {
    failure.attempts = effort_.calls;
    failure.cost_usd = usage_.cost_usd;
    const Origin origin = record_.origin;
    Output letter =
        make_dead_letter(std::move(record_), failure, context_.plan.task_version, context_.clock.wall_now());
    Written written = Written::too_large;
    // A dead letter too large for its topic goes with less: its own headers still say where the document is.
    for (std::size_t refusals = 0; written == Written::too_large; ++refusals) {
        if (!shorten_dead_letter(letter, refusals)) {
            context_.on_event(Trouble{"the dead-letter topic refuses even the shortest dead letter"});
            co_await async::sleep_until(context_.clock, context_.clock.now() + write_retry_wait);
        }
        Output copy = letter;
        std::function<Output()> again = [&letter] { return letter; };
        written = co_await publish(std::move(copy), std::move(again));
    }
    if (written == Written::abandoned) co_return false;
    ++context_.stats.dead_letters[failure.reason];
    context_.on_event(DocumentDeadLettered{origin, failure.reason, failure.message});
    co_return true;
}

}  // namespace prelabel::pipeline
