// The content of a filled database. A process that knows the number of events knows every id in it.
#pragma once

#include "domain/event.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace ledger::bench {

/// Of ten events, eight create an association, one updates an existing one and one deletes an existing one. Associations are numbered from 0.
class Filling {
 public:
  explicit Filling(std::size_t locations) : locations_(locations) {}

  struct Step {
    EventKind kind{};
    std::uint64_t association = 0;
  };
  /// The event that is recorded as sequence `index` + 1.
  [[nodiscard]] static Step step(std::uint64_t index) noexcept;
  /// The number of associations that the first `events` events create.
  [[nodiscard]] static std::uint64_t associations(std::uint64_t events) noexcept;

  /// The number of the location that an association is in.
  [[nodiscard]] std::uint64_t location_of(std::uint64_t association) const noexcept;

 private:
  std::size_t locations_;
};

}  // namespace ledger::bench
