// Composes the service: a store, a server, and the signals that end both.
#pragma once

#include "app/options.h"
#include "domain/log.h"
#include "domain/signature_policy.h"
#include "server/api/control.h"
#include "server/http/endpoint.h"
#include "server/http/limits.h"
#include "server/server.h"
#include "storage/sqlite/sqlite_event_store.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace ledger::app {

/// `configuration` if a restart cannot help because only a person can mend what is wrong, else `failed`.
[[nodiscard]] Exit exit_after(const Error& error) noexcept;

/// The clocks of the system.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const noexcept override;
  [[nodiscard]] std::chrono::milliseconds elapsed() const noexcept override;
};

struct ServeOptions {
  storage::SqliteOptions store;
  server::Endpoint listen;      ///< Webhooks and queries. Queries are answered only when this is a loopback address.
  server::Endpoint ops_listen;  ///< /livez and /readyz.
  server::Limits limits;        ///< Of webhooks and queries.
  server::ServerOptions server;
  std::vector<PublicKey> keys;
  std::vector<std::string> webhook_secrets;
  UnsignedDeliveries unsigned_deliveries = UnsignedDeliveries::refuse;
};

/// Where the commands reach the process that has the database open: the real path of the file, and "-control".
[[nodiscard]] std::string control_socket(const std::string& database);

/// Has the database open for one command, and serves its control socket only.
class ControlService {
 public:
  /// The references outlive the object. Errors: those of SqliteEventStore::open() and Server::start().
  [[nodiscard]] static Result<std::unique_ptr<ControlService>> start(const std::string& database, const Clock& clock, Log& log);
  ControlService(const ControlService&) = delete;
  ControlService& operator=(const ControlService&) = delete;
  ~ControlService();

 private:
  ControlService(std::unique_ptr<storage::SqliteEventStore> store, const std::string& database, const Clock& clock, Log& log);

  std::unique_ptr<storage::SqliteEventStore> store_;
  server::Counters counters_;
  server::Control control_;
  server::Server server_;
};

/// Runs the service until SIGTERM or SIGINT arrives, or until the store cannot write any more (it is poisoned). Then readiness fails, no connection
/// is accepted, requests in flight are answered, accepted deliveries are committed and the write-ahead log is checkpointed. A second signal ends the
/// process at once; acknowledged deliveries are on disk even then. Returns Exit::failed if the store was poisoned or something could not be started,
/// and exit_after() if the database was refused.
/// REQUIRES the main thread, and no other thread that can receive signals.
[[nodiscard]] Exit serve(ServeOptions options, const Clock& clock, Log& log);

}  // namespace ledger::app
