// A million steps of everything that can happen to a ledger, against the model; a seed that diverges replays alone.
#include "tests/durability/simulation.h"

#include "tests/support/evidence.h"
#include "tests/support/rounds.h"

#include <gtest/gtest.h>

namespace ledger::test::simulation_test {
namespace {

constexpr std::size_t kStepsOfARun = 1000;

/// Shards, so that more than one processor is used.
class SimulationRuns : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SimulationRuns, AgreeWithTheModelAtEveryStep) {
  const std::uint64_t first = test_seed() + GetParam() * 1'000'000;
  const std::size_t runs = scaled(250);
  Simulation::Counts total;
  std::size_t promised = 0;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    Simulation simulation(seed);
    for (std::size_t step = 0; step < kStepsOfARun && simulation.problem().empty(); ++step) simulation.step();
    simulation.finish();
    const Simulation::Counts& counts = simulation.counts();
    ASSERT_EQ(simulation.problem(), "") << "at step " << counts.steps << "; alone: LEDGER_TEST_SEED=" << seed
                                        << " LEDGER_TEST_SCALE_PERCENT=0, in shard 0";
    total.steps += counts.steps;
    total.questions += counts.questions;
    total.questions_within_commits += counts.questions_within_commits;
    total.faults += counts.faults;
    total.restarts += counts.restarts;
    promised += simulation.promised();
  }
  EXPECT_GT(total.questions_within_commits, 0U);
  EXPECT_GT(total.faults, 0U);
  evidence(total.steps, "steps of the simulation");
  evidence(promised, "events of the simulation, acknowledged and kept");
  evidence(total.questions, "questions of the simulation between commits");
  evidence(total.questions_within_commits, "questions of the simulation within commits");
  evidence(total.faults, "faults and ends of the simulation");
  evidence(total.restarts, "restarts of the simulation");
}

INSTANTIATE_TEST_SUITE_P(Shards, SimulationRuns, testing::Range(std::uint64_t{0}, std::uint64_t{4}));

}  // namespace
}  // namespace ledger::test::simulation_test
