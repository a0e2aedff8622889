// SQLite's memory, of which an allocation fails when a test says so.
#pragma once

#include "tests/support/simulated_vfs.h"

#include <cstddef>

namespace ledger::test {

/// Stands between SQLite and its allocator while it lives. There can be one at a time. REQUIRES, when it comes and when it goes, that no connection
/// is open. Allocations of C++ are not touched.
class FailingMemory {
 public:
  FailingMemory();
  FailingMemory(const FailingMemory&) = delete;
  FailingMemory& operator=(const FailingMemory&) = delete;
  ~FailingMemory();

  /// So many allocations still succeed.
  void fail(std::size_t after, Fault::Extent extent) noexcept;
  void heal() noexcept;
  /// True once an allocation has failed, until heal().
  [[nodiscard]] bool has_struck() const noexcept;

  /// For one scope allocations neither fail nor count.
  class Pause {
   public:
    Pause() noexcept;
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;
    ~Pause();
  };
};

}  // namespace ledger::test
