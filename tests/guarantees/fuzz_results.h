// Results of fuzzers, read from the lines that `./dev fuzz` writes.
#pragma once

#include "tests/guarantees/execution.h"

#include <string>
#include <vector>

namespace ledger::guarantees {

/// One execution for each line "<target> <inputs> <seconds> passed|FAILED", with inputs and seconds as its evidence. Throws std::runtime_error for a
/// line of any other form and for a text without lines.
[[nodiscard]] std::vector<Execution> read_fuzz_results(const std::string& text, const Source& source);

}  // namespace ledger::guarantees
