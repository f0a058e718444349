#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/pipeline/conversation.hpp>
#include <prelabel/pipeline/labeling_plan.hpp>
#include <prelabel/pipeline/publisher.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::pipeline {

/// The order of a document's life: read ▸ conversation ▸ record. What comes of it is published by whoever runs the job.
class LabelingJob {
public:
    /// What all jobs of a worker share, and outlives them; the plan is the one that the worker had when the job began.
    struct Context {
        std::shared_ptr<const LabelingPlan> plan;
        const Settings& settings;
        AnswerService& answers;
        async::Clock& clock;
        Stats& stats;
        const EventListener& on_event;
    };

    LabelingJob(Context context, Record record, ScopePtr scope);

    /// Once. None when the document was abandoned.
    [[nodiscard]] async::Coroutine<std::optional<Outcome>> run();

private:
    [[nodiscard]] record::AnnotationRecord annotation(labeling::Judged judged);
    /// The job's last words: they take the record with them.
    [[nodiscard]] Outcome ends(Failure failure);
    [[nodiscard]] Outcome ends(record::AnnotationRecord annotation);

    Context context_;
    Record record_;
    ScopePtr scope_;
    labeling::Document document_;
    Spend spend_;
};

}  // namespace prelabel::pipeline
