// The server as a whole: the only header of this room, beside options.h, that the executable needs.
#pragma once

#include "server/http/options.h"

#include "domain/clock.h"
#include "domain/event_store.h"
#include "domain/log.h"
#include "domain/signature_policy.h"

#include <cstdint>
#include <memory>

namespace ledger::server {

/// Serves the ledger over HTTP on two listeners, with threads of its own. Everything that is passed in outlives it. Lines in the log: "listening",
/// "request", "request_failed", "connection_failed", "accept_failed", "accepting_failed", "drain_started", "drained".
class Server {
 public:
  /// REQUIRES options.threads and options.connections_max of 1 or more.
  Server(Options options, EventStore& store, const SignaturePolicy& policy, const Clock& clock, Log& log);
  /// Drains, if nobody did.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds both listeners, then starts the threads. Once only. Errors: unavailable ("listen-failed"), naming the address, and those of
  /// EventStore::open_short_reader(); nothing runs then. Throws
  /// std::system_error when a thread is not to be had.
  [[nodiscard]] Result<void> start();

  /// The ports that are really bound. REQUIRES a start() that succeeded.
  [[nodiscard]] std::uint16_t port() const noexcept;
  [[nodiscard]] std::uint16_t ops_port() const noexcept;

  /// Readiness fails, accepting stops, idle connections close, requests that have begun are read on and answered with "Connection: close". Returns
  /// at once; any thread; later calls do nothing.
  void begin_drain() noexcept;

  /// Blocks until begin_drain() was called and the last connection has ended, or the drain timeout has passed and the rest is cut. On the thread of
  /// start(). The store may be closed afterwards, not before.
  void wait() noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledger::server
