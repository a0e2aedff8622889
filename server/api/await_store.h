// Waits for the store inside of a request, with a deadline.
#pragma once

#include "domain/event_store.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace ledger::server {

/// What the coroutine and the store's callback share. The coroutine holds the only shared_ptr while it waits. The callback holds a weak_ptr, so it
/// can tell whether the coroutine still waits.
template <class T>
struct Waiting {
  boost::asio::steady_timer deadline;
  std::optional<Result<T>> result = {};
};

/// Calls `start` with a callback for the store, and waits for the result. After `timeout` the result is `late`, and the store's own result is only
/// counted when it comes. Nothing is cancelled in the store. The store may call from any thread, and must not call after the end of the loop.
///
/// The callback allocates memory to post to the loop. If there is none, std::bad_alloc ends the process, because the store's threads call from
/// noexcept functions. A delivery can then be committed without an answer; its sender repeats it.
///
/// `late`, `late_results` and `start` outlive the call. They must be named objects, since GCC 12 can destroy an object twice that is made inside of a
/// co_await expression.
template <class T, class Start>
boost::asio::awaitable<Result<T>> await_store(std::chrono::milliseconds timeout, const Error& late, std::atomic<std::uint64_t>& late_results,
                                              const Start& start) {
  const auto loop = co_await boost::asio::this_coro::executor;
  const auto waiting = std::make_shared<Waiting<T>>(Waiting<T>{boost::asio::steady_timer(loop, timeout)});

  start(Callback<T>([loop, waiting = std::weak_ptr(waiting), &late_results](Result<T> result) {
    boost::asio::post(loop, [waiting, &late_results, result = std::move(result)]() mutable {
      const auto request = waiting.lock();
      if (!request) {
        ++late_results;
        return;
      }
      request->result.emplace(std::move(result));
      request->deadline.cancel();
    });
  }));

  boost::system::error_code cancelled_or_not;
  co_await waiting->deadline.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled_or_not));
  if (waiting->result) co_return std::move(*waiting->result);
  co_return late;
}

}  // namespace ledger::server
