// Controls failing_io.cpp in a running service: which calls fail.
#pragma once

#include "tests/support/temp_directory.h"

#include <string>
#include <vector>

namespace ledger::test {

/// The faults of one service, none at first. failing_io.cpp describes the rules.
class Faults {
 public:
  /// The launcher for a Service with these faults.
  [[nodiscard]] std::vector<std::string> launcher() const;

  /// Replaces the rules and counts calls from 0 again. Throws std::runtime_error if the rules cannot be written.
  void set(const std::vector<std::string>& rules);
  void heal() { set({}); }

 private:
  TempDirectory directory_;
  std::string path_ = directory_.file("faults");
  int generation_ = 0;
};

}  // namespace ledger::test
