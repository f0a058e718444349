#include "kafka/wakeup.hpp"

#include <prelabel/base/expects.hpp>

#include <cstdint>
#include <unistd.h>
#include <utility>

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/system/error_code.hpp>
#include <sys/eventfd.h>

namespace prelabel::kafka {

struct Wakeup::State {
    boost::asio::posix::basic_stream_descriptor<async::Executor> descriptor;
    std::function<void()> on_signal;
};

Wakeup::Wakeup(async::Executor loop, std::function<void()> on_signal) {
    const int fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    expects(fd >= 0, "an event descriptor can be made");
    state_ = std::make_shared<State>(
        State{boost::asio::posix::basic_stream_descriptor<async::Executor>(loop, fd), std::move(on_signal)});
    wait(state_);
}

Wakeup::~Wakeup() {
    state_->on_signal = nullptr;
    boost::system::error_code ignored;
    state_->descriptor.close(ignored);
}

void Wakeup::watch(rd_kafka_queue_t* queue) {
    constexpr std::uint64_t one = 1;
    rd_kafka_queue_io_event_enable(queue, state_->descriptor.native_handle(), &one, sizeof one);
}

void Wakeup::unwatch(rd_kafka_queue_t* queue) { rd_kafka_queue_io_event_enable(queue, -1, nullptr, 0); }

void Wakeup::wait(std::shared_ptr<State> state) {
    auto& descriptor = state->descriptor;
    descriptor.async_wait(boost::asio::posix::descriptor_base::wait_read,
                          [state = std::move(state)](boost::system::error_code error) {
                              if (error || !state->on_signal) return;
                              std::uint64_t count = 0;  // reading takes the signal back, before the queues are polled
                              static_cast<void>(!::read(state->descriptor.native_handle(), &count, sizeof count));
                              state->on_signal();
                              if (state->on_signal) wait(state);
                          });
}

}  // namespace prelabel::kafka
