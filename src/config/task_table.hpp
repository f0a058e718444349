#pragma once

#include "config/table.hpp"

#include <prelabel/labeling/task.hpp>

namespace prelabel::config {

/// A task file while it is read: the task, and the file its schema is in.
struct TaskDraft {
    labeling::Task task;
    SchemaSource schema;
};

/// Every key of a task file, in the order of the documentation.
[[nodiscard]] const Table<TaskDraft>& task_table();

}  // namespace prelabel::config
