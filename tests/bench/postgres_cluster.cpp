// Starts and ends the cluster through the script that knows how.
#include "tests/bench/postgres_cluster.h"

#include "tests/bench/child.h"

#include <fstream>

namespace ledger::bench {
namespace {

/// What the script ends with where PostgreSQL is missing.
constexpr int kSkipped = 77;

}  // namespace

PostgresCluster::PostgresCluster(const std::string& script, const std::string& directory, const std::vector<std::string>& environment)
    : script_(script), directory_(directory) {
  Child start({{script_, "start", directory_}, environment, directory_ + ".log"});
  try {
    url_ = start.finish();
  } catch (const std::runtime_error&) {
    if (start.exit_code() == kSkipped) throw NotInstalled("PostgreSQL is not installed (package postgresql).");
    throw;
  }
  if (url_.ends_with('\n')) url_.pop_back();
  std::ifstream(directory_ + "/cluster/postmaster.pid") >> pid_;
}

PostgresCluster::~PostgresCluster() {
  try {
    static_cast<void>(Child({{script_, "stop", directory_}, {}, directory_ + ".log"}).finish());
  } catch (const std::exception&) {
    // It has told its log why. Whatever is left of it ends with the machine.
    return;
  }
}

}  // namespace ledger::bench
