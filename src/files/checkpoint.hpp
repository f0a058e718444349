#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/files/file_format.hpp>
#include <prelabel/files/made_with.hpp>
#include <prelabel/files/record_reader.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::files {

/// One input as an output knows it.
struct ReadInput {
    std::string path;  ///< its one name, so that another spelling or working directory is no other input
    std::string name;  ///< `source.topic` of its records
    FileFormat format = FileFormat::jsonl;
    ReadMark mark;                        ///< at least up to the last record that has an output
    std::optional<std::string> called{};  ///< in ids; none in a checkpoint from before this was remembered
};

/// What stands beside an output so that a later run can go on with the same inputs, unchanged.
struct Checkpoint {
    MadeWith with;
    std::vector<ReadInput> inputs;
};

/// `out.jsonl` → `out.jsonl.prelabel.json`, where the file itself is, not a link to it.
[[nodiscard]] std::string checkpoint_beside(const std::string& output);

/// None where there is no file. Errors: Fault::config for one that cannot be read or understood.
[[nodiscard]] Result<std::optional<Checkpoint>> read_checkpoint(const std::string& path);

/// The checkpoint of a run under way, on the disk before the outputs it is about: after kill -9 at any moment it covers
/// what is in the output.
///
///   {"task": …, "inputs": [ … ]}      all of it, which replaces the file at once
///   {"input": 7, "records": 1, …}     an input of this list that was read since
///   {"input": 8, "rec                 torn by kill -9: its records have no output
///
/// A file up to `replaced_bytes_max` is always replaced. Of many inputs the names would be written for each window of
/// documents; so lines are added to a longer one, until they are as long as the rest.
/// Cost: of a write, the inputs that were read since the last one.
class CheckpointFile {
public:
    static constexpr std::size_t replaced_bytes_max = 64U << 10;

    CheckpointFile(std::string path, Checkpoint checkpoint);

    /// What made the records from the next write() on.
    void made_with(const MadeWith& with);
    /// How far an input was read by now, for the next write().
    void read(std::size_t input, const ReadMark& mark);
    /// Errors: Fault::dependency; the next one writes all of it.
    [[nodiscard]] Result<> write();

private:
    [[nodiscard]] Result<> replace();
    /// False for anything that goes wrong.
    [[nodiscard]] bool add(const std::string& lines) const;

    std::string path_;
    Checkpoint checkpoint_;
    std::vector<std::size_t> changed_;  ///< inputs, since the last write that worked
    std::size_t whole_bytes_ = 0;       ///< of what was replaced; 0 if nothing can be added to it
    std::size_t added_bytes_ = 0;
};

}  // namespace prelabel::files
