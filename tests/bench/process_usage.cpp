// Reads /proc.
#include "tests/bench/process_usage.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

namespace ledger::bench {
namespace {

/// In user and in kernel mode; nothing of a process that has ended.
std::optional<double> cpu_s_of(const std::string& directory) {
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
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// Of a line like "VmRSS:     1234 kB".
std::uint64_t bytes_of(const std::string& directory, const std::string& name) {
  std::ifstream file(directory + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name)) return 1024 * std::stoull(line.substr(name.size()));
  }
  return 0;
}

/// Each thread knows its own.
void add_children(const std::string& directory, std::vector<pid_t>& processes) {
  std::error_code ended;
  std::filesystem::directory_iterator thread(directory + "/task", ended);
  for (; !ended && thread != std::filesystem::directory_iterator(); thread.increment(ended)) {
    std::ifstream children(thread->path() / "children");
    for (pid_t child = 0; children >> child;) processes.push_back(child);
  }
}

}  // namespace

ProcessUsage usage_with_descendants(pid_t root) {
  // From parent to child, not by looking at all that run: that takes milliseconds, in which the generator that asks sends and receives nothing.
  ProcessUsage sum;
  std::vector<pid_t> processes = {root};
  for (std::size_t i = 0; i < processes.size(); ++i) {
    const std::string directory = "/proc/" + std::to_string(processes[i]);
    const std::optional<double> cpu_s = cpu_s_of(directory);
    if (!cpu_s) continue;
    sum.cpu_s += *cpu_s;
    sum.rss_bytes += bytes_of(directory, "VmRSS:");
    sum.rss_max_bytes += bytes_of(directory, "VmHWM:");
    add_children(directory, processes);
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
