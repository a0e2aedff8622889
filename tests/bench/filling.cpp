// Computes the content from numbers.
#include "tests/bench/filling.h"

#include "tests/bench/deliveries.h"

#include <algorithm>

namespace ledger::bench {
namespace {

constexpr std::uint64_t kRound = 10;
constexpr std::uint64_t kCreates = 6;  // First in each round.

}  // namespace

Filling::Step Filling::step(std::uint64_t index) noexcept {
  const std::uint64_t round = index / kRound;
  const std::uint64_t created = associations(index);
  switch (index % kRound) {
    case 6: return {.kind = EventKind::association_update, .association = mixed(index) % created, .is_late = round % 2 == 1};
    case 7: return {.kind = EventKind::association_delete, .association = mixed(index) % created};
    case 8: return relation_step(EventKind::relation_create, round);
    case 9: return relation_step(EventKind::relation_delete, mixed(index) % (round + 1));
    default: return {.kind = EventKind::association_create, .association = created};
  }
}

std::uint64_t Filling::associations(std::uint64_t events) noexcept {
  return events / kRound * kCreates + std::min(events % kRound, kCreates);
}

std::uint64_t Filling::location_of(std::uint64_t association) const noexcept {
  return mixed(~association) % locations_;
}

Filling::Step Filling::relation_step(EventKind kind, std::uint64_t relation) noexcept {
  return {.kind = kind, .association = mixed(~relation) % ((relation + 1) * kCreates), .relation = relation};
}

}  // namespace ledger::bench
