// Controls failing_io.cpp in a running service: which calls fail.
#include "tests/e2e/faults.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace ledger::test {

std::vector<std::string> Faults::launcher() const {
  // GCC's sanitizer demands to be the first library. It need not be: these calls do not pass through it.
  const char* asan = std::getenv("ASAN_OPTIONS");
  return {"env", "LD_PRELOAD=" LEDGER_FAILING_IO, "LEDGER_FAULTS=" + path_,
          "ASAN_OPTIONS=" + std::string(asan == nullptr ? "" : asan) + ":verify_asan_link_order=0"};
}

void Faults::set(const std::vector<std::string>& rules) {
  const std::string next = path_ + ".next";
  {
    std::ofstream file(next);
    file << ++generation_ << '\n';
    for (const std::string& rule : rules) file << rule << '\n';
    if (!file.flush()) throw std::runtime_error("cannot write " + next);
  }
  // Replaces the file atomically, since the service may be reading it.
  std::filesystem::rename(next, path_);
}

}  // namespace ledger::test
