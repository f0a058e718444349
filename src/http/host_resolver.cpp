#include "http/host_resolver.hpp"

#include "http/localhost.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/asio/post.hpp>

namespace prelabel::http {

namespace error = boost::asio::error;

Resolved look_up(const std::string& host, std::uint16_t port) {
    using boost::asio::ip::address_v4;
    using boost::asio::ip::address_v6;
    using boost::asio::ip::tcp;
    if (is_localhost(host)) return {{{address_v4::loopback(), port}, {address_v6::loopback(), port}}, {}};
    boost::asio::io_context own;
    tcp::resolver resolver(own);
    Resolved resolved;
    for (const auto& entry :
         resolver.resolve(host, std::to_string(port), tcp::resolver::numeric_service, resolved.error))
        resolved.addresses.push_back(entry.endpoint());
    return resolved;
}

/// Where a look-up's thread leaves its answer, whether or not anybody is there any more.
struct HostResolver::Mailbox {
    Mailbox(async::Executor loop, HostResolver* resolver) : executor(loop), owner(resolver) {}

    static void deliver(const std::shared_ptr<Mailbox>& mailbox, Resolved resolved) {
        const std::lock_guard lock(mailbox->mutex);
        if (!mailbox->open) return;  // the loop may be gone too
        boost::asio::post(mailbox->executor, [mailbox, resolved = std::move(resolved)]() mutable {
            if (mailbox->owner) mailbox->owner->arrived(std::move(resolved));
        });
    }

    std::mutex mutex;
    bool open = true;
    async::Executor executor;
    HostResolver* owner;  ///< on the loop only
};

HostResolver::HostResolver(async::Executor executor, async::Clock& clock, AbortList& aborts, std::string host,
                           std::uint16_t port, LookUp look_up)
    : clock_(clock),
      aborts_(aborts),
      host_(std::move(host)),
      port_(port),
      look_up_(std::move(look_up)),
      waiters_(clock, aborts),
      mailbox_(std::make_shared<Mailbox>(executor, this)) {}

HostResolver::~HostResolver() {
    mailbox_->owner = nullptr;
    const std::lock_guard lock(mailbox_->mutex);
    mailbox_->open = false;
}

async::Coroutine<Resolved> HostResolver::resolve(TimePoint deadline) {
    boost::system::error_code not_an_address;
    const auto address = boost::asio::ip::make_address(host_, not_an_address);
    if (!not_an_address) {
        Resolved itself;
        itself.addresses.emplace_back(address, port_);
        co_return itself;
    }
    const TimePoint now = clock_.now();
    if (!book_.fresh(now) && !book_.failure(now)) {
        if (running_ == 0 || (now - started_at_ >= hangs_after && running_ < look_ups_max)) start();
        const TimePoint until = book_.usable(now) ? std::min(deadline, started_at_ + overdue_after) : deadline;
        if (running_ > 0 && until > now) co_await waiters_.wait(until);
    }
    co_return known();
}

Resolved HostResolver::known() const {
    const TimePoint now = clock_.now();
    Resolved resolved;
    if (book_.usable(now)) {
        resolved.addresses = book_.in_order(now);
    } else if (aborts_.aborted()) {
        resolved.error = error::operation_aborted;
    } else {
        resolved.error = book_.failure(now).value_or(error::timed_out);
    }
    return resolved;
}

void HostResolver::start() {
    started_at_ = clock_.now();
    try {
        // It may hang in the system's resolver for longer than anybody lives who asked, so nobody joins it.
        std::thread([mailbox = mailbox_, look_up = look_up_, host = host_, port = port_] {
            Resolved resolved;
            try {
                resolved = look_up(host, port);
            } catch (const std::exception&) {
                resolved.error = error::no_memory;
            }
            Mailbox::deliver(mailbox, std::move(resolved));
        }).detach();
        ++running_;
    } catch (const std::system_error&) {
        book_.failed(started_at_, error::no_memory);
    }
}

void HostResolver::arrived(Resolved resolved) {
    --running_;
    if (!resolved.error && resolved.addresses.empty()) resolved.error = error::host_not_found;
    if (resolved.error) {
        book_.failed(clock_.now(), resolved.error);
    } else {
        book_.found(clock_.now(), resolved.addresses);
    }
    waiters_.wake_all();
}

}  // namespace prelabel::http
