#pragma once

#include <prelabel/async/coroutine.hpp>

#include <boost/asio/ip/tcp.hpp>

namespace prelabel::http {

/// A connection, plain, on the loop.
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, async::Executor>;

}  // namespace prelabel::http
