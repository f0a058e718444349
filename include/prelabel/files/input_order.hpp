#pragma once

#include <prelabel/base/record.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace prelabel::files {

/// The order in which records were read. Outputs are written in this order as far as possible. A FileSource fills it,
/// and a FileOutbox empties it.
/// Bound: the records between reading and writing, which the pipeline bounds.
/// Lifetime: outlives both.   Threads: confined to the loop.
class InputOrder {
public:
    /// A record was read, after all earlier ones.
    void read(const Origin& origin);
    /// Its place in the order; none if it was never read or is already written.
    [[nodiscard]] std::optional<std::uint64_t> place(const Origin& origin) const;
    /// The place of the record that is read next.
    [[nodiscard]] std::uint64_t next() const { return next_; }
    /// Its output is written.
    void written(const Origin& origin);
    [[nodiscard]] std::size_t waiting() const { return places_.size(); }

    /// Reading was stopped before its end, and calls too: missing outputs may never come.
    void stop();
    [[nodiscard]] bool stopped() const { return stopped_; }
    /// Calls `then` at each stop(). An empty function removes it.
    void when_stopped(std::function<void()> then) { when_stopped_ = std::move(then); }

private:
    using Key = std::pair<std::string, Offset>;
    std::map<Key, std::uint64_t> places_;
    std::uint64_t next_ = 0;
    bool stopped_ = false;
    std::function<void()> when_stopped_;
};

}  // namespace prelabel::files
