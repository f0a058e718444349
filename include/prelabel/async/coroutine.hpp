#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace prelabel::async {

using Executor = boost::asio::io_context::executor_type;

/// A coroutine on the loop. The executor is the concrete one: a type-erased executor costs more than the whole parse.
/// Rules: parameters by value, no capturing lambda coroutines, no temporaries of class type built inside the operand of
/// co_await (g++ 12 destroys some of them twice: name them first and std::move them).
template <class T = void>
using Coroutine = boost::asio::awaitable<T, Executor>;

inline constexpr boost::asio::use_awaitable_t<Executor> use_coroutine{};

}  // namespace prelabel::async
