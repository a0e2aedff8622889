// How the report is laid out.
#include "tests/bench/report.h"

#include "tests/bench/goals.h"
#include "tests/bench/numbers.h"
#include "tests/bench/workloads.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace ledger::bench {
namespace {

std::string line(const std::vector<std::string>& cells) {
  std::string text = "|";
  for (const std::string& cell : cells) text.append(" ").append(cell).append(" |");
  return text + "\n";
}

/// The names, and the rule below them; what follows the first `texts` columns are numbers.
std::string table_head(const std::vector<std::string>& names, std::size_t texts) {
  std::string rule = "|";
  for (std::size_t i = 0; i < names.size(); ++i) rule += i < texts ? "---|" : "---:|";
  return line(names) + rule + "\n";
}

/// Text of a program's own, kept inside its cell.
std::string in_cell(std::string text) {
  std::replace(text.begin(), text.end(), '|', '/');
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text.substr(0, 300);
}

std::string heading_part(const Heading& heading) {
  std::string text = "# How fast the ledger is\n\nWritten by `" + heading.made_by + "` from what it measured, and by nobody's hand.\n\n";
  text += "| | |\n|---|---|\n" + line({"date", heading.date}) + line({"commit", heading.commit}) + line({"extent", heading.extent});
  for (const auto& [name, value] : heading.machine) text += line({name, in_cell(value)});
  return text;
}

std::string notices_part(const Results& results) {
  std::string text;
  for (const std::string& notice : results.notices) text += "\n" + notice + "\n";
  for (const std::string& failure : results.failures) text += "\n**" + in_cell(failure) + "**\n";
  return text;
}

std::string reading_part(const Heading& heading) {
  std::string text =
      "\n## How to read it\n\n"
      "Each number is the median of the rounds, but `max` and `gap` are the worst of all. Each trial starts its system anew, on an empty database "
      "where it writes. For `ingest`, signed or not, one connection has longer to warm up, on every system, until the ledger's write-ahead log has "
      "its full length. The rows of `ledger, small` and `ledger, large` are of filled databases: `ingest` three times as long, and `history`, "
      "`deletions` and `as-of` a second each, one after the other on one server, so that their `RSS MiB, most` is the most so far. "
      "Latencies are what a client sees. In a closed loop each connection sends its next request when it has its answer; in an open one requests "
      "are due at half the rate of the closed loop, and the latency of each counts from when it was due. `gap` is the longest time without any "
      "answer. CPU is in cores; the generator's stands beside it, because it takes what the server could use. `syncs` are calls of fdatasync and "
      "fsync, counted within every system by the same library; `requests/sync` is the size of its groups. `commits` says how a system syncs, and "
      "whether deliveries share a commit. `bytes` is what the database takes for an event beyond body and signature, after an orderly end.\n\n"
      "The ledger runs with `--allow-unsigned --log-level error` unless its name says something else, and with its public key for ingest-signed. "
      "What an answer of 200 to a delivery means:\n\n";
  text += table_head({"system", "durability"}, 2);
  for (const auto& [name, words] : heading.durability) text += line({name, words});
  return text;
}

std::string row_line(const Row& row) {
  const bool is_open = row.loop == Loop::open;
  std::vector<std::string> cells = {row.system, row.commits, std::to_string(row.connections)};
  if (is_open) cells.push_back(whole(row.rate));
  if (!row.is_measured()) {
    cells.push_back("**FAILED**: " + in_cell(row.failure));
    return line(cells);
  }
  const Measurement all = median(row.rounds);
  // Syncs that come seldom, beside requests that ask for none, have no meaning as a size of groups.
  const bool has_syncs = all.syncs_per_second >= 1;
  for (std::string cell : {whole(all.per_second), whole(all.p50_us), whole(all.p99_us), whole(all.p999_us), whole(all.max_us), whole(all.gap_us),
                           decimal(all.server_cores, 2), decimal(all.generator_cores, 2), decimal(all.rss_max_mib, 1), decimal(all.rss_end_mib, 1),
                           whole(all.syncs_per_second), has_syncs ? decimal(all.requests_per_sync(), 1) : "–", whole(all.bytes_per_event)}) {
    cells.push_back(std::move(cell));
  }
  if (is_open) cells.push_back(decimal(all.overdue_per_cent, 1));
  return line(cells);
}

std::string rows_table(const Results& results, std::string_view workload, Loop loop) {
  std::string lines;
  for (const Row& row : results.rows) {
    if (row.workload == workload && row.loop == loop) lines += row_line(row);
  }
  if (lines.empty()) return {};
  std::vector<std::string> names = {"system", "commits", "connections", "req/s",         "p50 µs",       "p99 µs",  "p99.9 µs",      "max µs",
                                    "gap µs", "CPU",     "generator",   "RSS MiB, most", "RSS MiB, end", "syncs/s", "requests/sync", "bytes/event"};
  if (loop == Loop::open) {
    names.insert(names.begin() + 3, "due/s");
    names.emplace_back("never sent %");
  }
  return (loop == Loop::open ? "\nOpen loop:\n\n" : "\n") + table_head(names, 2) + lines;
}

std::string workloads_part(const Results& results) {
  std::string text = "\n## Workloads\n";
  for (const Workload& workload : workloads()) {
    const std::string tables = rows_table(results, workload.name, Loop::closed) + rows_table(results, workload.name, Loop::open);
    if (!tables.empty()) text += "\n### " + std::string(workload.name) + "\n\n" + std::string(workload.what) + ".\n" + tables;
  }
  return text;
}

std::string disk_part(const Results& results) {
  const DiskCeilings& disk = results.disk;
  if (std::isnan(disk.append_sync_p50_us)) return {};
  std::string text = "\n## The disk alone\n\n" + table_head({"loop", "result"}, 2);
  text += line({"4 KiB appended to a file, then fdatasync",
                whole(disk.append_syncs_per_second) + "/s; p50 " + duration(disk.append_sync_p50_us) + ", p99 " + duration(disk.append_sync_p99_us)});
  text += line({"rows of 450 bytes into one SQLite table, WAL, synchronous=FULL, a commit for each", whole(disk.inserts_alone_per_second) + "/s"});
  text += line({"the same, 64 to a commit", whole(disk.inserts_grouped_per_second) + "/s"});
  return text;
}

std::string growth_part(const Results& results) {
  const Growth& growth = results.growth;
  if (std::isnan(growth.events)) return {};
  std::string text = "\n## Growth\n\nThe large database: of ten events eight create, one updates and one deletes, over " + whole(growth.locations) +
                     " locations. The small one is the same with fewer events. Their rows stand above as `" + std::string(kLedgerSmall) + "` and `" +
                     std::string(kLedgerLarge) + "`.\n\n";
  text += table_head({"what", "result"}, 2);
  text += line({"events: small, large", whole(growth.events_small) + ", " + whole(growth.events)});
  text += line({"filled through the store, without HTTP", whole(growth.fill_per_second) + " events/s"});
  text += line({"bytes on disk per event beyond the bodies", whole(growth.bytes_per_event)});
  text += line({"start after kill -9 under load, to ready (slowest)", duration(growth.cold_start_s * 1e6)});
  text += line({"verify", whole(growth.verify_per_second) + " events/s, " + decimal(growth.verify_rss_mib, 0) + " MiB resident"});
  text += line({"rebuild", whole(growth.rebuild_per_second) + " events/s, " + decimal(growth.rebuild_rss_mib, 0) + " MiB resident"});
  return text;
}

std::string ratios_part(const Results& results) {
  std::string lines;
  for (const Row& row : results.rows) {
    if (row.loop != Loop::closed || row.system.starts_with(kLedger) || !row.is_measured()) continue;
    const double ours = results.find(row.workload, kLedger, row.connections).per_second;
    const double p99 = results.find(row.workload, kLedger, row.connections).p99_us;
    const Measurement theirs = median(row.rounds);
    lines += line({row.workload, std::to_string(row.connections), row.system, times(ours / theirs.per_second), decimal(p99 / theirs.p99_us, 2)});
  }
  std::string text = "\n## The ledger against the others\n\nRequests per second of the ledger over theirs, and its p99 latency over theirs.\n\n";
  if (lines.empty()) return text + "Not measured.\n";
  return text + table_head({"workload", "connections", "against", "throughput", "p99 latency"}, 3) + lines;
}

std::string yes_or_no(const Mark& mark) {
  if (!mark.is_reached) return "not measured";
  return *mark.is_reached ? "yes" : "**no**";
}

std::string goals_part(const Results& results) {
  std::string text = "\n## Goals\n\n" + table_head({"what", "measured", "at least", "reached", "aim", "reached"}, 6);
  for (const Goal& goal : judge_goals(results)) {
    text += line({goal.what, goal.measured, goal.least.text, yes_or_no(goal.least), goal.aim.text, yes_or_no(goal.aim)});
  }
  return text;
}

std::string limits_part() {
  return "\n## What this does not show\n\n"
         "- A network: everything goes over loopback, without TLS and without a proxy.\n"
         "- A machine of its own: the generator, one thread, runs beside the server and takes up to a core of it. On two cores a server that uses "
         "both gives "
         "up more to it than one that uses one; so the ratios to single-threaded peers are rather too small than too large.\n"
         "- A cold page cache: the databases were just written and fit into memory. A start or a query that must read the disk takes longer.\n"
         "- Your disk: an fdatasync of a virtual disk may be cheaper or dearer than yours, and may not reach what survives a power cut. Systems that "
         "sync "
         "for each delivery gain most from a cheap one.\n"
         "- Long runs: windows are seconds long. Only the growth part sees the checkpoints of a large database.\n"
         "- Every way to use the peers: each is one way to write the same service with care, in one process, with the settings named above.\n"
         "- Bodies of another size, or fields of another shape: all have some 450 bytes. Ids of associations are ObjectIds, with the second in "
         "front, but for ingest-random-ids.\n"
         "- Why what is not reached is not: where the time goes stands in [where-the-time-goes.md](where-the-time-goes.md).\n";
}

}  // namespace

std::string to_markdown(const Results& results, const Heading& heading) {
  return heading_part(heading) + notices_part(results) + reading_part(heading) + workloads_part(results) + disk_part(results) + growth_part(results) +
         ratios_part(results) + goals_part(results) + limits_part();
}

}  // namespace ledger::bench
