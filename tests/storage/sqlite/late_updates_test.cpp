// Late events of one association or relation cost about as much as events of many, so nobody else waits for them. Counted in steps of SQLite, not in
// time.
#include "storage/sqlite/group_committer.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <functional>
#include <string>

namespace ledger::storage::late_updates_test {
namespace {

std::int64_t steps = 0;  // SQLite gives the functions below no context.

int count_ten(void* /*context*/) {
  steps += 10;
  return 0;
}

int watch(sqlite3* connection, char** /*error*/, const sqlite3_api_routines* /*api*/) {
  sqlite3_progress_handler(connection, 10, &count_ten, nullptr);
  return SQLITE_OK;
}

constexpr int kUpdates = 3000;
constexpr int kMeasured = 500;
constexpr int kGroup = 50;

struct Order {
  const char* name;
  /// The minute of the update with this number; none: undated.
  std::function<std::optional<int>(int, test::Random&)> minute;
};

void PrintTo(const Order& order, std::ostream* out) {
  *out << order.name;
}

class LateEvents : public testing::Test {
 protected:
  LateEvents() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(&watch)); }
  ~LateEvents() override { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&watch)); }

  static NewEvent event(const std::string& type, const std::string& id, std::optional<int> minute, int number) {
    std::string time;
    if (minute) {
      const Timestamp at = std::chrono::sys_days{std::chrono::year{2026} / 11 / 1} + std::chrono::minutes(*minute);
      time = R"(,"timestamp":")" + format_rfc3339(at) + '"';
    }
    return test::new_event(
        R"({"type":")" + type + R"(","locationId":"L","id":")" + id + R"(","firstObjectLabel":")" + std::to_string(number) + '"' + time + "}",
        std::nullopt);
  }
  static NewEvent update(const std::string& id, std::optional<int> minute, int number) { return event("AssociationUpdate", id, minute, number); }

  /// The steps of the last kMeasured of kUpdates.
  std::int64_t measure(const std::function<NewEvent(int)>& event) {
    const test::TempDirectory directory;
    GroupCommitter committer({{directory.file("ledger.db"), "", 100}, {}, 0}, clock_, log_);
    for (int i = 0; i < kUpdates;) {
      if (i == kUpdates - kMeasured) steps = 0;
      std::vector<Ticket> group;
      for (const int end = i + kGroup; i < end; ++i) group.emplace_back(AppendTicket{event(i), [](const Result<Appended>&) {}});
      committer.commit(group);
      for (const Ticket& ticket : group) EXPECT_TRUE(std::get<AppendTicket>(ticket).outcome);
      clock_.advance(std::chrono::milliseconds(1));
    }
    return steps;
  }

  test::FakeClock clock_;
  test::RecordingLog log_;
};

TEST_F(LateEvents, ThatBeginAndEndLivesFoldNoHistory) {
  const std::uint64_t seed = test::test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  test::Random random(seed);
  for (const std::string subject : {"Association", "Relation"}) {
    const auto kind = [&] { return subject + (random.chance(50) ? "Create" : "Delete"); };
    const std::int64_t many = measure([&](int i) { return event(kind(), "a" + std::to_string(i % kMeasured), i, i); });
    // A long history, and then what comes late to it.
    const std::string first = subject == "Association" ? "AssociationUpdate" : "RelationCreate";
    const std::int64_t one = measure([&](int i) {
      if (i < kUpdates - kMeasured) return event(first, "a", i, i);
      return event(kind(), "a", static_cast<int>(random.below(kUpdates - kMeasured)), i);
    });
    // They pass over the history in the index. To fold it took more than 200 times the steps.
    EXPECT_LE(one, 20 * many) << subject;
  }
}

class LateUpdates : public LateEvents, public testing::WithParamInterface<Order> {};

TEST_P(LateUpdates, CostAtMostTwiceAsManyStepsAsUpdatesOfManyAssociations) {
  const std::uint64_t seed = test::test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  test::Random random(seed);
  const std::int64_t many = measure([](int i) { return update("a" + std::to_string(i % kMeasured), i, i); });
  const std::int64_t one = measure([&](int i) { return update("a", GetParam().minute(i, random), i); });
  EXPECT_GT(many, 0);
  EXPECT_LE(one, 2 * many);
}

INSTANTIATE_TEST_SUITE_P(, LateUpdates,
                         testing::Values(Order{"Ascending", [](int i, test::Random&) { return i; }},
                                         Order{"Reversed", [](int i, test::Random&) { return kUpdates - i; }},
                                         Order{"Random", [](int, test::Random& random) { return static_cast<int>(random.below(kUpdates)); }},
                                         Order{"InPairs", [](int i, test::Random&) { return i / 2; }},
                                         Order{"Undated", [](int, test::Random&) { return std::nullopt; }},
                                         Order{"BehindOneOfTheFuture", [](int i, test::Random&) { return i == 0 ? 4'000'000 : i; }}),
                         [](const testing::TestParamInfo<Order>& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace ledger::storage::late_updates_test
