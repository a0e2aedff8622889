// A limit on how long socket operations may take.
#pragma once

#include "server/http/stream_socket.h"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace ledger::server {

/// Limits how long socket operations may take.
///
/// When the deadline expires, pending operations complete with an error. The owner checks expired() before it starts another one.
///   - OnExpiry::cancel leaves the socket as it is, so a response can still be written to a client that sent its request too slowly.
///   - OnExpiry::shut_down shuts the socket down, so later operations fail at once. It is for operations such as async_write() that write more than
///     once: between two writes there is nothing to cancel.
///
/// Setting and clearing are cheap: a timer is started only if the new deadline is earlier than the pending one.
/// Not thread-safe. `socket` must outlive this object.
class Deadline {
 public:
  enum class OnExpiry { cancel, shut_down };

  explicit Deadline(StreamSocket& socket);
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline();

  /// Replaces the deadline that was set before.
  void set(std::chrono::steady_clock::time_point at, OnExpiry on_expiry);
  void set_after(std::chrono::milliseconds duration, OnExpiry on_expiry) { set(std::chrono::steady_clock::now() + duration, on_expiry); }
  void clear();

  /// Whether the deadline that was set last has expired.
  [[nodiscard]] bool expired() const noexcept { return state_->expired; }

 private:
  struct State {
    explicit State(StreamSocket& guarded) : socket(&guarded), timer(guarded.get_executor()) {}

    StreamSocket* socket;  ///< Null after the end of the deadline's object.
    boost::asio::steady_timer timer;
    std::optional<std::chrono::steady_clock::time_point> at;  ///< Absent when cleared or expired.
    OnExpiry on_expiry{};
    bool armed = false;       ///< The timer runs.
    unsigned generation = 0;  ///< Of the timer. Distinguishes an expiry that was already queued when the timer was started again.
    bool expired = false;
  };

  static void arm(const std::shared_ptr<State>& state);
  static void timer_fired(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;  ///< Shared with the timer's handler, which can run after the end of this object.
};

}  // namespace ledger::server
