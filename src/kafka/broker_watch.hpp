#pragma once

#include <prelabel/kafka/notice.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace prelabel::kafka {

/// Whether any broker answers a client, from the statistics that it gives every few seconds. One connection is always
/// kept: with none in two of them in a row, nobody answers. Before the first connection nothing is said: see Lookout.
class BrokerWatch {
public:
    /// `section` says in the notices whose brokers they are.
    explicit BrokerWatch(std::string_view section) : section_(section) {}

    /// Takes the client's statistics. A notice where an outage is seen, and where it is over.
    [[nodiscard]] std::optional<Notice> take(std::string_view statistics);
    /// Connections that stood then.
    [[nodiscard]] std::optional<std::size_t> up() const { return up_; }

private:
    std::string_view section_;
    std::optional<std::size_t> up_;
    bool ever_up_ = false;
    bool away_ = false;
};

}  // namespace prelabel::kafka
