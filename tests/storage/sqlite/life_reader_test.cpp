// Late Creates and Deletes: the state is that of the fold in every order of arrival, and costs what lies around them.
#include "storage/sqlite/life_reader.h"

#include "storage/sqlite/group_committer.h"
#include "storage/sqlite/stored_fold.h"
#include "storage/sqlite/verify.h"
#include "tests/support/evidence.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/rounds.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <numeric>
#include <string>

namespace ledger::storage::life_reader_test {
namespace {

const Progress kNoProgress = [](std::int64_t, std::int64_t) {};

class LifeReaderTest : public testing::Test {
 protected:
  void append(const std::vector<NewEvent>& events) {
    GroupCommitter committer({options_, {}, 0}, clock_, log_);
    std::vector<Ticket> group;
    group.reserve(events.size());
    for (const NewEvent& event : events) group.emplace_back(AppendTicket{event, [](const Result<Appended>&) {}});
    committer.commit(group);
  }

  /// The state and the deletion history are what all events of each subject fold to.
  void expect_folded() {
    const VerifyReport report = verify(options_.path, {}, kNoProgress).value();
    EXPECT_EQ(report.divergence.value_or("none"), "none");
    EXPECT_GT(report.events, 0);
  }

  static AssociationKey key(std::size_t number) { return {LocationId("L" + std::to_string(number)), AssociationId("a")}; }

  test::TempDirectory directory_;
  ConnectionOptions options_{directory_.file("ledger.db"), "", 100};
  test::FakeClock clock_;
  test::RecordingLog log_;
};

/// Events of an association, a relation and a location, mostly Creates and Deletes.
std::vector<NewEvent> random_events(test::Random& random, std::size_t count, const AssociationKey& key, test::Dating dating) {
  std::vector<NewEvent> events;
  while (events.size() < count) {
    NewEvent event = test::random_event_of_any_kind(random, key, dating);
    if (event.decoded.kind == EventKind::association_update && random.chance(50)) continue;
    events.push_back(std::move(event));
  }
  return events;
}

/// The same event of another location.
NewEvent moved(const NewEvent& event, const AssociationKey& from, const AssociationKey& to) {
  std::string body = event.delivery.body;
  const std::string old = '"' + from.location.value() + '"';
  body.replace(body.find(old), old.size(), '"' + to.location.value() + '"');
  return test::new_event(std::move(body), event.decoded.kind);
}

TEST_F(LifeReaderTest, EveryOrderOfArrivalOfASmallSetLeavesTheFoldOfItsEvents) {
  const std::uint64_t seed = test::test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  test::Random random(seed);
  std::vector<NewEvent> arrivals;
  std::size_t orders = 0;
  for (std::size_t set = 0; set < test::scaled(60); ++set) {
    const AssociationKey from = key(orders);
    const std::vector<NewEvent> events = random_events(random, 2 + random.below(4), from, random.chance(80) ? test::Dating::all : test::Dating::some);
    std::vector<std::size_t> order(events.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    do {
      const AssociationKey to = key(orders++);
      for (const std::size_t index : order) arrivals.push_back(moved(events[index], from, to));
    } while (std::next_permutation(order.begin(), order.end()));
  }
  append(arrivals);
  expect_folded();
  test::evidence(orders, "orders of arrival in SQLite");
}

TEST_F(LifeReaderTest, RandomOrdersOfLargeSetsLeaveTheFoldOfTheirEvents) {
  const std::uint64_t seed = test::test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  test::Random random(seed);
  std::vector<NewEvent> arrivals;
  std::size_t sets = 0;
  for (; sets < test::scaled(200); ++sets) {
    const auto dating = random.chance(70) ? test::Dating::all : test::Dating::some;
    for (NewEvent& event : random_events(random, 5 + random.below(60), key(sets), dating)) arrivals.push_back(std::move(event));
  }
  append(arrivals);
  expect_folded();
  test::evidence(sets, "large sets of late events in SQLite");
}

std::string minute(int number) {
  return format_rfc3339(std::chrono::sys_days{std::chrono::year{2026} / 11 / 1} + std::chrono::minutes(number));
}

NewEvent event_at(const std::string& type, int number) {
  const std::string label = type + std::to_string(number);
  return test::new_event(
      R"({"type":")" + type + R"(","locationId":"L","id":"a","firstObjectLabel":")" + label + R"(","timestamp":")" + minute(number) + R"("})",
      std::nullopt);
}

/// Counts the steps of SQLite's virtual machine in units of 100.
int count_steps(void* count) {
  ++*static_cast<int*>(count);
  return 0;
}

// An observation can end lives and begin them by rules of its own, so the history is folded.
TEST_F(LifeReaderTest, DoesNotDecideAboutLivesWithAnObservation) {
  append({event_at("AssociationCreate", 1), event_at("AssociationUpdate", 5)});
  const NewEvent late = event_at("AssociationDelete", 3);
  append({late});
  const FoldEvent event = test::fold_event(late, Sequence(3), clock_.now());
  for (const EventKind kind : {EventKind::association_update, EventKind::observed, EventKind::missing}) {
    SQLite::Database database = open_writer(options_);
    trust_to_append(database);  // Without guards.
    database.exec("UPDATE event SET kind = " + std::to_string(static_cast<int>(kind)) + " WHERE sequence = 2");
    EXPECT_EQ(LifeReader(database).changed_by(SubjectRef(1), event).has_value(), kind == EventKind::association_update) << name(kind);
  }
}

// One association with many updates must not make late Creates and Deletes expensive for everybody else.
TEST_F(LifeReaderTest, ALateCreateOrDeleteReadsTheLivesAroundItAndNoHistory) {
  constexpr int kUpdates = 5'000;
  std::vector<NewEvent> events;
  events.reserve(kUpdates);
  for (int i = 0; i < kUpdates; ++i) events.push_back(event_at("AssociationUpdate", 2 * i));
  append(events);
  int late = 1;
  std::int64_t sequence = kUpdates;
  for (const char* const type : {"AssociationDelete", "AssociationCreate", "AssociationCreate", "AssociationDelete", "AssociationUpdate"}) {
    const NewEvent event = event_at(type, late);
    append({event});
    late += kUpdates / 4 * 2;
    SQLite::Database database = open_reader(options_);
    LifeReader lives(database);
    StoredFold fold(database);
    int steps = 0;
    sqlite3_progress_handler(database.getHandle(), 100, &count_steps, &steps);
    const FoldEvent folded = test::fold_event(event, Sequence(++sequence), clock_.now());
    const auto changed = lives.changed_by(SubjectRef(1), folded);
    ASSERT_TRUE(changed.has_value()) << type;
    for (const Life& life : changed->after) EXPECT_NE(fold.definition_of(SubjectRef(1), life, folded.definition), Definition());
    // Five steps for each event in the index, a few times over. A fold takes more than a hundred for each.
    EXPECT_LT(100 * steps, 30 * kUpdates) << type;
    sqlite3_progress_handler(database.getHandle(), 0, nullptr, nullptr);
  }
  expect_folded();
}

}  // namespace
}  // namespace ledger::storage::life_reader_test
