// The plan of a run.
#include "tests/bench/run.h"

#include "tests/bench/block.h"
#include "tests/bench/growth.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace ledger::bench {
namespace {

/// With one connection the ledger's write-ahead log needs about two seconds to reach its full length. Until then each commit also makes the file
/// longer, which costs time that a service in production does not spend.
constexpr double kWarmUpsOfOneConnection = 5;
constexpr double kPacedPerSecond = 1'000;

std::vector<Block> plan(const RunOptions& options) {
  const System& ledger = ledger_system();
  const System& fastify = fastify_system();
  const System& grouped = fastify_grouped_system();
  std::vector<Block> blocks;
  const auto add = [&](std::string_view workload, std::vector<System> systems, std::size_t connections) -> Block& {
    blocks.push_back({std::string(workload), std::move(systems), connections, options.warm_up_s, options.window_s});
    return blocks.back();
  };
  add("ingest", {ledger, fastify}, 1).warm_up_s *= kWarmUpsOfOneConnection;
  add("ingest", {ledger, grouped}, 16);
  add("ingest", {ledger, fastify, grouped}, kManyConnections);
  add("ingest-deletions", {ledger, fastify, grouped}, kManyConnections);
  add("ingest-late", {ledger}, kManyConnections);
  add("ingest-relations", {ledger}, kManyConnections);
  add("ingest-signed", {ledger}, kManyConnections);
  add("ingest-duplicates", {ledger}, kManyConnections);
  Block& paced = add("paced", {ledger}, kPacedConnections);
  paced.rate = kPacedPerSecond;
  paced.window_s = options.long_window_s;
  Block& idle = add(kIdle, {ledger}, 0);
  idle.warm_up_s = idle.window_s = options.long_window_s;
  add("query-location", {ledger, fastify}, kManyConnections);
  add("query-304", {ledger}, kManyConnections);
  add("query-relations", {ledger}, 16);
  add("feed-page", {ledger}, 16);
  return blocks;
}

/// Removes the directory at the end of the run, also after an exception.
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
  if (options.tools.peers.empty()) results.notices.emplace_back("Fastify was not measured: Node.js or its modules are not installed.");
  BlockRunner runner(options, progress, results);
  for (const Block& block : plan(options)) runner.run(block);
  if (options.wants(kGrowth)) measure_growth(options, progress, results);
  return results;
}

}  // namespace ledger::bench
