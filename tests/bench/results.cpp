// Looks up rows.
#include "tests/bench/results.h"

#include <algorithm>

namespace ledger::bench {

bool Results::is_complete() const {
  return failures.empty() && std::all_of(rows.begin(), rows.end(), [](const Row& row) { return row.failure.empty(); });
}

Measurement Results::find(std::string_view workload, std::string_view system, std::size_t connections) const {
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [&](const Row& row) { return row.workload == workload && row.system == system && row.connections == connections; });
  return found == rows.end() || !found->is_measured() ? Measurement{} : median(found->rounds);
}

}  // namespace ledger::bench
