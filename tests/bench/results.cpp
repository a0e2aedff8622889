// Finds what was measured.
#include "tests/bench/results.h"

#include <algorithm>

namespace ledger::bench {

Measurement Results::find(std::string_view workload, std::string_view system, std::size_t connections, Loop loop) const {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
    return row.workload == workload && row.system == system && row.connections == connections && row.loop == loop;
  });
  return found == rows.end() || !found->is_measured() ? Measurement{} : median(found->rounds);
}

}  // namespace ledger::bench
