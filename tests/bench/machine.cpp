// Asks the kernel, the disk and the programs.
#include "tests/bench/machine.h"

#include "tests/bench/histogram.h"
#include "tests/bench/numbers.h"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace ledger::bench {
namespace {

/// The value of a line "name: value".
std::string value_in(const char* path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(name)) continue;
    const std::size_t value = line.find_first_not_of(" \t", line.find(':') + 1);
    if (value != std::string::npos) return line.substr(value);
  }
  return {};
}

std::string last_line(const std::string& text) {
  return text.substr(text.rfind('\n') + 1);
}

std::string compiler() {
#ifdef __clang__
  return __VERSION__;
#else
  return "g++ " __VERSION__;
#endif
}

std::string memory() {
  const std::string kibibytes = value_in("/proc/meminfo", "MemTotal");
  return kibibytes.empty() ? "" : ", " + decimal(std::stod(kibibytes) / (1024 * 1024), 1) + " GiB of memory";
}

/// Appends 4 KiB and syncs, again and again.
std::string disk(const std::string& directory) {
  constexpr auto kTime = std::chrono::milliseconds(500);
  const std::string path = directory + "/appended";
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
  const std::array<char, 4096> block{};
  Histogram latency;
  bool is_written = file >= 0;
  for (const std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
       is_written && std::chrono::steady_clock::now() - start < kTime;) {
    const std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
    is_written = ::write(file, block.data(), block.size()) == ssize_t{block.size()} && ::fdatasync(file) == 0;
    latency.record(static_cast<std::uint64_t>((std::chrono::steady_clock::now() - begin).count()));
  }
  ::close(file);
  static_cast<void>(std::remove(path.c_str()));
  if (!is_written) throw std::runtime_error("cannot write " + path);
  const auto micros = [&latency](double share) { return duration(static_cast<double>(latency.quantile(share)) / 1000); };
  return "4 KiB appended and synced: p50 " + micros(0.5) + ", p99 " + micros(0.99);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> describe_machine(const Tools& tools, const std::string& directory) {
  utsname kernel{};
  ::uname(&kernel);
  std::string versions = output_of({tools.ledger, "--version"});
  for (std::size_t end = 0; (end = versions.find('\n')) != std::string::npos;) versions.replace(end, 1, ", ");
  std::vector<std::pair<std::string, std::string>> facts = {
      {"machine", std::to_string(std::thread::hardware_concurrency()) + " cores (" + value_in("/proc/cpuinfo", "model name") + ")" + memory()},
      {"kernel", std::string(kernel.sysname) + " " + kernel.release},
      {"file system", last_line(output_of({"df", "--output=fstype", directory}))},
      {"disk", disk(directory)},
      {"compiler", compiler()},
      {"ledger", versions}};
  const std::string node = tools.peers.empty() ? "" : output_of({"node", "--version"});
  if (!node.empty()) facts.emplace_back("Node.js", node);
  return facts;
}

}  // namespace ledger::bench
