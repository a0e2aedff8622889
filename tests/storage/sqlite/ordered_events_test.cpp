// Events in the order of the fold, also where their bodies decide, and how much memory that takes.
#include "storage/sqlite/ordered_events.h"

#include "storage/sqlite/group_committer.h"
#include "storage/sqlite/stored_fold.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <limits>
#include <string>

namespace ledger::storage::ordered_events_test {
namespace {

constexpr const char* kAll = "WHERE subject_ref = 1 ORDER BY effective_at";

class OrderedEventsTest : public testing::Test {
 protected:
  void append(std::vector<NewEvent> events) {
    GroupCommitter committer({options_, {}, 0}, clock_, log_);
    std::vector<Ticket> group;
    group.reserve(events.size());
    for (NewEvent& event : events) group.emplace_back(AppendTicket{std::move(event), [](const Result<Appended>&) {}});
    committer.commit(group);
  }

  /// `padding` bytes stand in front of what tells two events apart.
  static NewEvent update(const std::string& time, std::size_t padding, int number) {
    const std::string timestamp = time.empty() ? "" : R"("timestamp":")" + time + "\",";
    return test::new_event(R"({"type":"AssociationUpdate",)" + timestamp + R"("locationId":"L","id":"a","early":)" + std::to_string(number % 3) +
                               R"(,"padding":")" + std::string(padding, 'x') + R"(","firstObjectLabel":")" + std::to_string(number) + "\"}",
                           std::nullopt);
  }

  static std::vector<FoldEvent> read(SQLite::Database& database, const char* condition, ReadingOrder order) {
    TieOrder ties(database);
    SQLite::Statement select(database, std::string(kFoldColumns) + condition);
    Query row(select);
    OrderedEvents events(row, ties, order);
    std::vector<FoldEvent> all;
    while (auto item = events.next()) all.push_back(std::move(item->event));
    return all;
  }

  static std::vector<Sequence> sequences(const std::vector<FoldEvent>& events) {
    std::vector<Sequence> sequences;
    sequences.reserve(events.size());
    for (const FoldEvent& event : events) sequences.push_back(event.sequence);
    return sequences;
  }

  test::TempDirectory directory_;
  ConnectionOptions options_{directory_.file("ledger.db"), "", 100};
  test::FakeClock clock_;
  test::RecordingLog log_;
};

TEST_F(OrderedEventsTest, AreInTheOrderOfTheFoldWhereverTheirBodiesDiffer) {
  const std::uint64_t seed = test::test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  test::Random random(seed);
  std::vector<NewEvent> events;
  for (int i = 0; i < 300; ++i) {
    const std::string time = random.chance(20) ? "" : "2026-11-07T10:00:00.00" + std::to_string(random.below(4)) + "Z";
    // Some differ early, some late, and some twice in places that are far from each other.
    const std::size_t padding = random.pick(std::vector<std::size_t>{0, 0, 170, 250, 260, 600, 600, 601});
    events.push_back(update(time, padding, static_cast<int>(random.below(50))));
  }
  append(std::move(events));

  SQLite::Database database = open_reader(options_);
  const std::vector<FoldEvent> forwards = read(database, kAll, ReadingOrder::oldest_first);
  std::vector<FoldEvent> expected = forwards;
  random.shuffle(expected);
  std::sort(expected.begin(), expected.end(), [](const FoldEvent& left, const FoldEvent& right) { return fold_order(left, right) < 0; });
  ASSERT_EQ(forwards.size(), 300U);
  EXPECT_EQ(sequences(forwards), sequences(expected));

  std::vector<Sequence> backwards = sequences(read(database, "WHERE subject_ref = 1 ORDER BY effective_at DESC", ReadingOrder::newest_first));
  std::reverse(backwards.begin(), backwards.end());
  EXPECT_EQ(backwards, sequences(expected));
}

/// SQLite counts its memory while this lives. REQUIRES that no connection is open at either end.
class CountedMemory {
 public:
  CountedMemory() { configure(1); }
  CountedMemory(const CountedMemory&) = delete;
  CountedMemory& operator=(const CountedMemory&) = delete;
  ~CountedMemory() { configure(0); }

 private:
  static void configure(int counts) {
    sqlite3_shutdown();
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, counts);
    sqlite3_initialize();
  }
};

// 1,500 bodies of 1 MB took 3.5 GB.
TEST_F(OrderedEventsTest, TakesTheMemoryOfTwoBodiesHoweverManyHaveOneTime) {
  constexpr std::size_t kBodyBytes = std::size_t{256} * 1024;
  constexpr int kBodies = 200;
  constexpr std::int64_t kCacheBytes = std::int64_t{4} * 1024 * 1024;
  std::vector<NewEvent> events;
  events.reserve(kBodies);
  for (int i = 0; i < kBodies; ++i) events.push_back(update("2026-11-07T10:00:00Z", kBodyBytes, 3000 + i * 37 % kBodies * 3));
  append(std::move(events));
  prepare_sqlite();
  const CountedMemory counted;
  {
    SQLite::Database database = open_reader(options_);
    StoredFold fold(database);
    sqlite3_memory_highwater(1);
    const auto folded = fold.fold_through(SubjectRef(1), {}, Sequence(std::numeric_limits<std::int64_t>::max()));
    EXPECT_EQ(folded->association.state.definition->first_object_label, std::to_string(3000 + 3 * (kBodies - 1)));
    EXPECT_GT(sqlite3_memory_highwater(0), 0) << "it is counted";
    EXPECT_LT(sqlite3_memory_highwater(0), kCacheBytes + std::int64_t{12} * kBodyBytes);

    sqlite3_memory_highwater(1);
    FoldOfAll all(database);
    ASSERT_NE(all.next(), nullptr);
    EXPECT_LT(sqlite3_memory_highwater(0), kCacheBytes + std::int64_t{12} * kBodyBytes);
  }
}

}  // namespace
}  // namespace ledger::storage::ordered_events_test
