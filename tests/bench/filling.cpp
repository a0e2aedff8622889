// Computes the content from numbers.
#include "tests/bench/filling.h"

#include "tests/bench/deliveries.h"

#include <algorithm>

namespace ledger::bench {
namespace {

constexpr std::uint64_t kRound = 10;
constexpr std::uint64_t kCreates = 8;  // First in each round; then come an update and a delete.

}  // namespace

Filling::Step Filling::step(std::uint64_t index) noexcept {
  const std::uint64_t place = index % kRound;
  const std::uint64_t created = associations(index);
  if (place < kCreates) return {EventKind::association_create, created};
  return {place == kCreates ? EventKind::association_update : EventKind::association_delete, mixed(index) % created};
}

std::uint64_t Filling::associations(std::uint64_t events) noexcept {
  return events / kRound * kCreates + std::min(events % kRound, kCreates);
}

std::uint64_t Filling::location_of(std::uint64_t association) const noexcept {
  return mixed(~association) % locations_;
}

}  // namespace ledger::bench
