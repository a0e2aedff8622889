// verify divides its work among threads and still finds what one would.
#include "tests/storage/sqlite/verify_fixture.h"

#include <gmock/gmock.h>

#include <functional>
#include <optional>

namespace ledger::storage::verify_parts_test {
namespace {

using testing::HasSubstr;
using testing::Optional;
using verify_fixture::kNoProgress;

class VerifyPartsTest : public verify_fixture::VerifyTest {};

TEST_F(VerifyPartsTest, FindsEveryReferenceToARowThatIsNotThere) {
  {
    GroupCommitter committer({options_, {}, 0}, clock_, log_);
    std::vector<Ticket> group;
    group.emplace_back(ticket(vouched_for_event(R"({"type":"RelationCreate","locationId":"L","id":"r","associationId":"a"})")));
    group.emplace_back(ticket(vouched_for_event(R"({"type":"RelationDelete","locationId":"L","id":"r"})")));
    committer.commit(group);
  }
  SQLite::Database database(options_.path, SQLite::OPEN_READWRITE);
  SQLite::Statement select(
      database,
      "SELECT 'UPDATE ' || s.name || ' SET ' || f.\"from\" || ' = 77 WHERE ' || f.\"from\" || ' IS (SELECT max(' || f.\"from\" || ') FROM ' || "
      "s.name || ')'"
      " FROM sqlite_schema s, pragma_foreign_key_list(s.name) f WHERE s.type = 'table'");
  std::vector<std::string> updates;
  while (select.executeStep()) updates.push_back(select.getColumn(0).getString());
  EXPECT_GT(updates.size(), 20U);
  for (const std::string& update : updates) {
    const std::string path = copy();
    SQLite::Database vandal(path, SQLite::OPEN_READWRITE);
    trust_to_append(vandal);  // Without guards.
    vandal.exec("PRAGMA ignore_check_constraints = ON");
    if (update.starts_with("UPDATE stale_subject")) vandal.exec("INSERT INTO stale_subject VALUES (1)");
    if (update.starts_with("UPDATE quarantine_decision")) vandal.exec("INSERT INTO quarantine_decision VALUES (1, 'duplicate', 0, 1)");
    EXPECT_GT(vandal.exec(update), 0) << update;
    EXPECT_THAT(verify(path, keys_, kNoProgress).value().divergence, Optional(HasSubstr("it refers to a row that is not there"))) << update;
  }
}

/// The database through `threads` connections.
VerifyReport verify_with(const ConnectionOptions& options, int threads) {
  std::vector<SQLite::Database> connections;
  connections.reserve(static_cast<std::size_t>(threads));
  for (int thread = 0; thread < threads; ++thread) connections.push_back(open_reader(options));
  return verify_snapshot(connections, {}, kNoProgress);
}

TEST_F(VerifyPartsTest, ReportsTheFirstFindingWhicheverThreadIsFaster) {
  tamper("UPDATE association_state SET updated_at = 7; UPDATE quarantine SET body = x'7b7d'; UPDATE event SET body = x'7b7d' WHERE sequence > 1");
  for (int round = 0; round < 20; ++round) {
    EXPECT_EQ(verify_with(options_, 4).divergence, "event 2: its body does not have the recorded SHA-256");
  }
}

/// More events than a thread checks at a time.
class VerifyRangesTest : public verify_fixture::VerifyTest {
 protected:
  VerifyRangesTest() {
    GroupCommitter committer({options_, {}, 0}, clock_, log_);
    for (int first = 4; first <= kEvents; first += 1000) {
      std::vector<Ticket> group;
      for (int event = first; event < first + 1000; ++event) {
        group.emplace_back(
            ticket(test::new_event(R"({"type":"INSTALL","locationId":"M","webhookId":")" + std::to_string(event) + "\"}", std::nullopt)));
      }
      committer.commit(group);
    }
  }

  static constexpr int kEvents = 21'003;
};

TEST_F(VerifyRangesTest, FindsWhatIsWrongBetweenTwoRanges) {
  EXPECT_EQ(verify_with(options_, 3).divergence, std::nullopt);
  EXPECT_EQ(verify_with(options_, 3).events, kEvents);
  const std::pair<const char*, const char*> cases[] = {
      {"DELETE FROM event WHERE sequence = 10000", "event 10001: expected sequence 10000"},
      {"DELETE FROM event WHERE sequence = 10001", "event 10002: expected sequence 10001"},
      {"DELETE FROM event WHERE sequence BETWEEN 10001 AND 20001", "event 20002: expected sequence 10001"},
      {"UPDATE event SET recorded_at = recorded_at + 1, effective_at = effective_at + 1 WHERE sequence = 10000",
       "event 10001: it was recorded before the event in front of it"},
  };
  for (const auto& [statement, what] : cases) {
    const std::string path = copy();
    SQLite::Database(path, SQLite::OPEN_READWRITE)
        .exec(std::string("DROP TRIGGER event_is_not_updated; DROP TRIGGER event_is_not_deleted; PRAGMA foreign_keys = OFF;") + statement);
    EXPECT_EQ(verify_with({path}, 3).divergence, what);
  }
}

TEST_F(VerifyPartsTest, ReadsTheSameSnapshotThroughAllConnections) {
  // An event is committed when two of the three connections have begun.
  struct Disturbance {
    std::function<void()> commit;
    int begun = 0;
  } disturbance;
  GroupCommitter committer({options_, {}, 0}, clock_, log_);
  disturbance.commit = [&] {
    std::vector<Ticket> group;
    group.emplace_back(ticket(vouched_for_event(R"({"type":"INSTALL","locationId":"M"})")));
    committer.commit(group);
  };
  std::vector<SQLite::Database> connections;
  connections.reserve(3);
  for (int i = 0; i < 3; ++i) connections.push_back(open_reader(options_));
  sqlite3_trace_v2(
      connections.back().getHandle(), SQLITE_TRACE_STMT,
      [](unsigned /*type*/, void* context, void* /*statement*/, void* sql) {
        auto& seen = *static_cast<Disturbance*>(context);
        if (std::string_view(static_cast<const char*>(sql)) == "BEGIN" && ++seen.begun == 1) seen.commit();
        return 0;
      },
      &disturbance);
  const VerifyReport report = verify_snapshot(connections, keys_, kNoProgress);
  EXPECT_EQ(report.divergence, std::nullopt);
  EXPECT_EQ(report.events, 4);
  EXPECT_EQ(disturbance.begun, 2) << "it must begin again";
}

}  // namespace
}  // namespace ledger::storage::verify_parts_test
