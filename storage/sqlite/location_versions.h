// Tells whoever remembers answers about a location when they may no longer be given.
#pragma once

#include "domain/event_store.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace ledger::storage {

/// A counter for each location, or rather for each of a fixed number of groups of them, told apart by a hash: 512 KiB, whatever the ledger holds. Two
/// locations of one group only make each other's answers be asked for anew.
///
/// The writer marks a location before the COMMIT that changes it, and settles the mark when the outcome stands: so no answer is remembered under the
/// version that a reader, on a connection of its own, could already have seen past. current() is for any thread, Change for the writer's.
class LocationVersions {
 public:
  LocationVersions();

  /// As EventStore::version_of().
  [[nodiscard]] std::optional<LocationVersion> current(const LocationId& location) const noexcept;

  /// The marks of one transaction, which its end settles, however it ends.
  class Change {
   public:
    explicit Change(LocationVersions& versions) noexcept : versions_(versions) {}
    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;
    ~Change();

    /// Before the COMMIT.
    void mark(const LocationId& location);

   private:
    LocationVersions& versions_;
    std::vector<std::size_t> marked_;
  };

 private:
  static constexpr std::size_t kCounters = std::size_t{1} << 16U;
  [[nodiscard]] static std::size_t group_of(const LocationId& location) noexcept;

  /// Odd while a change is under way.
  std::unique_ptr<std::array<std::atomic<std::uint64_t>, kCounters>> counters_;
};

}  // namespace ledger::storage
