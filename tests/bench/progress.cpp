// Prints lines of progress.
#include "tests/bench/progress.h"

#include <cstdio>

namespace ledger::bench {

void Progress::say(const std::string& what) const {
  const auto elapsed = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start_).count();
  std::fprintf(stderr, "[%4lld s] %s\n", static_cast<long long>(elapsed), what.c_str());
}

}  // namespace ledger::bench
