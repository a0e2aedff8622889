// What only a reader on SQLite can do wrong: run too long, or read a database that it does not know. What it answers is tested in tests/contract/.
#include "storage/sqlite/reader.h"

#include "storage/sqlite/group_committer.h"
#include "storage/sqlite/migrations.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

namespace ledger::storage::reader_test {
namespace {

class ReaderTest : public testing::Test {
 protected:
  /// One event each of the associations "a0000", "a0001", … of location L.
  void fill(int associations, const std::string& kind = "AssociationCreate") {
    GroupCommitter committer({options_, {}, 0}, clock_, log_);
    std::vector<Ticket> tickets;
    for (int i = 0; i < associations; ++i) {
      std::string body = R"({"type":")" + kind;
      body.append(R"(","locationId":"L","id":"a)").append(std::to_string(10'000 + i)).append("\"}");
      tickets.emplace_back(AppendTicket{test::new_event(body, std::nullopt), [](const Result<Appended>&) {}});
    }
    committer.commit(tickets);
  }

  void commit(const std::string& body) {
    std::vector<Ticket> ticket;
    ticket.emplace_back(AppendTicket{test::new_event(body, std::nullopt), [](const Result<Appended>&) {}});
    GroupCommitter({options_, {}, 0}, clock_, log_).commit(ticket);
  }

  /// Looks at every association of the location, and finds none that is deleted.
  static AssociationQuery none_of_many() {
    AssociationQuery query;
    query.location = LocationId("L");
    query.filter.status = StatusFilter::deleted;
    return query;
  }

  test::TempDirectory directory_;
  test::FakeClock clock_;
  test::RecordingLog log_;
  ConnectionOptions options_{directory_.file("ledger.db"), "", 100};
};

TEST_F(ReaderTest, EndsAtItsDeadline) {
  fill(2000);
  Reader reader(options_, 0, log_);
  const auto page = reader.list_associations(none_of_many());
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, Errc::unavailable);
  EXPECT_EQ(page.error().reason, "read-timeout");
  ASSERT_EQ(log_.lines("read_failed").size(), 1U);
  EXPECT_EQ(log_.lines("read_failed")[0].level, LogLevel::warning) << "nothing is broken";
}

TEST_F(ReaderTest, IsUsableAfterATimeout) {
  fill(2000);
  Reader reader(options_, 0, log_);
  ASSERT_FALSE(reader.list_associations(none_of_many()));
  EXPECT_TRUE(reader.find_event(Sequence(1))) << "too short for the deadline to be looked at";
}

TEST_F(ReaderTest, APageThatMatchesNothingIsBoundedAndSaysWhereToGoOn) {
  fill(10'001);
  Reader reader(options_, 60'000, log_);
  AssociationQuery query = none_of_many();
  const auto first = reader.list_associations(query);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->associations.empty());
  ASSERT_TRUE(first->next);
  query.after = first->next;
  EXPECT_FALSE(reader.list_associations(query)->next);
}

// Every association of the past is folded from its events, and a filter can leave all of them out.
TEST_F(ReaderTest, APageOfThePastThatMatchesNothingIsBoundedAndSaysWhereToGoOn) {
  constexpr int kAssociations = 60;
  constexpr int kEventsEach = 400;
  {
    GroupCommitter committer({options_, {}, 0}, clock_, log_);
    for (int i = 0; i < kAssociations; ++i) {
      std::vector<Ticket> tickets;
      for (int n = 0; n < kEventsEach; ++n) {
        const std::string body =
            R"({"type":"AssociationUpdate","locationId":"L","id":"a)" + std::to_string(10 + i) + R"(","n":")" + std::to_string(n) + "\"}";
        tickets.emplace_back(AppendTicket{test::new_event(body, std::nullopt), [](const Result<Appended>&) {}});
      }
      committer.commit(tickets);
    }
    std::vector<Ticket> last;  // So that every association but one has changed since.
    for (int i = 0; i < kAssociations; ++i) {
      const std::string body = R"({"type":"AssociationUpdate","locationId":"L","id":"a)" + std::to_string(10 + i) + "\"}";
      last.emplace_back(AppendTicket{test::new_event(body, std::nullopt), [](const Result<Appended>&) {}});
    }
    committer.commit(last);
  }
  Reader reader(options_, 60'000, log_);
  AssociationQuery query = none_of_many();
  query.as_of = Sequence(std::int64_t{kAssociations} * kEventsEach);
  const auto first = reader.list_associations(query);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->associations.empty());
  ASSERT_TRUE(first->next);
  query.after = first->next;
  EXPECT_FALSE(reader.list_associations(query)->next);
}

TEST_F(ReaderTest, ALocationThatLostNothingIsNotLookedThroughForDeletions) {
  fill(10'000);
  Reader reader(options_, 0, log_);
  DeletionQuery query;
  query.location = LocationId("L");
  const auto page = reader.list_deletions(query);
  ASSERT_TRUE(page) << "too short for the deadline to be looked at";
  EXPECT_TRUE(page->deletions.empty());
}

TEST_F(ReaderTest, OneDeletionOfManyIsReadAlone) {
  fill(3000, "AssociationDelete");
  Reader reader(options_, 0, log_);
  DeletionQuery query;
  query.location = LocationId("L");
  query.limit = 1;
  const auto page = reader.list_deletions(query);
  ASSERT_TRUE(page) << "too short for the deadline to be looked at";
  EXPECT_EQ(page->deletions.size(), 1U);
  EXPECT_TRUE(page->next);
  EXPECT_EQ(reader.list_locations({{}, 1})->locations[0].deleted_associations, 3000) << "counted before";
}

// A relation needs to know when its association ended last, and not what else was deleted.
TEST_F(ReaderTest, ARelationIsReadWithoutTheDeletionsOfOthers) {
  fill(3000, "AssociationDelete");
  commit(R"({"type":"RelationCreate","locationId":"L","id":"r","associationId":"a10007","timestamp":"2020-01-01T00:00:00Z"})");
  Reader reader(options_, 0, log_);
  RelationQuery query;
  query.location = LocationId("L");
  query.filter.status = StatusFilter::all;
  const auto page = reader.list_relations(query);
  ASSERT_TRUE(page) << "too short for the deadline to be looked at";
  ASSERT_EQ(page->relations.size(), 1U);
  EXPECT_EQ(name(page->relations[0].status), "association_deleted");

  SQLite::Database auditor = open_reader(options_);
  int steps = 0;
  sqlite3_progress_handler(
      auditor.getHandle(), 100, [](void* count) { return ++*static_cast<int*>(count), 0; }, &steps);
  EXPECT_EQ(auditor.execAndGet("SELECT status FROM relations WHERE location_id = 'L'").getString(), "association_deleted");
  EXPECT_LT(steps, 10) << "less than 1,000 steps";
}

TEST_F(ReaderTest, RefusesADatabaseThatWasNotMigrated) {
  { const SQLite::Database empty = open_writer(options_); }
  EXPECT_THAT([&] { const Reader reader(options_, 0, log_); }, testing::ThrowsMessage<std::runtime_error>(testing::HasSubstr("run migrate first")));
}

}  // namespace
}  // namespace ledger::storage::reader_test
