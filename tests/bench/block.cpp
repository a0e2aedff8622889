// How a trial is set up, run and cleared away.
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

/// Of the kept signature, which is not the file's overhead. Raw Ed25519.
constexpr double kSignatureBytes = 64;
/// Below so many events, what an empty database takes would show in the bytes per event.
constexpr std::uint64_t kEventsMinForBytes = 20'000;
/// More than the service verifies on two cores.
constexpr double kSignedPerSecondMax = 40'000;
/// One connection makes the ledger's write-ahead log as long as it gets in some two seconds, others in less than the usual warm-up. Until then each
/// sync has a file to make longer as well, which a service that has run for a while does not know. For all systems alike.
constexpr double kWarmUpsOfOneConnection = 6;
/// Of what a system did in the closed loop.
constexpr double kOpenShare = 0.5;

bool is_one_of(const std::string& text, std::initializer_list<std::string_view> choices) {
  return std::find(choices.begin(), choices.end(), text) != choices.end();
}

/// Whether it begins with an empty database, and all that is in it at the end was measured.
bool is_ingest(const std::string& workload) {
  return is_one_of(workload, {"ingest", "ingest-random-ids", "ingest-signed"});
}

std::string described(const Row& row) {
  std::string text = row.workload + ", " + std::to_string(row.connections) + (row.connections == 1 ? " connection, " : " connections, ") + row.system;
  if (row.loop == Loop::open) text += ", " + whole(row.rate) + "/s due";
  return text;
}

/// The system that makes the database that this one reads.
const System& maker_of(const System& reader) {
  const auto& peers = peer_systems();
  const auto found = std::find_if(peers.begin(), peers.end(), [&](const System& peer) { return peer.name == reader.database_of; });
  return found == peers.end() ? reader : *found;
}

double bytes_beyond(const std::string& directory, const LoadResult& load, const std::string& workload) {
  if (load.answered_in_all < kEventsMinForBytes || database_bytes(directory) == 0) return kNone;
  const double events = static_cast<double>(load.answered_in_all);
  const double own = workload == "ingest-signed" ? kSignatureBytes : 0;
  return (static_cast<double>(database_bytes(directory)) - static_cast<double>(load.body_bytes)) / events - own;
}

/// What was answered 200 must be in the log.
void expect_recorded(RunningSystem& running, std::uint64_t events) {
  test::HttpClient client(running.port());
  const std::string body = client.request("GET", "/v1/events?limit=1").body;
  if (body.find("\"lastSequence\":" + std::to_string(events) + "}") == std::string::npos) {
    throw std::runtime_error(std::to_string(events) + " deliveries were answered, and the log ends differently: " + body.substr(0, 1000));
  }
}

}  // namespace

BlockRunner::BlockRunner(const RunOptions& options, const Progress& progress, Results& results)
    : options_(options), progress_(progress), results_(results) {}

void BlockRunner::run(const Block& block) {
  if (!options_.wants(block.workload)) return;
  for (const std::size_t connections : block.connections) run_rounds(block, connections);
}

void BlockRunner::run_rounds(const Block& block, std::size_t connections) {
  std::vector<std::pair<System, Row>> pairs;
  for (const System& system : block.systems) {
    if (!is_there(system, options_.tools)) continue;
    Row row{.workload = block.workload, .system = system.name, .commits = system.commits, .connections = connections, .loop = block.loop};
    if (block.loop == Loop::open) {
      row.rate = kOpenShare * results_.find(block.workload, system.name, connections).per_second;
      if (!(row.rate > 0)) continue;  // There is nothing to take half of.
    }
    pairs.emplace_back(system, std::move(row));
  }
  for (std::size_t round = 0; round < options_.rounds; ++round) {
    for (auto& [system, row] : pairs) run_trial(system, row);
  }
  for (auto& [system, row] : pairs) {
    if (!row.is_skipped) results_.rows.push_back(std::move(row));
  }
}

void BlockRunner::run_trial(const System& system, Row& row) {
  if (!row.failure.empty() || row.is_skipped) return;
  try {
    row.rounds.push_back(measure_once(system, row));
    progress_.say(described(row) + ": " + whole(row.rounds.back().per_second) + "/s, p99 " + duration(row.rounds.back().p99_us));
  } catch (const NotInstalled& missing) {
    row.is_skipped = true;
    const std::string notice = system.name + " was not measured: " + missing.what();
    auto& notices = results_.notices;
    if (std::find(notices.begin(), notices.end(), notice) == notices.end()) notices.push_back(notice);
  } catch (const std::exception& error) {
    row.failure = error.what();
    progress_.say(described(row) + " FAILED: " + row.failure);
  }
}

Measurement BlockRunner::measure_once(const System& system, const Row& row) {
  const std::string directory = directory_for(system, row.workload);
  LoadOptions load;
  load.connections = row.connections;
  load.warm_up_s = options_.warm_up_s * (is_ingest(row.workload) && row.connections == 1 ? kWarmUpsOfOneConnection : 1);
  load.window_s = options_.window_s;
  load.rate = row.rate;
  System started = system;
  if (row.workload == "ingest-signed") {
    if (!signed_) sign();
    started.arguments = {"--public-key", public_key_file_, "--log-level", "error"};
  }

  RunningSystem running(started, options_.tools, directory);
  Trial trial;
  if (row.workload == "ingest-signed") {
    signed_->rewind();
    trial = measure(running, *signed_, load);
  } else {
    const auto requests = workload(row.workload).prepare(workload_options(running.port()));
    trial = measure(running, *requests, load);
  }
  const bool has_log = system.kind == Kind::ledger && is_ingest(row.workload);
  if (has_log) expect_recorded(running, trial.load.answered_in_all);
  running.stop();
  if (is_ingest(row.workload) && system.kind != Kind::nginx) trial.measured.bytes_per_event = bytes_beyond(directory, trial.load, row.workload);
  if (!is_prepared(directory)) std::filesystem::remove_all(directory);
  return trial.measured;
}

WorkloadOptions BlockRunner::workload_options(std::uint16_t port) const {
  WorkloadOptions options;
  options.port = port;
  options.locations = options_.locations;
  options.seed = std::random_device{}();
  return options;
}

void BlockRunner::sign() {
  const auto key = test::SigningKey::ed25519();
  public_key_file_ = data_directory(options_) + "/public-key.pem";
  std::ofstream(public_key_file_) << key.public_pem();
  WorkloadOptions options = workload_options(0);
  options.signing_pem = key.private_pem();
  options.requests_max = static_cast<std::size_t>((options_.warm_up_s + options_.window_s) * kSignedPerSecondMax);
  progress_.say("signing " + whole(static_cast<double>(options.requests_max)) + " deliveries");
  signed_ = std::make_unique<Pool>(signed_deliveries(options), Pool::Repeat::once, Expected{});
}

bool BlockRunner::is_prepared(const std::string& directory) const {
  return std::any_of(prepared_.begin(), prepared_.end(), [&](const auto& entry) { return entry.second == directory; });
}

std::string BlockRunner::fresh_directory() {
  std::string directory = data_directory(options_) + "/" + std::to_string(++directories_);
  std::filesystem::create_directories(directory);
  return directory;
}

std::string BlockRunner::directory_for(const System& system, const std::string& workload) {
  // A cluster of PostgreSQL is used once; the workload fills it itself.
  const bool is_kept = system.mode != "postgres";
  if (is_kept && is_one_of(workload, {"query-location", "query-304", "feed-page"})) return prepared(system);
  std::string directory = fresh_directory();
  if (workload == "mixed") {
    const std::string source = prepared(system);
    for (const char* suffix : {"", "-wal"}) {
      const std::string file = database_in(source) + suffix;
      if (std::filesystem::exists(file)) std::filesystem::copy_file(file, database_in(directory) + suffix);
    }
  }
  return directory;
}

std::string BlockRunner::prepared(const System& reader) {
  const System& system = maker_of(reader);
  const auto found = std::find_if(prepared_.begin(), prepared_.end(), [&](const auto& entry) { return entry.first == system.name; });
  if (found != prepared_.end()) return found->second;

  // nginx answers with what the ledger answers.
  const System& asked = system.kind == Kind::nginx ? ledger_system() : system;
  std::string directory = fresh_directory();
  const std::string source = system.kind == Kind::nginx ? prepared(asked) : directory;
  RunningSystem running(asked, options_.tools, source);
  static_cast<void>(workload("query-location").prepare(workload_options(running.port())));
  if (system.kind == Kind::nginx) {
    test::HttpClient client(running.port());
    std::ofstream(page_in(directory), std::ios::binary) << client.request("GET", query_location_target()).body;
  }
  running.stop();
  prepared_.emplace_back(system.name, directory);
  return directory;
}

}  // namespace ledger::bench
