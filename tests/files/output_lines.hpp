#pragma once

#include <prelabel/files/made_with.hpp>

#include <string>

namespace prelabel::files {

inline const MadeWith ours{"people", "v1", "openai", "m"};

/// An annotation as a run writes it, as far as reading it back goes.
inline std::string output_line(const std::string& name, long offset, const MadeWith& with = ours) {
    return R"({"id":"x","task":{"name":")" + with.task + R"(","kind":"ner","version":")" + with.task_version +
           R"("},"model":{"provider":")" + with.provider + R"(","name":")" + with.model + R"("},"source":{"file":")" +
           name + R"(","partition":0,"offset":)" + std::to_string(offset) + "}}\n";
}

inline std::string dead_line(const std::string& name, long offset, const std::string& task_version = "v1") {
    return R"({"error":{"class":"refused","task_version":")" + task_version + R"("},"source":{"file":")" + name +
           R"(","partition":0,"offset":)" + std::to_string(offset) + R"(},"key":null,"value":""})" + "\n";
}

}  // namespace prelabel::files
