#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/pipeline/answer_service.hpp>
#include <prelabel/pipeline/labeling_plan.hpp>
#include <prelabel/pipeline/sink.hpp>
#include <prelabel/record/annotation_record.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::pipeline {

/// The order of a document's life: read ▸ ask ▸ parse ▸ validate ▸ ground ▸ publish, with a re-ask where the answer
/// cannot be used and the dead-letter topic where nothing helps.
class LabelingJob {
public:
    /// What all jobs of a worker share. Everything outlives the jobs.
    struct Context {
        const LabelingPlan& plan;
        const Settings& settings;
        AnswerService& answers;
        Sink& sink;
        async::Clock& clock;
        Stats& stats;
        const EventListener& on_event;
    };

    LabelingJob(Context context, Record record, std::shared_ptr<const Lease> lease);

    /// True when the record's outcome is durable; false when it was abandoned before that.
    [[nodiscard]] async::Coroutine<bool> run();

private:
    /// An answer that can be shipped, or why there is none.
    struct Labeled {
        labeling::Findings findings;
        bool salvaged = false;
    };
    enum class Written { durable, too_large, abandoned };
    using Verdict = std::variant<Labeled, Failure, Abandoned>;

    [[nodiscard]] async::Coroutine<Verdict> label();
    /// Why an answer cannot be used, as a sentence for the model; none when `labeled` was filled.
    [[nodiscard]] std::optional<std::string> judge(const llm::Completion& completion, Labeled& labeled) const;
    [[nodiscard]] Body request(const std::vector<llm::Message>& repair) const;
    void account(const Answered& answered);
    [[nodiscard]] record::AnnotationRecord annotation(Labeled labeled);
    [[nodiscard]] Result<Output> render(const record::AnnotationRecord& annotation, std::size_t bytes_max) const;
    /// After a write that failed, `again` makes the output anew: that is rare, and a copy kept for it would cost every
    /// document.
    [[nodiscard]] async::Coroutine<Written> publish(Output output, std::function<Output()> again);
    [[nodiscard]] async::Coroutine<bool> bury(Failure failure);

    Context context_;
    Record record_;
    std::shared_ptr<const Lease> lease_;
    labeling::Document document_;
    // what was spent so far, over all calls for this document
    llm::Usage usage_;
    flow::Effort effort_;
    record::CacheTier tier_ = record::CacheTier::miss;
    std::vector<std::string> response_ids_;
};

}  // namespace prelabel::pipeline
