// Composes the service: a store, a server, and the signals that end both.
#include "app/composition.h"

#include "server/api/api.h"
#include "server/api/ops_handler.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace ledger::app {
namespace {

/// Wakes the main thread. From another process it has no effect.
constexpr int kWakeUp = SIGUSR1;

sigset_t set_of(std::initializer_list<int> signals) noexcept {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : signals) ::sigaddset(&set, signal);
  return set;
}

/// Blocks the signals that wait_for_stop() receives, in this thread and in all that it starts, and ignores others. With SIGPIPE and SIGXFSZ ignored,
/// writing to a closed pipe or to a file that may not grow is an error code.
void prepare_signals() noexcept {
  const sigset_t received = set_of({SIGTERM, SIGINT, kWakeUp});
  ::pthread_sigmask(SIG_BLOCK, &received, nullptr);
  for (const int ignored : {SIGHUP, SIGUSR2, SIGPIPE, SIGXFSZ}) ::signal(ignored, SIG_IGN);
}

/// Returns the name of the signal that arrived, or "none" if kWakeUp arrived and `poisoned` is set. Afterwards the next SIGTERM or SIGINT has its
/// default effect and ends the process at once.
std::string_view wait_for_stop(const std::atomic<bool>& poisoned) noexcept {
  const sigset_t received = set_of({SIGTERM, SIGINT, kWakeUp});
  int signal = kWakeUp;
  do {
    ::sigwait(&received, &signal);
  } while (signal == kWakeUp && !poisoned);
  const sigset_t stopping = set_of({SIGTERM, SIGINT});
  ::pthread_sigmask(SIG_UNBLOCK, &stopping, nullptr);
  if (signal == kWakeUp) return "none";
  return signal == SIGTERM ? "SIGTERM" : "SIGINT";
}

server::ListenerSpec control_listener(server::Control& control, const std::string& database) {
  return {"control", {.address = {}, .socket_path = control_socket(database)}, control, {.connections_max = server::Control::kConnectionsMax}};
}

void report(Log& log, std::string_view event, const Error& error) {
  log.write(LogLevel::error, event, {{"reason", error.reason}, {"error", std::string_view(error.detail)}});
}

}  // namespace

Exit exit_after(const Error& error) noexcept {
  return error.code == Errc::invalid_request ? Exit::configuration : Exit::failed;
}

Timestamp SystemClock::now() const noexcept {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::chrono::milliseconds SystemClock::elapsed() const noexcept {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

std::string control_socket(const std::string& database) {
  std::error_code unresolved;
  const std::filesystem::path path = std::filesystem::canonical(database, unresolved);
  return (unresolved ? database : path.string()) + "-control";
}

ControlService::ControlService(std::unique_ptr<storage::SqliteEventStore> store, const std::string& database, const Clock& clock, Log& log)
    : store_(std::move(store)),
      control_(*store_, counters_),
      server_(
          {control_listener(control_, database)}, {.threads = 1}, [this] { return store_->open_short_reader(); }, clock, log) {}

Result<std::unique_ptr<ControlService>> ControlService::start(const std::string& database, const Clock& clock, Log& log) {
  storage::SqliteOptions options;
  options.database = database;
  options.accept_clock = true;  // Admitted deliveries keep their times of arrival, and a warning in the log tells of the clock.
  auto store = storage::SqliteEventStore::open(options, clock, log, [] {});
  if (!store) return store.error();
  std::unique_ptr<ControlService> service(new ControlService(*std::move(store), database, clock, log));
  if (const auto started = service->server_.start(); !started) return started.error();
  return service;
}

ControlService::~ControlService() {
  server_.begin_drain();
  server_.wait();
  store_->close();
}

Exit serve(ServeOptions options, const Clock& clock, Log& log) {
  prepare_signals();
  std::atomic<bool> poisoned = false;
  // A poisoned store ends the service as a signal does, with another exit code.
  const auto on_poisoned = [&poisoned] {
    poisoned = true;
    ::kill(::getpid(), kWakeUp);
  };

  const auto refused = [&log](const Error& error) {
    report(log, "database_refused", error);
    return exit_after(error);
  };
  auto lock = storage::ProcessLock::acquire(options.store.database);
  if (!lock) return refused(lock.error());
  server::Counters counters;
  server::Refusals refusals(clock, log);
  std::atomic<bool> draining = false;
  std::unique_ptr<storage::SqliteEventStore> store;  // Outlives the server of the probes.
  // Probes have a thread of their own: opening a database with a long write-ahead log takes a while, and the service lives meanwhile.
  server::OpsHandler operations(counters, refusals, log, draining);
  const server::Limits ops_limits{.connections_max = server::OpsHandler::kConnectionsMax};
  server::Server ops_server({{"ops", options.ops_listen, operations, ops_limits}}, {.threads = 1}, std::make_unique<ShortReader>, clock, log);
  if (const auto started = ops_server.start(); !started) {
    report(log, "start_failed", started.error());
    return Exit::failed;
  }
  auto opened = storage::SqliteEventStore::open(options.store, *std::move(lock), clock, log, on_poisoned);
  if (!opened) return refused(opened.error());
  store = *std::move(opened);
  operations.opened(*store);

  const SignaturePolicy policy(std::move(options.keys), options.unsigned_deliveries);
  if (options.unsigned_deliveries == UnsignedDeliveries::accept) {
    log.write(LogLevel::warning, "unsigned_deliveries_accepted", {{"mode", "development"}});
  }
  server::ApiOptions api_options{.answers_queries = server::is_loopback(options.listen.address)};
  api_options.webhook_secrets = std::move(options.webhook_secrets);
  server::Api api(std::move(api_options), *store, policy, clock, counters, refusals);
  server::Control control(*store, counters);
  const auto open_reader = [&store] { return store->open_short_reader(); };
  server::Server server({{"main", options.listen, api, options.limits}, control_listener(control, options.store.database)}, options.server,
                        open_reader, clock, log);
  if (const auto started = server.start(); !started) {
    report(log, "start_failed", started.error());
    return exit_after(started.error());
  }
  log.write(LogLevel::info, "ready",
            {{"database", std::string_view(options.store.database)}, {"last_sequence", store->health().last_sequence.value()}});

  const std::string_view signal = wait_for_stop(poisoned);
  log.write(LogLevel::info, "stopping", {{"signal", signal}, {"store_poisoned", std::int64_t{poisoned}}});
  draining = true;
  for (server::Server* const each : {&server, &ops_server}) each->begin_drain();
  for (server::Server* const each : {&server, &ops_server}) each->wait();
  store->close();
  log.write(LogLevel::info, "stopped", {{"last_sequence", store->health().last_sequence.value()}});
  return poisoned ? Exit::failed : Exit::ok;
}

}  // namespace ledger::app
