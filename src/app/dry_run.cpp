#include "app/dry_run.hpp"

#include <prelabel/base/reader_finding.hpp>

#include <utility>

namespace prelabel::app {

Result<DryRun> DryRun::make(const InputOption& inputs, config::Settings settings) {
    auto found = inputs.find();
    if (!found) return found.error();
    settings.document.format = labeling::InputFormat::json;  // which readers of files make
    auto plan = pipeline::LabelingPlan::make(
        {settings.task, settings.document, settings.endpoint.model, settings.output.max_record_bytes});
    if (!plan) return plan.error();
    return DryRun(std::move(*found), settings, std::move(*plan));
}

DryRun::DryRun(std::vector<files::Input> inputs, const config::Settings& settings,
               std::shared_ptr<const pipeline::LabelingPlan> plan)
    : inputs_(std::move(inputs)),
      documents_(settings.document),
      options_(read_options(settings)),
      plan_(std::move(plan)),
      codec_(settings.endpoint.model) {}

Result<std::optional<DryRun::Found>> DryRun::next() {
    for (; current_ < inputs_.size(); ++current_, reader_.reset()) {
        if (!reader_) {
            options_.called = inputs_[current_].called;
            auto opened = files::RecordReader::open(inputs_[current_].path, inputs_[current_].format, options_);
            if (!opened) return opened.error();
            reader_ = std::move(*opened);
        }
        auto record = reader_->next();
        if (!record) return record.error();
        if (*record) return std::optional(found(std::move(**record)));
    }
    return std::nullopt;
}

DryRun::Found DryRun::found(Record record) const {
    for (const auto& header : record.headers) {
        const bool too_large = header.name == too_large_header;
        if (too_large || header.name == malformed_header)
            return {record.origin, labeling::Unreadable{too_large, header.value.value_or("")}};
    }
    return {record.origin, documents_.read(record)};
}

llm::Message DryRun::turn(std::string_view text) const { return {llm::Role::user, plan_->prompt.document_turn(text)}; }

std::string DryRun::body(const llm::Message& turn) const { return codec_.encode(plan_->form, {&turn, 1}); }

}  // namespace prelabel::app
