// The reports of a run, as Markdown.
#pragma once

#include "tests/bench/results.h"

#include <string>
#include <utility>
#include <vector>

namespace ledger::bench {

/// The circumstances of a run, each in one line.
struct Heading {
  std::string made_by;  ///< The command that writes the report.
  std::string date;
  std::string commit;
  std::string extent;                                        ///< How much was measured.
  std::vector<std::pair<std::string, std::string>> machine;  ///< describe_machine()
};

/// docs/performance.md: one table of lines, marks and whether they were reached.
[[nodiscard]] std::string summary(const Results& results, const Heading& heading);

/// The same with a table of all rows.
[[nodiscard]] std::string full_report(const Results& results, const Heading& heading);

}  // namespace ledger::bench
