// What a short reader refuses, since it would take long. What it answers is tested in tests/contract/.
#include "storage/sqlite/association_reader.h"

#include "storage/sqlite/group_committer.h"
#include "storage/sqlite/reader.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ledger::storage::association_reader_test {
namespace {

/// Longer than any test may take, so that no result depends on the machine's speed.
constexpr int kNoDeadlineMs = 600'000;

class ShortReaderTest : public testing::Test {
 protected:
  void append(const std::vector<std::string>& bodies) {
    std::vector<Ticket> tickets;
    tickets.reserve(bodies.size());
    for (const std::string& body : bodies) {
      tickets.emplace_back(AppendTicket{test::new_event(body, std::nullopt), [](const Result<Appended>&) {}});
    }
    committer_.commit(tickets);
  }

  /// Associations of location L, numbered from 10,000 on.
  void fill(int associations) {
    std::vector<std::string> bodies;
    bodies.reserve(static_cast<std::size_t>(associations));
    for (int i = 0; i < associations; ++i) bodies.push_back(event("Create", std::to_string(10'000 + i)));
    append(bodies);
  }

  static std::string event(const std::string& kind, const std::string& id, const std::string& more = "") {
    return R"({"type":"Association)" + kind + R"(","locationId":"L","id":")" + id + "\"" + more + "}";
  }

  static AssociationQuery list() {
    AssociationQuery query;
    query.location = LocationId("L");
    return query;
  }

  void expect_not_short(const AssociationQuery& query) {
    Reader reader(options_, kNoDeadlineMs, log_, Effort::little);
    const auto page = reader.list_associations(query);
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, Errc::unavailable);
    EXPECT_EQ(page.error().reason, "question-not-short");
    EXPECT_TRUE(log_.lines("read_failed").empty()) << "it is no failure";
  }

  test::TempDirectory directory_;
  test::FakeClock clock_;
  test::RecordingLog log_;
  ConnectionOptions options_{directory_.file("ledger.db"), "", 100};
  GroupCommitter committer_{{options_, {}, 0}, clock_, log_};
};

TEST_F(ShortReaderTest, AnswersAPageOfALongList) {
  fill(2'000);
  Reader reader(options_, kNoDeadlineMs, log_, Effort::little);
  const auto page = reader.list_associations(list());
  ASSERT_TRUE(page);
  EXPECT_EQ(page->associations.size(), 100U);
  EXPECT_EQ(page->next, AssociationId("10099"));
}

TEST_F(ShortReaderTest, EndsAtItsDeadline) {
  fill(900);
  AssociationQuery query = list();
  query.filter.key = "none has it";
  Reader reader(options_, 0, log_, Effort::little);
  EXPECT_EQ(reader.list_associations(query).error().reason, "read-timeout");
}

TEST_F(ShortReaderTest, RefusesALongPage) {
  AssociationQuery query = list();
  query.limit = 101;
  expect_not_short(query);
}

TEST_F(ShortReaderTest, RefusesAFilterThatLooksAtManyRows) {
  fill(1'001);
  AssociationQuery query = list();
  query.filter.key = "none has it";
  expect_not_short(query);
}

TEST_F(ShortReaderTest, RefusesManyTexts) {
  const std::string text(std::size_t{200} * 1024, 'x');
  append({event("Create", "a", R"(,"key":")" + text + "\""), event("Create", "b", R"(,"key":")" + text + "\""), event("Create", "c")});
  expect_not_short(list());
}

TEST_F(ShortReaderTest, RefusesThePastOfAnAssociationThatChangedSince) {
  append({event("Create", "a"), event("Create", "b"), event("Update", "a")});
  AssociationQuery query = list();
  query.as_of = Sequence(2);
  expect_not_short(query);
}

TEST_F(ShortReaderTest, AnswersAPastThatIsStillThePresent) {
  append({event("Create", "a"), event("Create", "b"), event("Create", "c")});
  AssociationQuery query = list();
  query.as_of = Sequence(2);
  Reader reader(options_, kNoDeadlineMs, log_, Effort::little);
  const auto page = reader.list_associations(query);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->as_of, Sequence(2));
  EXPECT_EQ(page->associations.size(), 2U);
}

}  // namespace
}  // namespace ledger::storage::association_reader_test
