// A thread and the connections on it.
#pragma once

#include "server/http/idle_connections.h"

#include "domain/event_store.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace ledger::server {

/// One io_context that is run by one thread, so nothing on it needs a lock or a strand. Each member says which thread may call it.
class EventLoop {
 public:
  /// REQUIRES listeners >= 1.
  explicit EventLoop(std::size_t listeners = 1);
  ~EventLoop();

  [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }
  /// The reader for the short queries of this loop. Set by the owner before start(), used by the loop's thread.
  void set_reader(std::unique_ptr<ShortReader> reader) noexcept { reader_ = std::move(reader); }
  [[nodiscard]] ShortReader& reader() noexcept { return *reader_; }

  /// Runs until the loop is drained or stopped; `ended` is the last call on the loop's thread.
  void start(std::function<void()> ended);
  /// Closes idle connections at once, and each other one after its response. Any thread.
  void begin_drain();
  /// Lets the thread end after the last connection. REQUIRES that no connection starts from now on. Any thread.
  void let_end();
  /// Ends the thread, also if connections are left. Any thread.
  void stop() noexcept { context_.stop(); }
  /// Waits for the thread and closes its reader. The owner's thread.
  void join() noexcept;

  /// The idle connections of the listener with this number. REQUIRES listener < listeners.
  [[nodiscard]] IdleConnections& idle(std::size_t listener) noexcept { return idle_[listener]; }
  [[nodiscard]] bool draining() const noexcept { return draining_; }

 private:
  // Destroying the context destroys the connections that are left on it, and these leave the lists. So the lists are declared before it.
  std::vector<IdleConnections> idle_;  ///< One for each listener.
  bool draining_ = false;              ///< The loop's thread.

  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::unique_ptr<ShortReader> reader_;
  std::thread thread_;
};

}  // namespace ledger::server
