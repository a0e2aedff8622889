// Asks the kernel and the programs themselves.
#include "tests/bench/machine.h"

#include "tests/bench/numbers.h"

#include <sys/utsname.h>

#include <fstream>
#include <thread>

namespace ledger::bench {
namespace {

/// What stands behind `name` and a colon in a file of the kernel.
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
      {"compiler", compiler()},
      {"ledger", versions}};
  const std::string node = tools.peers.empty() ? "" : output_of({"node", "--version"});
  if (!node.empty()) facts.emplace_back("Node.js", node);
  return facts;
}

}  // namespace ledger::bench
