// Waits for the store inside of a request, with a deadline.
#pragma once

#include "server/http/mailbox.h"

#include "domain/event_store.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace ledger::server {

/// A result that a request waits for. `result` belongs to the store's thread until the mailbox delivers it, all else to the loop's thread.
template <class T>
struct WaitingResult final : Waiting {
  std::optional<Result<T>> result;
  bool arrived = false;
  boost::asio::steady_timer* deadline = nullptr;  ///< Null while no request waits.

  [[nodiscard]] bool arrive() noexcept override {
    if (deadline == nullptr) return false;
    arrived = true;
    deadline->cancel();
    return true;
  }
};

/// Lets `waiting` know its deadline for the time of one scope.
template <class T>
class WaitingUntil {
 public:
  WaitingUntil(WaitingResult<T>& waiting, boost::asio::steady_timer& deadline) noexcept : waiting_(waiting) { waiting_.deadline = &deadline; }
  WaitingUntil(const WaitingUntil&) = delete;
  WaitingUntil& operator=(const WaitingUntil&) = delete;
  ~WaitingUntil() { waiting_.deadline = nullptr; }

 private:
  WaitingResult<T>& waiting_;
};

/// Calls `start` with a callback for the store, and waits for the result. After `timeout` the result is `late`, and the store's own result is only
/// counted when it comes. Nothing is cancelled in the store. `late` and `start` outlive the call. They must be named objects, since GCC 12 can
/// destroy an object twice that is made inside of a co_await expression.
template <class T, class Start>
boost::asio::awaitable<Result<T>> await_store(Mailbox& mailbox, std::chrono::milliseconds timeout, const Error& late, const Start& start) {
  boost::asio::steady_timer deadline(co_await boost::asio::this_coro::executor, timeout);
  // Shared with the callback, which can outlive this request.
  const auto waiting = std::make_shared<WaitingResult<T>>();
  const WaitingUntil<T> until(*waiting, deadline);

  start(Callback<T>([waiting, box = mailbox.shared_from_this()](Result<T> result) {
    waiting->result.emplace(std::move(result));
    box->deliver(waiting);
  }));

  boost::system::error_code cancelled_or_not;
  co_await deadline.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled_or_not));
  if (waiting->arrived) co_return std::move(*waiting->result);
  co_return late;
}

}  // namespace ledger::server
