#pragma once

#include "app/input_option.hpp"

#include <prelabel/base/record.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/files/record_reader.hpp>
#include <prelabel/labeling/document_reader.hpp>
#include <prelabel/llm/codec.hpp>
#include <prelabel/pipeline/labeling_plan.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace prelabel::app {

/// What `label` would read and send under a configuration, for commands that call nobody.
/// Bound: one record in memory.   Threads: next() blocks for its file or pipe.
class DryRun {
public:
    struct Found {
        Origin origin;
        std::variant<labeling::Document, labeling::Unreadable> document;
    };

    /// Errors: Fault::config for inputs that do not exist and for a schema that cannot be used.
    [[nodiscard]] static Result<DryRun> make(const InputOption& inputs, config::Settings settings);

    /// The documents of all inputs, one after the other; none at the end. Errors: as RecordReader.
    [[nodiscard]] Result<std::optional<Found>> next();
    /// The first turn of a document.
    [[nodiscard]] llm::Message turn(std::string_view text) const;
    /// The body of the request that asks about it.
    [[nodiscard]] std::string body(const llm::Message& turn) const;
    /// Where requests go.
    [[nodiscard]] std::string url() const { return codec_.settings().base_url + codec_.path(); }
    [[nodiscard]] const pipeline::LabelingPlan& plan() const { return *plan_; }

private:
    DryRun(std::vector<files::Input> inputs, const config::Settings& settings,
           std::shared_ptr<const pipeline::LabelingPlan> plan);
    [[nodiscard]] Found found(Record record) const;

    std::vector<files::Input> inputs_;
    labeling::DocumentReader documents_;
    files::ReadOptions options_;
    std::shared_ptr<const pipeline::LabelingPlan> plan_;
    llm::Codec codec_;
    std::size_t current_ = 0;
    std::optional<files::RecordReader> reader_;
};

}  // namespace prelabel::app
