#include <prelabel/kafka/lookout.hpp>
#include <prelabel/kafka/missing.hpp>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include <boost/asio/post.hpp>

namespace prelabel::kafka {
namespace {

constexpr std::chrono::seconds interval{5};

void wait(const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any stopped;
    stopped.wait_for(lock, stop, interval, [] { return false; });
}

}  // namespace

Lookout::Lookout(async::Executor loop, InputSettings input, OutputSettings output, Tell tell)
    : thread_([loop = std::move(loop), input = std::move(input), output = std::move(output),
               tell = std::move(tell)](const std::stop_token& stop) {
          std::vector<std::string> known;
          while (!stop.stop_requested()) {
              auto missing = missing_of(input, output, stop);
              if (stop.stop_requested()) return;
              const bool complete = missing.empty();
              if (missing != known) boost::asio::post(loop, [tell, missing] { tell(missing); });
              known = std::move(missing);
              if (complete) return;
              wait(stop);
          }
      }) {}

}  // namespace prelabel::kafka
