// How runs are held against promises.
#include "tests/guarantees/judge.h"

#include <algorithm>

namespace ledger::guarantees {
namespace {

void count_run(Row& row, const std::string& suite) {
  const auto known = std::find_if(row.runs.begin(), row.runs.end(), [&suite](const auto& run) { return run.first == suite; });
  if (known != row.runs.end()) {
    ++known->second;
  } else {
    row.runs.emplace_back(suite, 1);
  }
}

void add(std::vector<Evidence>& sums, const Evidence& evidence) {
  const auto known = std::find_if(sums.begin(), sums.end(), [&evidence](const Evidence& sum) { return sum.of_what == evidence.of_what; });
  if (known != sums.end()) {
    known->count += evidence.count;
  } else {
    sums.push_back(evidence);
  }
}

void add(Row& row, const Execution& execution) {
  if (execution.outcome == Outcome::skipped) return;
  count_run(row, execution.source.suite);
  for (const Evidence& evidence : execution.evidence) add(row.counted, evidence);
  if (execution.outcome == Outcome::failed) row.verdict = Verdict::failed;
}

bool is_required(const Proof& proof, Required required) {
  return required == Required::all || (required == Required::tests && proof.kind != ProofKind::fuzz_target);
}

/// What was wrong with a required proof that did not run.
std::string fault_of(const Proof& proof, const std::vector<Execution>& executions) {
  const auto is_known = [&proof](const Execution& execution) { return covers(proof, execution.subject); };
  const bool was_skipped = std::any_of(executions.begin(), executions.end(), is_known);
  return written(proof) + (was_skipped ? " was skipped wherever it was asked for" : " is not among the results");
}

Row row_of(const Promise& promise, const std::vector<Execution>& executions, Required required, std::vector<std::string>& faults) {
  Row row;
  row.promise = promise;
  bool lacks_required = false;
  for (const Proof& proof : promise.proofs) {
    const auto is_run = [&proof](const Execution& execution) { return execution.outcome != Outcome::skipped && covers(proof, execution.subject); };
    if (required == Required::nothing || std::any_of(executions.begin(), executions.end(), is_run)) continue;
    row.missing.push_back(proof);
    if (!is_required(proof, required)) continue;
    lacks_required = true;
    faults.push_back(fault_of(proof, executions));
  }
  // Each execution once, also where a suite and one of its tests are both named.
  for (const Execution& execution : executions) {
    const auto speaks_of_it = [&execution](const Proof& proof) { return covers(proof, execution.subject); };
    if (std::any_of(promise.proofs.begin(), promise.proofs.end(), speaks_of_it)) add(row, execution);
  }
  if (row.verdict != Verdict::failed && !row.runs.empty() && !lacks_required) row.verdict = Verdict::passed;
  return row;
}

}  // namespace

Judgement judge(const std::vector<Promise>& promises, const std::vector<Execution>& executions, Required required) {
  Judgement judgement;
  for (const Promise& promise : promises) {
    Row row = row_of(promise, executions, required, judgement.faults);
    if (row.runs.empty() && required == Required::nothing) continue;
    judgement.rows.push_back(std::move(row));
  }
  for (const Execution& execution : executions) {
    if (execution.outcome != Outcome::failed) continue;
    judgement.failures.push_back(execution);
    judgement.faults.push_back(execution.subject + " FAILED (" + execution.source.suite + ")");
  }
  return judgement;
}

}  // namespace ledger::guarantees
