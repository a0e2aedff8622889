// How the document is laid out.
#include "tests/guarantees/markdown.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace ledger::guarantees {
namespace {

/// 1234567 as 1,234,567.
std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, ",");
  return digits;
}

/// What `cell` makes of each item, with `between` between; a dash for nothing.
template <class Items, class Cell>
std::string joined(const Items& items, const Cell& cell, std::string_view between = ", ") {
  std::string text;
  for (const auto& item : items) text.append(text.empty() ? "" : between).append(cell(item));
  return text.empty() ? "–" : text;
}

std::string quoted(const Proof& proof) {
  return "`" + written(proof) + "`";
}

/// Text of a test's own, kept inside its cell.
std::string in_cell(std::string text) {
  std::replace(text.begin(), text.end(), '|', '/');
  return text;
}

std::string result(const Row& row) {
  std::string text = row.verdict == Verdict::passed ? "passed" : row.verdict == Verdict::failed ? "**FAILED**" : "**not run**";
  if (!row.missing.empty()) text += " (without a run: " + joined(row.missing, quoted) + ")";
  return text;
}

std::string line(const Row& row) {
  const auto runs = joined(row.runs, [](const auto& run) { return run.first + " " + grouped(run.second); });
  const auto counted = joined(
      row.counted, [](const Evidence& sum) { return grouped(sum.count) + " " + in_cell(sum.of_what); }, "; ");
  return row_start(row.promise) + " " + runs + " | " + counted + " | " + result(row) + " |\n";
}

/// The command that runs a failure again.
std::string replay(const Execution& execution) {
  constexpr std::string_view kFuzz = "fuzz:";
  if (execution.subject.starts_with(kFuzz)) {
    const std::string target = execution.subject.substr(kFuzz.size());
    return "build/fuzz/tests/fuzz/fuzz_" + target + " build/fuzz/findings/" + target + "-*";
  }
  std::string name = execution.subject;
  if (const std::size_t dot = name.find('.'); dot != std::string::npos) name.insert(dot, "\\");
  const std::string seed = execution.source.seed.empty() ? "" : "LEDGER_TEST_SEED=" + execution.source.seed + " ";
  return seed + "./dev test " + execution.source.suite + " -R '" + name + "($|/)'";
}

}  // namespace

std::string row_start(const Promise& promise) {
  return "| " + promise.sentence + " | " + joined(promise.proofs, quoted) + " |";
}

std::string to_markdown(const Judgement& judgement, const Heading& heading) {
  std::string text = "# " + heading.title + "\n\nWritten by `" + heading.made_by + "` from the results of test runs, and by nobody's hand.\n\n";
  text += "| | |\n|---|---|\n";
  text += "| date | " + heading.date + " |\n| commit | " + heading.commit + " |\n| machine | " + heading.machine + " |\n";
  text += "| extent | " + heading.extent + " |\n";

  std::string theme;
  for (const Row& row : judgement.rows) {
    if (row.promise.theme != theme) {
      theme = row.promise.theme;
      text += "\n## " + theme + "\n\n| promise | proven by | how often it ran | what was counted | result |\n|---|---|---|---|---|\n";
    }
    text += line(row);
  }

  if (!judgement.failures.empty()) text += "\n## What failed, and how to run it again\n\n";
  for (const Execution& failure : judgement.failures)
    text += "- `" + failure.subject + "`, " + failure.source.suite + ": `" + replay(failure) + "`\n";
  return text;
}

}  // namespace ledger::guarantees
