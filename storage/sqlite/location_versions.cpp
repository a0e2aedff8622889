// Tells whoever remembers answers about a location when they may no longer be given.
#include "storage/sqlite/location_versions.h"

#include <functional>

namespace ledger::storage {

LocationVersions::LocationVersions() : counters_(std::make_unique<std::array<std::atomic<std::uint64_t>, kCounters>>()) {}

std::size_t LocationVersions::group_of(const LocationId& location) noexcept {
  return std::hash<std::string>()(location.value()) % kCounters;
}

std::optional<LocationVersion> LocationVersions::current(const LocationId& location) const noexcept {
  const std::uint64_t version = (*counters_)[group_of(location)].load();
  if (version % 2 != 0) return std::nullopt;
  return LocationVersion(version);
}

void LocationVersions::Change::mark(const LocationId& location) {
  const std::size_t group = group_of(location);
  std::atomic<std::uint64_t>& counter = (*versions_.counters_)[group];
  if (counter.load() % 2 != 0) return;
  marked_.push_back(group);
  ++counter;
}

LocationVersions::Change::~Change() {
  for (const std::size_t group : marked_) ++(*versions_.counters_)[group];
}

}  // namespace ledger::storage
