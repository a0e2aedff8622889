// Compares the results with the marks that the ledger must reach.
#pragma once

#include "tests/bench/results.h"

#include <optional>
#include <string>
#include <vector>

namespace ledger::bench {

struct Goal {
  std::string line;
  std::string mark{};  ///< Empty: the line is information and has no mark.
  std::string measured{};
  std::optional<bool> is_reached{};  ///< Empty if it was not measured or has no mark.
};

/// All lines in the order of the report, also those that were not measured. Lines with a mark come first.
[[nodiscard]] std::vector<Goal> judge_goals(const Results& results);

}  // namespace ledger::bench
