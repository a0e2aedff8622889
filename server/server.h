// The server as a whole: its listeners and its threads.
#pragma once

#include "server/http/application.h"
#include "server/http/endpoint.h"
#include "server/http/limits.h"

#include "domain/clock.h"
#include "domain/log.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace ledger::server {

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
  /// `late_results` counts results of the store that came after the deadline of their request. The references, also those in `listeners`, outlive the
  /// server. REQUIRES one listener or more.
  Server(std::vector<ListenerSpec> listeners, ServerOptions options, OpenReader open_reader, std::atomic<std::uint64_t>& late_results,
         const Clock& clock, Log& log);
  /// Drains, unless begin_drain() was called before.
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
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledger::server
