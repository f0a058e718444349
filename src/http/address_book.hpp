#pragma once

#include <prelabel/base/time.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

namespace prelabel::http {

using Address = boost::asio::ip::tcp::endpoint;

/// What is known about the addresses of one host: no clock, no socket.
///
///   found ──10 s──▶ fresh: no look-up ──10 min──▶ usable: better than none while the name server is away ──▶ forgotten
///
/// Bound: `addresses_max`.
class AddressBook {
public:
    static constexpr Duration fresh_for = std::chrono::seconds(10);
    static constexpr Duration usable_for = std::chrono::minutes(10);
    static constexpr Duration failed_for = std::chrono::milliseconds(500);
    static constexpr Duration dead_for = std::chrono::seconds(30);
    static constexpr std::size_t addresses_max = 32;

    /// A look-up's answer. What is known to be dead stays so.
    void found(TimePoint now, const std::vector<Address>& addresses);
    /// A look-up's failure. Older addresses stay.
    void failed(TimePoint now, boost::system::error_code error);
    /// No connection could be made.
    void died(TimePoint now, const Address& address);
    void works(const Address& address);

    [[nodiscard]] bool fresh(TimePoint now) const { return known_for(now, fresh_for); }
    [[nodiscard]] bool usable(TimePoint now) const { return known_for(now, usable_for); }
    /// Why there is none, when the last look-up failed a moment ago: many who ask at once share one failure.
    [[nodiscard]] std::optional<boost::system::error_code> failure(TimePoint now) const;
    /// In the system's order, those that died a short while ago last.
    [[nodiscard]] std::vector<Address> in_order(TimePoint now) const;

private:
    struct Entry {
        Address address;
        std::optional<TimePoint> died_at;
    };
    [[nodiscard]] bool known_for(TimePoint now, Duration time) const {
        return !entries_.empty() && now - found_at_ < time;
    }

    std::vector<Entry> entries_;
    TimePoint found_at_{};
    boost::system::error_code error_;
    TimePoint failed_at_{};
};

}  // namespace prelabel::http
