// Puts the house together: a store, a server, and the signals that end both.
#pragma once

#include "domain/log.h"
#include "domain/signature_policy.h"
#include "server/http/options.h"
#include "storage/sqlite/sqlite_event_store.h"

#include <chrono>
#include <vector>

namespace ledger::app {

/// How the process ends. Scripts and supervisors decide by these numbers: never renumber.
enum class Exit { ok = 0, failed = 1, usage = 2, divergence = 3, configuration = 4 };

/// The clocks of the system.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const noexcept override;
  [[nodiscard]] std::chrono::milliseconds elapsed() const noexcept override;
};

struct ServeOptions {
  storage::SqliteOptions store;
  server::Options server;
  std::vector<PublicKey> keys;
  UnsignedDeliveries unsigned_deliveries = UnsignedDeliveries::refuse;
};

/// Runs the service until SIGTERM or SIGINT, or until the store is poisoned: then readiness fails, accepting stops, requests in flight are answered,
/// what was accepted is committed, the write-ahead log is checkpointed. A second signal ends the process at once; what was acknowledged is on disk
/// all the same. Call it from the main thread, before any other thread is started. Exit::failed when the store was poisoned or something could not be
/// started.
[[nodiscard]] Exit serve(ServeOptions options, const Clock& clock, Log& log);

}  // namespace ledger::app
