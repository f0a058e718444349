#include <prelabel/loop/offload.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

namespace prelabel::loop {

class Offload::Pool {
public:
    Pool(pipeline::Executor executor, std::size_t count) : loop(executor), threads(count) {}

    pipeline::Executor loop;
    boost::asio::thread_pool threads;
};

Offload::Offload(pipeline::Executor loop, std::size_t threads) : pool_(std::make_unique<Pool>(loop, threads)) {}

Offload::~Offload() { pool_->threads.join(); }

void Offload::submit(std::function<std::function<void()>()> work) {
    // The guard keeps the loop turning until the result is back.
    boost::asio::post(pool_->threads, [loop = pool_->loop, guard = boost::asio::make_work_guard(pool_->loop),
                                       work = std::move(work)]() mutable { boost::asio::post(loop, work()); });
}

}  // namespace prelabel::loop
