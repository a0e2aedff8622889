// The report that a run ends in, as Markdown.
#pragma once

#include "tests/bench/results.h"

#include <string>
#include <utility>
#include <vector>

namespace ledger::bench {

/// What the document says of itself, each in one line.
struct Heading {
  std::string made_by;  ///< The command that makes the document anew.
  std::string date;
  std::string commit;
  std::string extent;                                           ///< How much was run.
  std::vector<std::pair<std::string, std::string>> machine;     ///< describe_machine()
  std::vector<std::pair<std::string, std::string>> durability;  ///< What an answer means, by system.
};

/// Everything in it that is a number, or a yes or no, is computed from `results`.
[[nodiscard]] std::string to_markdown(const Results& results, const Heading& heading);

}  // namespace ledger::bench
