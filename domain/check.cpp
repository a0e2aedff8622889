// Ends the process when an invariant is broken.
#include "domain/check.h"

#include <cstdio>
#include <cstdlib>

namespace ledger::detail {

void check_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "invariant broken: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace ledger::detail
