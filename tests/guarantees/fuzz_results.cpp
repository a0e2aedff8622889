// How the lines of `./dev fuzz` are understood.
#include "tests/guarantees/fuzz_results.h"

#include <regex>
#include <sstream>
#include <stdexcept>

namespace ledger::guarantees {

std::vector<Execution> read_fuzz_results(const std::string& text, const Source& source) {
  static const std::regex form("([A-Za-z0-9_]+) ([0-9]{1,18}) ([0-9]{1,18}) (passed|FAILED)");
  std::vector<Execution> executions;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (!std::regex_match(line, match, form)) throw std::runtime_error("this is no result of a fuzzer: " + line);
    Execution execution;
    execution.source = source;
    execution.subject = "fuzz:" + match[1].str();
    execution.outcome = match[4] == "passed" ? Outcome::passed : Outcome::failed;
    execution.evidence = {{std::stoull(match[2]), "fuzzed inputs"}, {std::stoull(match[3]), "seconds of fuzzing"}};
    executions.push_back(std::move(execution));
  }
  if (executions.empty()) throw std::runtime_error("there is no result of a fuzzer in it");
  return executions;
}

}  // namespace ledger::guarantees
