// Shows how far the run is.
#pragma once

#include <chrono>
#include <string>

namespace ledger::bench {

/// Lines on standard error, each with the time since the start.
class Progress {
 public:
  void say(const std::string& what) const;

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace ledger::bench
