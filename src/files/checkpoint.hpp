#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/files/file_format.hpp>
#include <prelabel/files/made_with.hpp>
#include <prelabel/files/record_reader.hpp>

#include <optional>
#include <string>
#include <vector>

namespace prelabel::files {

/// One input as an output knows it.
struct ReadInput {
    std::string path;  ///< its one name, so that another spelling or working directory is no other input
    std::string name;  ///< `source.topic` of its records
    FileFormat format = FileFormat::jsonl;
    ReadMark mark;  ///< at least up to the last record that has an output
};

/// What stands beside an output so that a later run can go on with the same inputs, unchanged.
/// It is written before the outputs it is about: after kill -9 at any moment it covers what is in the output.
struct Checkpoint {
    MadeWith with;
    std::vector<ReadInput> inputs;
};

/// `out.jsonl` → `out.jsonl.prelabel.json`, where the file itself is, not a link to it.
[[nodiscard]] std::string checkpoint_beside(const std::string& output);

/// None where there is no file. Errors: Fault::config for one that cannot be read or understood.
[[nodiscard]] Result<std::optional<Checkpoint>> read_checkpoint(const std::string& path);
/// Replaces the file at once. Errors: Fault::dependency.
[[nodiscard]] Result<> write_checkpoint(const std::string& path, const Checkpoint& checkpoint);

}  // namespace prelabel::files
