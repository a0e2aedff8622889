// The counter that sync_counter.cpp keeps from within the measured programs.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace ledger::bench {

/// A file with the counter, made at `file` and shared with every program that is started with the environment.
class SyncCount {
 public:
  /// `library` is the one that sync_counter.cpp is built into. Throws std::runtime_error.
  SyncCount(const std::string& library, const std::string& file);
  SyncCount(const SyncCount&) = delete;
  SyncCount& operator=(const SyncCount&) = delete;
  ~SyncCount();

  [[nodiscard]] const std::vector<std::string>& environment() const noexcept { return environment_; }
  /// Calls of fdatasync and fsync so far.
  [[nodiscard]] std::uint64_t value() const noexcept { return counter_->load(std::memory_order_relaxed); }

 private:
  std::vector<std::string> environment_;
  std::atomic<std::uint64_t>* counter_ = nullptr;
};

}  // namespace ledger::bench
