// Reads processor clocks and /proc.
#include "tests/bench/process_usage.h"

#include <time.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

namespace ledger::bench {
namespace {

double cpu_s_of(clockid_t clock) {
  timespec time{};
  if (::clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// The value of a line like "VmHWM:     1234 kB".
std::uint64_t bytes_of(const std::string& directory, const std::string& name) {
  std::ifstream file(directory + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name)) return 1024 * std::stoull(line.substr(name.size()));
  }
  return 0;
}

/// Each thread of a process has its own list of children.
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
  ProcessUsage sum;
  std::vector<pid_t> processes = {root};
  for (std::size_t i = 0; i < processes.size(); ++i) {
    const std::string directory = "/proc/" + std::to_string(processes[i]);
    // The clock counts nanoseconds; /proc/PID/stat counts hundredths of a second, which is too coarse for an idle service.
    clockid_t clock{};
    if (::clock_getcpuclockid(processes[i], &clock) == 0) sum.cpu_s += cpu_s_of(clock);
    sum.rss_max_bytes += bytes_of(directory, "VmHWM:");
    add_children(directory, processes);
  }
  return sum;
}

double own_cpu_s() {
  return cpu_s_of(CLOCK_PROCESS_CPUTIME_ID);
}

}  // namespace ledger::bench
