#pragma once

#include <prelabel/base/expects.hpp>
#include <prelabel/journal/disk.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace prelabel::journal {

/// What files hold, and what is wrong with the disk: outlives the journals that are opened on it.
struct DiskState {
    std::map<std::string, std::shared_ptr<std::string>> files;
    std::size_t room = SIZE_MAX;  ///< bytes that can still be written; a write that does not fit is cut
    bool cuts = true;             ///< files can be made shorter
    bool reads = true;
    bool flushes = true;
    std::size_t flushed = 0;  ///< how often a file was
    std::size_t open = 0;
    std::size_t open_max = 0;

    [[nodiscard]] std::size_t bytes() const {
        std::size_t sum = 0;
        for (const auto& [name, file] : files)
            if (name != "secret") sum += file->size();
        return sum;
    }
    [[nodiscard]] std::string& operator[](const std::string& name) { return *files.at(name); }
    /// Another disk with the same files, and nothing wrong.
    [[nodiscard]] DiskState copy() const {
        DiskState other;
        for (const auto& [name, file] : files) other.files[name] = std::make_shared<std::string>(*file);
        return other;
    }
};

/// A disk in memory, with faults.
class MemoryDisk final : public Disk {
public:
    explicit MemoryDisk(DiskState& state) : state_(state) {}

    [[nodiscard]] std::string name() const override { return "/memory"; }
    [[nodiscard]] Result<std::vector<std::string>> files() override {
        std::vector<std::string> names;
        for (const auto& [name, file] : state_.files) names.push_back(name);
        return names;
    }
    [[nodiscard]] Result<std::unique_ptr<DiskFile>> open(const std::string& file) override {
        const auto found = state_.files.find(file);
        if (found == state_.files.end()) return failed("opening " + file);
        return std::unique_ptr<DiskFile>(std::make_unique<File>(state_, found->second));
    }
    [[nodiscard]] Result<std::unique_ptr<DiskFile>> make(const std::string& file) override {
        if (state_.files.contains(file)) return failed("making " + file);
        state_.files[file] = std::make_shared<std::string>();
        return open(file);
    }
    [[nodiscard]] Result<> replace(const std::string& file, std::string_view bytes) override {
        if (bytes.size() > state_.room) return failed("replacing " + file);
        take_room(bytes.size());
        state_.files[file] = std::make_shared<std::string>(bytes);
        return {};
    }
    [[nodiscard]] Result<> remove(const std::string& file) override {
        state_.files.erase(file);
        return {};
    }
    [[nodiscard]] Result<> flush() override { return {}; }

private:
    static Error failed(const std::string& what) { return {Fault::dependency, "/memory: " + what + " failed"}; }
    void take_room(std::size_t bytes) const {
        if (state_.room != SIZE_MAX) state_.room -= bytes;
    }

    class File final : public DiskFile {
    public:
        File(DiskState& state, std::shared_ptr<std::string> bytes) : state_(state), bytes_(std::move(bytes)) {
            state_.open_max = std::max(state_.open_max, ++state_.open);
        }
        ~File() override { --state_.open; }
        [[nodiscard]] Result<std::uint64_t> size() override { return bytes_->size(); }
        [[nodiscard]] Result<> append(std::string_view bytes) override {
            const auto fits = std::min(bytes.size(), state_.room);
            bytes_->append(bytes.substr(0, fits));
            if (state_.room != SIZE_MAX) state_.room -= fits;
            if (fits < bytes.size()) return failed("writing");
            return {};
        }
        [[nodiscard]] Result<std::size_t> read(std::uint64_t offset, std::span<char> into) override {
            if (!state_.reads) return failed("reading");
            if (offset >= bytes_->size()) return std::size_t{0};
            return bytes_->copy(into.data(), into.size(), static_cast<std::size_t>(offset));
        }
        [[nodiscard]] Result<> cut(std::uint64_t size) override {
            if (!state_.cuts) return failed("cutting");
            expects(size <= bytes_->size(), "a file is cut, not stretched");
            if (state_.room != SIZE_MAX) state_.room += bytes_->size() - static_cast<std::size_t>(size);
            bytes_->resize(static_cast<std::size_t>(size));
            return {};
        }
        [[nodiscard]] Result<> flush() override {
            if (!state_.flushes) return failed("flushing");
            ++state_.flushed;
            return {};
        }

    private:
        DiskState& state_;
        std::shared_ptr<std::string> bytes_;
    };

    DiskState& state_;
};

}  // namespace prelabel::journal
