// The test's side of failing_io.cpp: what is to fail in a running service, switched on and off at will.
#pragma once

#include "tests/support/temp_directory.h"

#include <string>
#include <vector>

namespace ledger::test {

/// Faults of one service, none at first. See failing_io.cpp for what a rule says.
class Faults {
 public:
  /// The launcher of a Service that these faults strike.
  [[nodiscard]] std::vector<std::string> launcher() const;

  /// From now on these rules hold, and no others; calls are counted from here. Throws std::runtime_error when they cannot be written.
  void set(const std::vector<std::string>& rules);
  void heal() { set({}); }

 private:
  TempDirectory directory_;
  std::string path_ = directory_.file("faults");
  int generation_ = 0;
};

}  // namespace ledger::test
