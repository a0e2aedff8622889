// The content of a filled database. A process that knows the number of events knows every id in it.
#pragma once

#include "domain/event.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace ledger::bench {

/// Of ten events, six create an association, one updates an existing one (every second time with a timestamp that makes it late), one deletes an
/// existing one, one creates a relation of an existing one and one deletes an existing relation. Associations and relations are numbered from 0.
class Filling {
 public:
  explicit Filling(std::size_t locations) : locations_(locations) {}

  struct Step {
    EventKind kind{};
    std::uint64_t association = 0;
    std::uint64_t relation = 0;  ///< Only if `kind` is of a relation.
    bool is_late = false;
  };
  /// The event that is recorded as sequence `index` + 1.
  [[nodiscard]] static Step step(std::uint64_t index) noexcept;
  /// The number of associations that the first `events` events create.
  [[nodiscard]] static std::uint64_t associations(std::uint64_t events) noexcept;

  /// The number of the location that an association is in.
  [[nodiscard]] std::uint64_t location_of(std::uint64_t association) const noexcept;

 private:
  static Step relation_step(EventKind kind, std::uint64_t relation) noexcept;

  std::size_t locations_;
};

}  // namespace ledger::bench
