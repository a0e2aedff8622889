// The plan of a run.
#include "tests/bench/run.h"

#include "tests/bench/block.h"
#include "tests/bench/disk.h"
#include "tests/bench/growth.h"
#include "tests/bench/numbers.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace ledger::bench {
namespace {

/// What the ledger is held against at every number of connections: the peers that the goals name. The others are measured at 64 alone.
std::vector<System> main_systems() {
  const auto& peers = peer_systems();
  return {ledger_system(), peers[0], peers[1], nginx_system()};
}

std::vector<System> all_systems(std::string_view workload) {
  std::vector<System> systems = {ledger_system()};
  if (workload == "ingest") systems.push_back(ledger_logging_system());
  systems.insert(systems.end(), peer_systems().begin(), peer_systems().end());
  systems.push_back(nginx_system());
  return systems;
}

std::vector<Block> plan(const RunOptions& options) {
  std::vector<Block> blocks;
  const auto add = [&](const char* workload, const std::vector<System>& systems, std::size_t connections, Loop loop = Loop::closed) {
    blocks.push_back({workload, systems, {connections}, loop});
  };
  const std::vector<System> ledger = {ledger_system()};
  const auto has_64 = [](std::size_t connections) { return connections == 64; };
  const bool measures_64 = std::any_of(options.connections.begin(), options.connections.end(), has_64);
  for (const char* workload : {"ingest", "query-location"}) {
    for (const std::size_t connections : options.connections) {
      add(workload, connections == 64 && options.every_peer ? all_systems(workload) : main_systems(), connections);
    }
    if (measures_64) add(workload, {ledger_system(), peer_systems()[0], peer_systems()[1]}, 64, Loop::open);
  }
  if (measures_64) add("ingest-random-ids", ledger, 64);
  for (const char* workload : {"ingest-signed", "ingest-duplicates", "query-304", "mixed", "feed-page"}) {
    for (const std::size_t connections : options.connections) add(workload, ledger, connections);
    if (measures_64) add(workload, ledger, 64, Loop::open);
  }
  return blocks;
}

void tell_what_is_missing(const Tools& tools, Results& results) {
  if (tools.peers.empty()) results.notices.emplace_back("The peers were not measured: Node.js or their modules are not installed.");
  if (tools.nginx.empty()) results.notices.emplace_back("nginx was not measured: it is not installed.");
}

/// Gone when the run is, however it ends.
class DataDirectory {
 public:
  explicit DataDirectory(std::string path) : path_(std::move(path)) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;
  ~DataDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

 private:
  std::string path_;
};

}  // namespace

bool RunOptions::wants(std::string_view name) const {
  return only.empty() || std::find(only.begin(), only.end(), name) != only.end();
}

std::string data_directory(const RunOptions& options) {
  return options.directory + "/data";
}

Results run(const RunOptions& options, const Progress& progress) {
  const DataDirectory data(data_directory(options));
  Results results;
  tell_what_is_missing(options.tools, results);
  if (options.wants("disk")) {
    results.disk = measure_disk(data_directory(options) + "/disk", options.window_s);
    progress.say("4 KiB appended and synced in " + duration(results.disk.append_sync_p50_us));
  }
  {
    BlockRunner runner(options, progress, results);
    for (const Block& block : plan(options)) runner.run(block);
  }
  if (options.wants("growth")) measure_growth(options, progress, results);
  return results;
}

}  // namespace ledger::bench
