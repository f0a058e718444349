#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/pipeline/answer_service.hpp>
#include <prelabel/pipeline/labeling_plan.hpp>
#include <prelabel/pipeline/publisher.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::pipeline {

/// The order of a document's life: read ▸ ask ▸ parse ▸ validate ▸ ground, with a re-ask where the answer cannot be used.
/// What comes of it is published by whoever runs the job.
class LabelingJob {
public:
    /// What all jobs of a worker share. Everything outlives the jobs.
    struct Context {
        const LabelingPlan& plan;
        const Settings& settings;
        AnswerService& answers;
        async::Clock& clock;
        Stats& stats;
        const EventListener& on_event;
    };

    LabelingJob(Context context, Record record, std::shared_ptr<const Lease> lease);

    /// Once. None when the document was abandoned.
    [[nodiscard]] async::Coroutine<std::optional<Outcome>> run();

private:
    /// An answer that can be shipped, or why there is none.
    struct Labeled {
        labeling::Findings findings;
        bool salvaged = false;
    };
    using Verdict = std::variant<Labeled, Failure, Abandoned>;

    [[nodiscard]] async::Coroutine<Verdict> label();
    /// Why an answer cannot be used, as a sentence for the model; none when `labeled` was filled.
    [[nodiscard]] std::optional<std::string> judge(const llm::Completion& completion, Labeled& labeled) const;
    [[nodiscard]] Body request(const std::vector<llm::Message>& repair) const;
    void account(const Answered& answered);
    [[nodiscard]] record::AnnotationRecord annotation(Labeled labeled);
    /// The job's last words: they take the record with them.
    [[nodiscard]] Outcome ends(Failure failure);
    [[nodiscard]] Outcome ends(record::AnnotationRecord annotation);

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
