// What a test did, in numbers.
#include "tests/support/evidence.h"

#include <cstdio>

namespace ledger::test {

void evidence(std::size_t count, std::string_view of_what) {
  std::printf("[ EVIDENCE ] %zu %.*s\n", count, static_cast<int>(of_what.size()), of_what.data());
  std::fflush(stdout);
}

}  // namespace ledger::test
