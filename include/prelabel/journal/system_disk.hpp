#pragma once

#include <prelabel/journal/disk.hpp>

#include <memory>
#include <string>
#include <utility>

namespace prelabel::journal {

/// A folder of the file system, locked for this process: files that two write to belong to none.
/// Bound: one file descriptor, and one for each open file.
class SystemDisk final : public Disk {
public:
    /// Makes the folder if it is not there. Errors: Fault::config, one sentence, also when another process has it.
    [[nodiscard]] static Result<std::unique_ptr<SystemDisk>> lock(const std::string& folder);
    /// Whether lock() would work, by asking the file system alone: nothing is made, and a lock is no fault.
    [[nodiscard]] static Result<> check(const std::string& folder);
    ~SystemDisk() override;

    [[nodiscard]] std::string name() const override { return folder_; }
    [[nodiscard]] Result<std::vector<std::string>> files() override;
    [[nodiscard]] Result<std::unique_ptr<DiskFile>> open(const std::string& file) override;
    [[nodiscard]] Result<std::unique_ptr<DiskFile>> make(const std::string& file) override;
    [[nodiscard]] Result<> replace(const std::string& file, std::string_view bytes) override;
    [[nodiscard]] Result<> remove(const std::string& file) override;
    [[nodiscard]] Result<> flush() override;

private:
    [[nodiscard]] Result<std::unique_ptr<DiskFile>> opened(const std::string& file, int flags) const;

    SystemDisk(std::string folder, int descriptor) : folder_(std::move(folder)), lock_(descriptor) {}

    std::string folder_;
    int lock_;
};

}  // namespace prelabel::journal
