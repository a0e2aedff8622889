// What test runs say about each promise.
#pragma once

#include "tests/guarantees/execution.h"
#include "tests/guarantees/promises.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace ledger::guarantees {

enum class Verdict { passed, failed, not_run };

/// Which proofs must have run.
enum class Required {
  all,
  tests,    ///< All but fuzzers, which run on their own.
  nothing,  ///< A part of the tests ran on purpose: promises without a run are left out.
};

/// One promise, and what became of it.
struct Row {
  Promise promise;
  Verdict verdict = Verdict::not_run;
  std::vector<std::pair<std::string, std::size_t>> runs;  ///< Of all its proofs, by suite, in the order of the executions.
  std::vector<Evidence> counted;                          ///< Summed by text.
  std::vector<Proof> missing;                             ///< Proofs that did not run; empty where nothing is required.
};

struct Judgement {
  std::vector<Row> rows;            ///< In the order of the promises.
  std::vector<Execution> failures;  ///< Of every test that ran, promised or not.
  std::vector<std::string> faults;  ///< Why the judgement is no good news, one line each; empty when all that is required passed.
};

/// A promise is kept when each of its required proofs ran and none failed; a proof that only ever skipped itself did not run.
[[nodiscard]] Judgement judge(const std::vector<Promise>& promises, const std::vector<Execution>& executions, Required required);

}  // namespace ledger::guarantees
