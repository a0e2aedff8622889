// The power is cut at every change of the disk, and ten thousand times at random: what was acknowledged is there afterwards, and nothing else is.
#include "tests/durability/ledger_rig.h"
#include "tests/support/evidence.h"
#include "tests/support/rounds.h"

#include <gtest/gtest.h>

#include <functional>

namespace ledger::test {
namespace {

using Crash = LedgerRig::Crash;

/// Everything that a ledger does to its disk, once: first start with migrations, groups, duplicates, checkpoints, the orderly end, rebuild, a start
/// on what is there, a log that starts over.
const std::vector<std::function<void(LedgerRig&)>>& life() {
  static const std::vector<std::function<void(LedgerRig&)>> steps = {
      [](LedgerRig& rig) { rig.start(); },   [](LedgerRig& rig) { rig.commit(1); },  [](LedgerRig& rig) { rig.commit(8); },
      [](LedgerRig& rig) { rig.commit(3); }, [](LedgerRig& rig) { rig.stop(); },     [](LedgerRig& rig) { rig.rebuild(); },
      [](LedgerRig& rig) { rig.start(); },   [](LedgerRig& rig) { rig.commit(12); }, [](LedgerRig& rig) { rig.commit(1); },
      [](LedgerRig& rig) { rig.commit(1); }, [](LedgerRig& rig) { rig.stop(); },
  };
  return steps;
}

/// Lives until the end that was set, if it comes. True when it came.
bool live(LedgerRig& rig) {
  for (const auto& step : life()) {
    step(rig);
    if (rig.vfs().has_ended()) return true;
    if (!rig.problem().empty()) return false;
  }
  return false;
}

/// After the end: back up, everything there, and able to go on until an orderly end of its own.
void come_back(LedgerRig& rig, Crash how) {
  rig.crash(how);
  if (!rig.start()) return;
  rig.commit(4);
  rig.stop();
  if (rig.start()) rig.stop();
}

class PowerCut : public testing::TestWithParam<Crash> {};

TEST_P(PowerCut, AtEveryChangeOfTheDiskLosesNothingAcknowledged) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  std::size_t ends = 0;
  for (std::size_t turn = 0; turn < scaled(4); ++turn) {
    for (std::size_t change = 0;; ++change) {
      LedgerRig rig(seed + turn, {});
      rig.vfs().end_at(change);
      const bool ended = live(rig);
      if (ended) come_back(rig, GetParam());
      ASSERT_EQ(rig.problem(), "") << "ended at change " << change << " of round " << turn;
      if (!ended) break;
      ++ends;
    }
  }
  evidence(ends, GetParam() == Crash::power_cut ? "power cuts, one at every change of the disk" : "kills, one at every change of the disk");
}

/// A ledger that has made its schema, and nothing else: most runs are about what comes after.
const SimulatedDisk& fresh_ledger() {
  static const SimulatedDisk image = [] {
    LedgerRig rig(1, {});
    rig.start();
    rig.stop();
    return rig.vfs().image();
  }();
  return image;
}

/// One thing that happens to a ledger.
void step(LedgerRig& rig) {
  Random& random = rig.random();
  rig.clock().advance(std::chrono::milliseconds(random.below(3)));
  if (!rig.is_running()) {
    if (random.chance(20)) rig.rebuild();
    rig.start();
  } else if (rig.is_poisoned()) {
    rig.drop();
  } else if (random.chance(8)) {
    rig.stop();
  } else {
    rig.commit(1 + random.below(5));
  }
}

/// Several lives on one disk, each ended at a random change by a power cut or by the death of the process alone.
void lead_a_random_life(LedgerRig& rig) {
  Random& random = rig.random();
  if (random.chance(80)) rig.vfs().load(fresh_ledger());
  for (std::size_t lives = 2 + random.below(4); lives > 0 && rig.problem().empty(); --lives) {
    rig.vfs().end_at(rig.vfs().changes() + random.below(random.chance(50) ? 12 : 120));
    for (std::size_t steps = 1 + random.below(12); steps > 0 && !rig.vfs().has_ended() && rig.problem().empty(); --steps) step(rig);
    rig.crash(random.chance(60) ? Crash::power_cut : Crash::killed);
  }
  if (rig.problem().empty() && rig.start()) rig.stop();
}

/// Shards, so that more than one processor is used.
class PowerCutRuns : public testing::TestWithParam<std::uint64_t> {};

TEST_P(PowerCutRuns, SeededLivesLoseNothingAcknowledged) {
  const std::uint64_t first = test_seed() + GetParam() * 1'000'000;
  const std::size_t runs = scaled(2'500);
  std::size_t promised = 0;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    LedgerRig rig(seed, {{static_cast<int>(1 + seed % 40), static_cast<int>(1 + seed % 40)}, {}});
    lead_a_random_life(rig);
    ASSERT_EQ(rig.problem(), "") << "alone: LEDGER_TEST_SEED=" << seed << " LEDGER_TEST_SCALE_PERCENT=0, in shard 0";
    promised += rig.promised();
  }
  evidence(runs, "seeded runs of several lives, each ended by a power cut or a kill");
  evidence(promised, "events acknowledged and found again after each of them");
}

INSTANTIATE_TEST_SUITE_P(Shards, PowerCutRuns, testing::Range(std::uint64_t{0}, std::uint64_t{4}));

INSTANTIATE_TEST_SUITE_P(Ends, PowerCut, testing::Values(Crash::power_cut, Crash::killed),
                         [](const auto& how) { return how.param == Crash::power_cut ? "PowerCut" : "Killed"; });

}  // namespace
}  // namespace ledger::test
