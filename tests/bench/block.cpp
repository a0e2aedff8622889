// Prepares, runs and removes each trial.
#include "tests/bench/block.h"

#include "tests/bench/numbers.h"
#include "tests/support/http_client.h"
#include "tests/support/signing_key.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <utility>

namespace ledger::bench {
namespace {

/// More than the service verifies on two cores.
constexpr double kSignedPerSecondMax = 40'000;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> choices) {
  return std::find(choices.begin(), choices.end(), text) != choices.end();
}

/// Whether the database is empty at first and holds only what was measured at the end.
bool is_ingest(std::string_view workload) {
  return is_one_of(workload, {"ingest", "ingest-deletions", "ingest-late", "ingest-relations", "ingest-signed", "paced"});
}

bool is_query(std::string_view workload) {
  return is_one_of(workload, {"query-location", "query-304", "query-relations", "feed-page"});
}

std::string described(const Row& row) {
  return row.workload + ", " + std::to_string(row.connections) + (row.connections == 1 ? " connection, " : " connections, ") + row.system;
}

LoadOptions load_options(const Block& block) {
  LoadOptions load;
  load.connections = block.connections;
  load.warm_up_s = block.warm_up_s;
  load.window_s = block.window_s;
  load.rate = block.rate;
  return load;
}

/// Every delivery that was acknowledged must be in the log.
void expect_recorded(RunningSystem& running, std::uint64_t deliveries) {
  test::HttpClient client(running.port());
  const std::string body = client.request("GET", "/v1/events?limit=1").body;
  if (body.find("\"lastSequence\":" + std::to_string(deliveries) + "}") == std::string::npos) {
    throw std::runtime_error(std::to_string(deliveries) + " deliveries were acknowledged, but the log has another length: " + body.substr(0, 1000));
  }
}

}  // namespace

BlockRunner::BlockRunner(const RunOptions& options, const Progress& progress, Results& results)
    : options_(options), progress_(progress), results_(results) {}

void BlockRunner::run(const Block& block) {
  if (!options_.wants(block.workload)) return;
  std::vector<Row> rows;
  std::vector<System> systems;
  for (const System& system : block.systems) {
    if (!system.is_ledger() && options_.tools.peers.empty()) continue;
    systems.push_back(system);
    rows.push_back({.workload = block.workload, .system = system.name, .connections = block.connections});
  }
  for (std::size_t round = 0; round < options_.rounds; ++round) {
    for (std::size_t i = 0; i < systems.size(); ++i) run_trial(block, systems[i], rows[i]);
  }
  for (Row& row : rows) results_.rows.push_back(std::move(row));
}

void BlockRunner::run_trial(const Block& block, const System& system, Row& row) {
  if (!row.failure.empty()) return;
  try {
    row.rounds.push_back(measure_once(block, system));
    const Measurement& last = row.rounds.back();
    progress_.say(described(row) + ": " + whole(last.per_second) + "/s, p99 " + duration(last.p99_us) + ", " + decimal(last.server_cores, 3) +
                  " cores");
  } catch (const std::exception& error) {
    row.failure = error.what();
    progress_.say(described(row) + " FAILED: " + row.failure);
  }
}

Measurement BlockRunner::measure_once(const Block& block, const System& system) {
  if (block.workload == "ingest-signed") return measure_signed(block);
  const bool is_kept = is_query(block.workload);
  const std::string directory = is_kept ? queried_directory(system) : fresh_directory();
  RunningSystem running(system, options_.tools, directory);
  Trial trial;
  if (block.workload == kIdle) {
    // A service that has recorded something must become idle again, so some deliveries come first.
    static_cast<void>(workload("ingest-duplicates").prepare(workload_options(running.port())));
    running.rest(std::chrono::milliseconds(static_cast<std::int64_t>(1000 * block.warm_up_s)));
    trial.measured = measure_idle(running, block.window_s);
  } else {
    const auto requests = workload(block.workload).prepare(workload_options(running.port()));
    trial = measure(running, *requests, load_options(block));
  }
  finish(running, block, system, trial.answered_in_all);
  if (!is_kept) std::filesystem::remove_all(directory);
  return trial.measured;
}

Measurement BlockRunner::measure_signed(const Block& block) {
  if (!signed_) sign(block);
  signed_->rewind();
  const System system = {std::string(kLedger), {"--public-key", public_key_file_, "--log-level", "error"}};
  const std::string directory = fresh_directory();
  RunningSystem running(system, options_.tools, directory);
  const Trial trial = measure(running, *signed_, load_options(block));
  finish(running, block, system, trial.answered_in_all);
  std::filesystem::remove_all(directory);
  return trial.measured;
}

void BlockRunner::finish(RunningSystem& running, const Block& block, const System& system, std::uint64_t deliveries) {
  if (system.is_ledger() && is_ingest(block.workload)) expect_recorded(running, deliveries);
  running.stop();
}

WorkloadOptions BlockRunner::workload_options(std::uint16_t port) const {
  WorkloadOptions options;
  options.port = port;
  options.locations = options_.locations;
  options.seed = std::random_device{}();
  return options;
}

void BlockRunner::sign(const Block& block) {
  const auto key = test::SigningKey::ed25519();
  public_key_file_ = data_directory(options_) + "/public-key.pem";
  std::ofstream(public_key_file_) << key.public_pem();
  WorkloadOptions options = workload_options(0);
  options.signing_pem = key.private_pem();
  options.requests_max = static_cast<std::size_t>((block.warm_up_s + block.window_s) * kSignedPerSecondMax);
  progress_.say("signing " + whole(static_cast<double>(options.requests_max)) + " deliveries");
  signed_ = std::make_unique<Pool>(signed_deliveries(options), Pool::Repeat::once, Expected{});
}

std::string BlockRunner::fresh_directory() {
  std::string directory = data_directory(options_) + "/" + std::to_string(++directories_);
  std::filesystem::create_directories(directory);
  return directory;
}

std::string BlockRunner::queried_directory(const System& system) {
  std::string directory = data_directory(options_) + "/queried-" + system.name;
  if (std::filesystem::exists(directory)) return directory;
  std::filesystem::create_directories(directory);
  // Both modes of Fastify have the same database, and group commit fills it several times faster.
  RunningSystem running(system.is_ledger() ? system : fastify_grouped_system(), options_.tools, directory);
  static_cast<void>(workload("query-location").prepare(workload_options(running.port())));
  running.stop();
  return directory;
}

}  // namespace ledger::bench
