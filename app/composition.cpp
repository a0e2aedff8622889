// Composes the service: a store, a server, and the signals that end both.
#include "app/composition.h"

#include "app/stop_signals.h"
#include "server/api/api.h"
#include "server/api/ops_handler.h"

#include <signal.h>

#include <atomic>
#include <chrono>
#include <string_view>
#include <utility>

namespace ledger::app {
namespace {

std::string_view name_of(int signal) noexcept {
  switch (signal) {
    case SIGINT: return "SIGINT";
    case SIGTERM: return "SIGTERM";
    default: return "none";
  }
}

void report(Log& log, std::string_view event, const Error& error) {
  log.write(LogLevel::error, event, {{"reason", error.reason}, {"error", std::string_view(error.detail)}});
}

}  // namespace

Timestamp SystemClock::now() const noexcept {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::chrono::milliseconds SystemClock::elapsed() const noexcept {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

Exit serve(ServeOptions options, const Clock& clock, Log& log) {
  const StopSignals signals;
  std::atomic<bool> poisoned = false;
  // A poisoned store ends the service as a signal does, with another exit code.
  const auto on_poisoned = [&poisoned, &signals] {
    poisoned = true;
    signals.request();
  };

  auto store = storage::SqliteEventStore::open(options.store, clock, log, on_poisoned);
  if (!store) {
    report(log, "database_refused", store.error());
    return Exit::failed;
  }
  const SignaturePolicy policy(std::move(options.keys), options.unsigned_deliveries);
  if (options.unsigned_deliveries == UnsignedDeliveries::accept) {
    log.write(LogLevel::warning, "unsigned_deliveries_accepted", {{"mode", "development"}});
  }
  server::Counters counters;
  std::atomic<bool> draining = false;
  const server::ApiOptions api_options{.answers_queries = server::is_loopback(options.listen.address)};
  server::Api api(api_options, **store, policy, clock, counters);
  server::OpsHandler operations(**store, counters, log, draining);
  const server::Limits ops_limits{.connections_max = server::OpsHandler::kConnectionsMax};
  server::Server server(
      {{"main", options.listen, api, options.limits}, {"ops", options.ops_listen, operations, ops_limits}}, options.server,
      [&store] { return (*store)->open_short_reader(); }, clock, log);
  if (const auto started = server.start(); !started) {
    report(log, "start_failed", started.error());
    return Exit::failed;
  }
  const std::string database = options.store.database;
  log.write(LogLevel::info, "ready", {{"database", std::string_view(database)}, {"last_sequence", (*store)->health().last_sequence.value()}});

  const int signal = signals.wait();
  log.write(LogLevel::info, "stopping", {{"signal", name_of(signal)}, {"store_poisoned", std::int64_t{poisoned}}});
  draining = true;
  server.begin_drain();
  server.wait();
  (*store)->close();
  log.write(LogLevel::info, "stopped", {{"last_sequence", (*store)->health().last_sequence.value()}});
  return poisoned ? Exit::failed : Exit::ok;
}

}  // namespace ledger::app
