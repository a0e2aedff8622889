// What a database holds that was filled before it is measured: any process that knows how many events there are knows every id in it.
#pragma once

#include "domain/event.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace ledger::bench {

/// Of ten events, eight create an association, one updates and one deletes one of those that exist. Associations are numbered from 0.
class Filling {
 public:
  explicit Filling(std::size_t locations) : locations_(locations) {}

  struct Step {
    EventKind kind{};
    std::uint64_t association = 0;
  };
  /// The event that is recorded as sequence `index` + 1.
  [[nodiscard]] static Step step(std::uint64_t index) noexcept;
  /// How many associations the first `events` events create.
  [[nodiscard]] static std::uint64_t associations(std::uint64_t events) noexcept;

  /// Which of the locations an association is in.
  [[nodiscard]] std::uint64_t location_of(std::uint64_t association) const noexcept;

 private:
  std::size_t locations_;
};

}  // namespace ledger::bench
