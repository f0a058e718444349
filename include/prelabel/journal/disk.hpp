#pragma once

#include <prelabel/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::journal {

/// Port: one file of a journal's folder.
/// Errors: Fault::dependency, all of them: a disk may get room again.
class DiskFile {
public:
    DiskFile() = default;
    DiskFile(const DiskFile&) = delete;
    DiskFile& operator=(const DiskFile&) = delete;
    virtual ~DiskFile() = default;

    [[nodiscard]] virtual Result<std::uint64_t> size() = 0;
    /// Behind what is there. After an error a part of `bytes` may be there.
    [[nodiscard]] virtual Result<> append(std::string_view bytes) = 0;
    /// As much as there is from `offset` on; how much that was.
    [[nodiscard]] virtual Result<std::size_t> read(std::uint64_t offset, std::span<char> into) = 0;
    [[nodiscard]] virtual Result<> cut(std::uint64_t size) = 0;
    /// Returns when what was appended outlives a loss of power. From any thread, beside the other calls.
    [[nodiscard]] virtual Result<> flush() = 0;
};

/// Port: the folder of a journal. Two implementations: the system's, and one with faults for tests and simulation.
class Disk {
public:
    Disk() = default;
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;
    virtual ~Disk() = default;

    /// How it is called in messages.
    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] virtual Result<std::vector<std::string>> files() = 0;
    /// One that is there, to read and to append.
    [[nodiscard]] virtual Result<std::unique_ptr<DiskFile>> open(const std::string& file) = 0;
    /// One that is not there yet, for nobody else to read.
    [[nodiscard]] virtual Result<std::unique_ptr<DiskFile>> make(const std::string& file) = 0;
    /// The file holds `bytes` from now on, or what it held before: nothing in between, but for a loss of power.
    [[nodiscard]] virtual Result<> replace(const std::string& file, std::string_view bytes) = 0;
    [[nodiscard]] virtual Result<> remove(const std::string& file) = 0;
    /// Returns when files that were made outlive a loss of power. From any thread.
    [[nodiscard]] virtual Result<> flush() = 0;
};

}  // namespace prelabel::journal
