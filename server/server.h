// The server as a whole: its listeners and its threads.
#pragma once

#include "server/http/application.h"
#include "server/http/endpoint.h"
#include "server/http/limits.h"

#include "domain/clock.h"
#include "domain/log.h"
#include "sync/mutex.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace ledger::server {

class EventLoop;
class Listener;

/// An address, what is served there, and within which limits.
struct ListenerSpec {
  std::string_view role;  ///< For the log. Static storage.
  Endpoint endpoint;
  Application& application;
  Limits limits;
};

struct ServerOptions {
  /// Threads that read, verify, decode and render. A connection stays on one of them. 1 or more. The default is one more than the smallest machine
  /// has cores: while the writer waits for the disk, its core can verify signatures.
  std::size_t threads = 3;
  /// From begin_drain() to the moment when the remaining connections are cut.
  std::chrono::milliseconds drain_timeout{10'000};
};

/// Opens the reader of a loop, for short queries.
using OpenReader = std::function<Result<std::unique_ptr<ShortReader>>()>;

/// Serves applications over HTTP. Lines in the log: "listening", "request", "request_failed", "connection_failed", "accept_failed",
/// "accepting_failed", "drain_started", "drained".
class Server {
 public:
  /// The references, also those in `listeners`, outlive the server. REQUIRES one listener or more.
  Server(std::vector<ListenerSpec> listeners, ServerOptions options, OpenReader open_reader, const Clock& clock, Log& log);
  /// Drains, unless begin_drain() was called before. Callbacks of the store run on the server's loops, so REQUIRES that the store has called them
  /// all, or never will.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds all listeners, opens the readers, then starts the threads. Called once. Errors: unavailable ("listen-failed"), naming the address, and
  /// those of `open_reader`; then nothing runs. Throws std::system_error when a thread cannot be created.
  [[nodiscard]] Result<void> start();

  /// The port of the listener with this index. REQUIRES that start() succeeded.
  [[nodiscard]] std::uint16_t port(std::size_t listener) const noexcept;

  /// Stops accepting and closes idle connections. Requests that have begun are read to their end and answered with "Connection: close". Returns at
  /// once. Any thread; later calls do nothing.
  void begin_drain() noexcept;

  /// Blocks until begin_drain() was called and the last connection has ended, or the drain timeout has expired and the remaining connections are cut.
  /// On the thread of start(). The store may be closed afterwards, not before.
  void wait() noexcept;

 private:
  void start_listener(std::size_t index);
  void loop_ended() noexcept;

  const std::vector<ListenerSpec> specs_;
  const ServerOptions options_;
  const OpenReader open_reader_;
  const Clock& clock_;
  Log& log_;
  std::atomic<bool> draining_{false};

  Mutex mutex_;
  CondVar changed_;
  std::size_t loops_ended_ LEDGER_GUARDED_BY(mutex_) = 0;
  std::optional<std::chrono::steady_clock::time_point> cut_at_ LEDGER_GUARDED_BY(mutex_);  ///< Set by begin_drain().
  std::size_t loops_started_ = 0;                                                          ///< The owner's thread.
  bool waited_ = false;                                                                    ///< The owner's thread.

  std::vector<std::unique_ptr<Listener>> listeners_;  ///< One for each of `specs_`.
  std::vector<std::unique_ptr<EventLoop>> loops_;     ///< Never empty. The first loop runs the listeners, too.
};

}  // namespace ledger::server
