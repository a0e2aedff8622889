// The layout of the reports.
#include "tests/bench/report.h"

#include "tests/bench/goals.h"
#include "tests/bench/numbers.h"

#include <algorithm>
#include <string_view>

namespace ledger::bench {
namespace {

std::string line(const std::vector<std::string>& cells) {
  std::string text = "|";
  for (const std::string& cell : cells) text.append(" ").append(cell).append(" |");
  return text + "\n";
}

/// The names and the rule below them. The columns after the first `texts` are numbers.
std::string table_head(const std::vector<std::string>& names, std::size_t texts) {
  std::string rule = "|";
  for (std::size_t i = 0; i < names.size(); ++i) rule += i < texts ? "---|" : "---:|";
  return line(names) + rule + "\n";
}

/// The output of a program, safe in a cell.
std::string in_cell(std::string text) {
  std::replace(text.begin(), text.end(), '|', '/');
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text.substr(0, 300);
}

std::string goals_table(const Results& results) {
  std::string text = table_head({"line", "mark", "measured", "reached"}, 4);
  for (const Goal& goal : judge_goals(results)) {
    std::string reached = goal.mark.empty() ? "" : "not measured";
    if (goal.is_reached) reached = *goal.is_reached ? "yes" : "**no**";
    text += line({goal.line, goal.mark, goal.measured, reached});
  }
  return text;
}

std::string problems(const Results& results) {
  std::string text;
  for (const std::string& notice : results.notices) text += "\n" + notice + "\n";
  for (const std::string& failure : results.failures) text += "\n**" + in_cell(failure) + "**\n";
  for (const Row& row : results.rows) {
    if (!row.failure.empty()) text += "\n**" + row.workload + ", " + row.system + " FAILED: " + in_cell(row.failure) + "**\n";
  }
  return text;
}

std::string machine_table(const Heading& heading) {
  std::string text = "\n## The machine\n\n" + table_head({"", ""}, 2) + line({"date", heading.date}) + line({"commit", heading.commit}) +
                     line({"extent", heading.extent});
  for (const auto& [name, value] : heading.machine) text += line({name, in_cell(value)});
  return text;
}

std::string row_line(const Row& row) {
  std::vector<std::string> cells = {row.workload, row.system, std::to_string(row.connections)};
  if (!row.is_measured()) {
    cells.emplace_back("**FAILED**");
    return line(cells);
  }
  const Measurement all = median(row.rounds);
  for (std::string cell : {whole(all.per_second), whole(all.p50_us), whole(all.p99_us), whole(all.p999_us), whole(all.max_us), whole(all.gap_us),
                           decimal(all.cpu_s_per_1000, 3), decimal(all.server_cores, 3), decimal(all.generator_cores, 2), decimal(all.rss_max_mib, 1),
                           decimal(all.unsent_percent, 1)}) {
    cells.push_back(std::move(cell));
  }
  return line(cells);
}

std::string rows_table(const Results& results) {
  if (results.rows.empty()) return {};
  std::string text = "\n## Every row\n\n" + table_head({"workload", "system", "connections", "req/s", "p50 µs", "p99 µs", "p99.9 µs", "max µs",
                                                        "gap µs", "CPU s per 1,000", "cores", "generator cores", "RSS MiB", "unsent %"},
                                                       2);
  for (const Row& row : results.rows) text += row_line(row);
  return text;
}

constexpr std::string_view kExplanation =
    "\nNumbers are medians of the rounds; stalls and cold starts are the worst of all rounds. A *stall* is the longest time that one client waited, "
    "or that no client had a response. *CPU* is the processor time of the service with its child processes. A *delivery* is a new association of "
    "about 450 bytes; `ingest-deletions` sends Deletes of unknown associations with random ids.\n"
    "\n"
    "Fastify is a service with better-sqlite3 that does the same job on the same disk in the same run ([peers](../tests/bench/peers/README.md)). "
    "Both use WAL and `synchronous=FULL`, so a response of 200 means that the delivery is durable. The ledger runs with `--allow-unsigned "
    "--log-level error`, and with a public key for `ingest-signed`.\n"
    "\n"
    "Limits: loopback, no TLS, no proxy; the load generator takes up to one core; the databases fit into memory; windows last seconds. The slower "
    "the fdatasync of a disk, the larger the ratios to a service with a commit for each delivery. [Where the time goes](where-the-time-goes.md) "
    "explains what limits each line.\n";

}  // namespace

std::string summary(const Results& results, const Heading& heading) {
  return "# Performance\n\nFor those who decide whether the ledger is fast enough for them. Written by `" + heading.made_by +
         "`; please do not edit.\n\n" + goals_table(results) + problems(results) + std::string(kExplanation) + machine_table(heading) +
         "\n[tests/bench](../tests/bench/README.md) tells how to run it, and describes the workloads.\n";
}

std::string full_report(const Results& results, const Heading& heading) {
  return "# Benchmark report\n\nWritten by `" + heading.made_by + "`.\n\n" + goals_table(results) + problems(results) + machine_table(heading) +
         rows_table(results);
}

}  // namespace ledger::bench
