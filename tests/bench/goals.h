// What the ledger wants to reach, held against what was measured.
#pragma once

#include "tests/bench/results.h"

#include <optional>
#include <string>
#include <vector>

namespace ledger::bench {

/// A mark in words, and whether it was reached; nothing when it was not measured.
struct Mark {
  std::string text;
  std::optional<bool> is_reached;
};

struct Goal {
  std::string what;
  std::string measured;
  Mark least;
  Mark aim;
};

/// All of them, in the order of the document; also those that were not measured.
[[nodiscard]] std::vector<Goal> judge_goals(const Results& results);

}  // namespace ledger::bench
