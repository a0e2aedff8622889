// One run of one test or fuzzer, whatever wrote the result down.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ledger::guarantees {

enum class Outcome { passed, failed, skipped };

/// What a run counted of itself: "[ EVIDENCE ] 4096 power cuts".
struct Evidence {
  std::uint64_t count = 0;
  std::string of_what;

  friend bool operator==(const Evidence&, const Evidence&) = default;
};

/// Where a file of results comes from.
struct Source {
  std::string suite;  ///< "debug", "asan", "tsan" or "fuzz".
  std::string seed;   ///< LEDGER_TEST_SEED of the run, empty where it was left to the tests.
};

struct Execution {
  Source source;        ///< A test that printed its seed knows it better than the file.
  std::string subject;  ///< "Suite.Test" or "fuzz:target", as a promise names it.
  Outcome outcome = Outcome::passed;
  std::vector<Evidence> evidence;
};

}  // namespace ledger::guarantees
