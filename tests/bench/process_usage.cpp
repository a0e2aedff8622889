// Reads /proc.
#include "tests/bench/process_usage.h"

#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace ledger::bench {
namespace {

struct Stat {
  pid_t parent = 0;
  double cpu_s = 0;
};

std::optional<Stat> read_stat(const std::string& directory) {
  std::ifstream file(directory + "/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  // The name of the program stands in parentheses and may hold anything; behind it: state, parent, …; from the twelfth on, ticks.
  std::istringstream fields(line.substr(line.rfind(')') + 1));
  std::vector<std::string> values;
  for (std::string value; fields >> value;) values.push_back(value);
  if (values.size() < 15) return std::nullopt;
  double ticks = 0;
  for (std::size_t i = 11; i < 15; ++i) ticks += std::stod(values[i]);
  return Stat{static_cast<pid_t>(std::stol(values[1])), ticks / static_cast<double>(::sysconf(_SC_CLK_TCK))};
}

/// Of a line like "VmRSS:     1234 kB".
std::uint64_t bytes_of(const std::string& directory, const std::string& name) {
  std::ifstream file(directory + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name)) return 1024 * std::stoull(line.substr(name.size()));
  }
  return 0;
}

bool descends_from(pid_t process, pid_t root, const std::map<pid_t, Stat>& all) {
  while (process != root) {
    const auto found = all.find(process);
    if (found == all.end() || found->second.parent == 0) return false;
    process = found->second.parent;
  }
  return true;
}

}  // namespace

ProcessUsage usage_with_descendants(pid_t root) {
  std::map<pid_t, Stat> all;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    pid_t process = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), process).ec != std::errc{}) continue;
    if (const auto stat = read_stat(entry.path())) all.emplace(process, *stat);
  }
  ProcessUsage sum;
  for (const auto& [process, stat] : all) {
    if (!descends_from(process, root, all)) continue;
    const std::string directory = "/proc/" + std::to_string(process);
    sum.cpu_s += stat.cpu_s;
    sum.rss_bytes += bytes_of(directory, "VmRSS:");
    sum.rss_max_bytes += bytes_of(directory, "VmHWM:");
  }
  return sum;
}

double own_cpu_s() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace ledger::bench
