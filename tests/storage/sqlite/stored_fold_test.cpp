// Folding from the log: one subject, and all of them in one pass.
#include "storage/sqlite/stored_fold.h"

#include "storage/sqlite/group_committer.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <limits>
#include <string>

namespace ledger::storage::stored_fold_test {
namespace {

class FoldOfAllTest : public testing::Test {
 protected:
  void fill(std::uint64_t seed, std::size_t events, std::size_t associations) {
    GroupCommitter committer({options_, {}, 0}, clock_, log_);
    test::Random random(seed);
    std::vector<Ticket> group;
    for (std::size_t i = 0; i < events; ++i) {
      // One has a fiftieth of all, so that batches end unevenly.
      const std::size_t which = random.chance(2) ? 0 : random.below(associations);
      const AssociationKey key{LocationId("L" + std::to_string(which % 3)), AssociationId("a" + std::to_string(which))};
      group.emplace_back(AppendTicket{test::random_event_of_any_kind(random, key, test::Dating::some), [](const Result<Appended>&) {}});
    }
    committer.commit(group);
  }

  test::TempDirectory directory_;
  ConnectionOptions options_{directory_.file("ledger.db"), "", 100};
  test::FakeClock clock_;
  test::RecordingLog log_;
};

TEST_F(FoldOfAllTest, GivesEverySubjectAsAskingForEachDoes) {
  const std::uint64_t seed = test::test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  fill(seed, 12'000, 3'000);
  SQLite::Database database = open_reader(options_);
  StoredFold each(database);
  FoldOfAll all(database);
  std::int64_t events = 0;
  std::int64_t last = 0;
  while (const FoldOfAll::Folded* const folded = all.next()) {
    EXPECT_EQ(folded->ref.value(), last + 1) << "in the order of the surrogates, none left out";
    last = folded->ref.value();
    events += folded->events;
    ASSERT_EQ(folded->folded, each.fold_subject(folded->ref, Sequence(std::numeric_limits<std::int64_t>::max()))) << last;
  }
  EXPECT_EQ(events, database.execAndGet("SELECT count(*) FROM event").getInt64());
  EXPECT_EQ(last, database.execAndGet("SELECT count(*) FROM subject").getInt64());
  EXPECT_EQ(all.next(), nullptr) << "and nothing again behind the end";
}

TEST_F(FoldOfAllTest, OfAnEmptyLedgerGivesNothing) {
  fill(1, 0, 1);
  SQLite::Database database = open_reader(options_);
  EXPECT_EQ(FoldOfAll(database).next(), nullptr);
}

TEST_F(FoldOfAllTest, TakesABodyThatCannotBeDecodedForOneThatCarriesNothing) {
  fill(1, 10, 2);
  SQLite::Database vandal(options_.path, SQLite::OPEN_READWRITE);
  vandal.exec("DROP TRIGGER event_is_not_updated; UPDATE event SET body = x'7b'");
  FoldOfAll all(vandal);
  while (const FoldOfAll::Folded* const folded = all.next()) {
    EXPECT_EQ(folded->folded.association.association.state.definition, Definition());
    EXPECT_EQ(folded->folded.relation.relation, Relation());
  }
}

/// Counts the steps of SQLite's virtual machine in units of 100.
int count_steps(void* count) {
  ++*static_cast<int*>(count);
  return 0;
}

// One association with many updates must not make a late one expensive for everybody else.
TEST_F(FoldOfAllTest, ALateUpdateReadsOnlyWhatOverridesIt) {
  GroupCommitter committer({options_, {}, 0}, clock_, log_);
  const auto update = [](int minute) {
    const std::string time = format_rfc3339(std::chrono::sys_days{std::chrono::year{2026} / 11 / 1} + std::chrono::minutes(minute));
    const std::string body =
        R"({"type":"AssociationUpdate","locationId":"L","id":"a","firstObjectLabel":"at )" + time + R"(","timestamp":")" + time + "\"}";
    return test::new_event(body, std::nullopt);
  };
  constexpr int kUpdates = 5'000;
  std::vector<Ticket> group;
  for (int i = 1; i <= kUpdates; ++i) group.emplace_back(AppendTicket{update(i), [](const Result<Appended>&) {}});
  committer.commit(group);

  SQLite::Database database = open_reader(options_);
  StoredFold fold(database);
  int steps = 0;
  sqlite3_progress_handler(database.getHandle(), 100, &count_steps, &steps);
  for (const int minute : {0, kUpdates / 2}) {
    const FoldEvent late = test::fold_event(update(minute), Sequence(kUpdates + 1), clock_.now());
    EXPECT_EQ(fold.not_overridden(SubjectRef(1), late), Definition()) << minute;
  }
  EXPECT_LT(steps, 10) << "less than 1,000 steps for both";
  sqlite3_progress_handler(database.getHandle(), 0, nullptr, nullptr);
}

}  // namespace
}  // namespace ledger::storage::stored_fold_test
