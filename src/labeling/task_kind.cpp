#include "labeling/ner.hpp"

#include <prelabel/base/enum_array.hpp>
#include <prelabel/labeling/task_kind.hpp>

namespace prelabel::labeling {
namespace {

struct Entry {
    std::string_view prompt_format;
    Result<std::unique_ptr<const TaskKind>> (*make)(const Task&);
};

/// All kinds. It does not compile without a row for each.
constexpr auto kinds = enum_array<Kind, Entry>({
    {Kind::ner, {ner_prompt_format, make_ner}},
});

}  // namespace

std::string_view prompt_format(Kind kind) { return kinds[kind].prompt_format; }

Result<std::unique_ptr<const TaskKind>> make_task_kind(const Task& task) { return kinds[task.kind].make(task); }

}  // namespace prelabel::labeling
