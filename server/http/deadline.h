// A bound in time on what is done with a socket.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace ledger::server {

/// When the time has come, the socket is shut down in the directions asked for, so that operations on it end now and later ones at once. It stays
/// open: a reader that was too slow can still be told so. Setting and clearing it is cheap: it costs a timer only where the time set comes before all
/// that were set lately. One thread; `socket` outlives it.
class Deadline {
 public:
  using Directions = boost::asio::ip::tcp::socket::shutdown_type;

  explicit Deadline(boost::asio::ip::tcp::socket& socket);
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline();

  /// Takes the place of what was set before.
  void set(std::chrono::steady_clock::time_point at, Directions directions);
  void set_after(std::chrono::milliseconds duration, Directions directions) { set(std::chrono::steady_clock::now() + duration, directions); }
  void clear();

  /// Whether the time came for what was set last.
  [[nodiscard]] bool passed() const noexcept { return state_->passed; }

 private:
  struct State {
    explicit State(boost::asio::ip::tcp::socket& guarded) : socket(&guarded), timer(guarded.get_executor()) {}

    boost::asio::ip::tcp::socket* socket;  ///< Null when the deadline is gone.
    boost::asio::steady_timer timer;
    std::optional<std::chrono::steady_clock::time_point> at;  ///< Absent when cleared, or passed.
    Directions directions{};
    bool armed = false;       ///< The timer runs.
    unsigned generation = 0;  ///< Of the timer: tells an expiry that was already on its way when it was set anew.
    bool passed = false;
  };

  static void arm(const std::shared_ptr<State>& state);
  static void expired(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;  ///< Shared with the timer's handler, which can run after the end of this object.
};

}  // namespace ledger::server
