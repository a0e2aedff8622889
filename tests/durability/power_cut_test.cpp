// The power is cut at every change of the disk, and ten thousand times at random: what was acknowledged is there afterwards, and nothing else is.
#include "tests/durability/lives.h"
#include "tests/support/evidence.h"
#include "tests/support/rounds.h"

#include <gtest/gtest.h>

namespace ledger::test::power_cut_test {
namespace {

using Crash = LedgerRig::Crash;

class EveryChange : public testing::TestWithParam<Crash> {};

TEST_P(EveryChange, CanBeTheLastOneAndNothingAcknowledgedIsLost) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  std::size_t ends = 0;
  for (std::size_t round = 0; round < scaled(4); ++round) {
    for (std::size_t change = 0;; ++change, ++ends) {
      LedgerRig rig(seed + round, {});
      rig.vfs().end_at(change);
      live_once(rig);
      const bool ended = rig.vfs().has_ended();
      come_back(rig, GetParam());
      ASSERT_EQ(rig.problem(), "") << "ended at change " << change << " of round " << round;
      if (!ended) break;
    }
  }
  evidence(ends,
           GetParam() == Crash::power_cut ? "power cuts, at every change of the disk in a life" : "kills, at every change of the disk in a life");
}

INSTANTIATE_TEST_SUITE_P(PowerCut, EveryChange, testing::Values(Crash::power_cut, Crash::killed),
                         [](const auto& how) { return how.param == Crash::power_cut ? "PowerCut" : "Killed"; });

/// Several lives on one disk, each ended at a random change by a power cut or by the death of the process alone.
void lead_a_random_life(LedgerRig& rig) {
  Random& random = rig.random();
  if (random.chance(80)) rig.vfs().load(fresh_ledger());  // Most runs are about what comes after the schema.
  for (std::size_t lives = 2 + random.below(4); lives > 0 && rig.problem().empty(); --lives) {
    rig.vfs().end_at(rig.vfs().changes() + random.below(random.chance(50) ? 12 : 120));
    for (std::size_t steps = 1 + random.below(12); steps > 0 && !rig.vfs().has_ended() && rig.problem().empty(); --steps) live_a_step(rig);
    rig.crash(random.chance(60) ? Crash::power_cut : Crash::killed);
  }
  if (rig.problem().empty() && rig.start()) rig.stop();
}

/// Shards, so that more than one processor is used.
class RandomLives : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomLives, EndAnywhereAndLoseNothingAcknowledged) {
  const std::uint64_t first = test_seed() + GetParam() * 1'000'000;
  const std::size_t runs = scaled(2'500);
  std::size_t promised = 0;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    const int pages = static_cast<int>(1 + seed % 40);
    LedgerRig rig(seed, {{pages, pages}, {}, nullptr});
    lead_a_random_life(rig);
    ASSERT_EQ(rig.problem(), "") << "alone: LEDGER_TEST_SEED=" << seed << " LEDGER_TEST_SCALE_PERCENT=0, in shard 0";
    promised += rig.promised();
  }
  evidence(runs, "seeded runs of several lives, each ended by a power cut or a kill");
  evidence(promised, "events acknowledged, and found after every restart");
}

INSTANTIATE_TEST_SUITE_P(PowerCut, RandomLives, testing::Range(std::uint64_t{0}, std::uint64_t{4}));

}  // namespace
}  // namespace ledger::test::power_cut_test
