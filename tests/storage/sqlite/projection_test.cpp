// What is folded event by event is what the log folds to, for every kind of subject and every order of arrival.
#include "storage/sqlite/projection.h"

#include "storage/sqlite/group_committer.h"
#include "storage/sqlite/verify.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

namespace ledger::storage::projection_test {
namespace {

TEST(Projection, KeepsTheStateThatTheLogFoldsTo) {
  const std::uint64_t seed = test::test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  test::Random random(seed);
  const test::TempDirectory directory;
  const ConnectionOptions options{directory.file("ledger.db"), "", 100};
  test::FakeClock clock;
  test::RecordingLog log;
  {
    GroupCommitter committer({options, {}, 0}, clock, log);
    std::vector<Ticket> group;
    group.reserve(1'500);
    for (int i = 0; i < 1'500; ++i) group.emplace_back(AppendTicket{test::random_delivery(random, {}), [](const Result<Appended>&) {}});
    committer.commit(group);
  }
  const auto report = verify(options.path, {}, [](std::int64_t, std::int64_t) {});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->divergence, std::nullopt);
  EXPECT_EQ(report->relations, 12);
  EXPECT_EQ(report->associations, 12);
}

}  // namespace
}  // namespace ledger::storage::projection_test
