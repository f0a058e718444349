#pragma once

#include "http/address_book.hpp"
#include "http/waiters.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace prelabel::http {

struct Resolved {
    std::vector<Address> addresses;
    boost::system::error_code error;  ///< timed_out: nobody answered by the deadline
};

/// Asks the system, which may take half a minute and cannot be interrupted. Names of this machine's own (`localhost`)
/// are known without it.
[[nodiscard]] Resolved look_up(const std::string& host, std::uint16_t port);

/// Addresses of one host for all who connect to it: one look-up, shared and kept for some seconds.
///
/// Each look-up has a thread of its own, so that the loop never waits for it and one that hangs hinders no other: after
/// `hangs_after` the next one who asks starts another. Nobody waits for a look-up's end, not the destructor either.
/// While a look-up is overdue or fails, the addresses of the last minutes are used.
///
/// Bound:    `look_ups_max` threads; the book's addresses.
/// Lifetime: clock and abort list outlive it.   Threads: confined to the loop, but for `look_up`.
class HostResolver {
public:
    static constexpr int look_ups_max = 4;
    static constexpr Duration hangs_after = std::chrono::seconds(2);
    static constexpr Duration overdue_after = std::chrono::seconds(1);
    using LookUp = std::function<Resolved(const std::string& host, std::uint16_t port)>;

    HostResolver(async::Executor executor, async::Clock& clock, AbortList& aborts, std::string host, std::uint16_t port,
                 LookUp look_up);
    HostResolver(const HostResolver&) = delete;
    HostResolver& operator=(const HostResolver&) = delete;
    ~HostResolver();

    /// In the order in which they should be tried. An IP address is its own.
    [[nodiscard]] async::Coroutine<Resolved> resolve(TimePoint deadline);
    void died(const Address& address) { book_.died(clock_.now(), address); }
    void works(const Address& address) { book_.works(address); }

private:
    struct Mailbox;

    void start();
    void arrived(Resolved resolved);
    [[nodiscard]] Resolved known() const;

    async::Clock& clock_;
    AbortList& aborts_;
    std::string host_;
    std::uint16_t port_;
    LookUp look_up_;
    AddressBook book_;
    Waiters waiters_;
    int running_ = 0;
    TimePoint started_at_{};
    std::shared_ptr<Mailbox> mailbox_;
};

}  // namespace prelabel::http
