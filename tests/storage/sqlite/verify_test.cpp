// verify finds each kind of damage that a file can have, and nothing in one that has none.
#include "storage/sqlite/verify.h"

#include "domain/webhook_decoder.h"
#include "tests/storage/sqlite/verify_fixture.h"

#include <gmock/gmock.h>

#include <sqlite3.h>

#include <functional>
#include <string_view>

namespace ledger::storage::verify_test {
namespace {

using testing::HasSubstr;
using testing::Optional;
using verify_fixture::kNoProgress;
using verify_fixture::VerifyTest;

TEST_F(VerifyTest, FindsNothingInAnHonestLedgerAndCountsWhatItSaw) {
  const VerifyReport report = run();
  EXPECT_EQ(report.divergence, std::nullopt);
  EXPECT_EQ(report.events, 3);
  EXPECT_EQ(report.associations, 2);
  EXPECT_EQ(report.quarantined, 1);
  EXPECT_EQ(report.signatures_verified, 3);
  EXPECT_EQ(report.unsigned_deliveries, 1);
}

TEST_F(VerifyTest, CountsSignaturesOfKeysItDoesNotKnow) {
  keys_.clear();
  const VerifyReport report = run();
  EXPECT_EQ(report.divergence, std::nullopt);
  EXPECT_EQ(report.signatures_of_unknown_keys, 3);
  EXPECT_EQ(report.signatures_verified, 0);
}

TEST_F(VerifyTest, FindsAnEditedBody) {
  tamper("UPDATE event SET body = CAST(replace(body, 'AssociationDelete', 'AssociationUpdate') AS BLOB) WHERE sequence = 2");
  EXPECT_THAT(run().divergence, Optional(HasSubstr("event 2: its body does not have the recorded SHA-256")));
}

TEST_F(VerifyTest, FindsAnEditedBodyWhoseHashWasEditedToo) {
  const std::string forged = R"({"type":"AssociationUpdate","locationId":"L","id":"a","timestamp":"2026-11-07T12:00:00Z"})";
  tamper("UPDATE event SET body = CAST('" + forged + "' AS BLOB), body_sha256 = x'" + to_hex(sha256(forged)) + "' WHERE sequence = 2");
  EXPECT_THAT(run().divergence, Optional(HasSubstr("event 2: its signature is not that of key")));
}

TEST_F(VerifyTest, FindsColumnsThatContradictTheirBody) {
  const std::pair<const char*, const char*> cases[] = {
      {"UPDATE event SET kind = 2 WHERE sequence = 2", "another event"},
      {"UPDATE event SET kind = 8 WHERE sequence = 2", "no release of this schema records such an event"},
      {"UPDATE event SET subject_ref = 1 WHERE sequence = 3", "another subject"},
      {"UPDATE event SET webhook_id = 'other' WHERE sequence = 1", "webhook id"},
      {"UPDATE event SET trace_id = NULL WHERE sequence = 1", "trace id"},
      {"UPDATE event SET occurred_at = occurred_at + 1 WHERE sequence = 2", "timestamp"},
      {"UPDATE event SET effective_at = effective_at + 1 WHERE sequence = 2", "effective time"},
  };
  SQLite::Database vandal(options_.path, SQLite::OPEN_READWRITE);
  vandal.exec("DROP TRIGGER event_is_not_updated");
  for (const auto& [statement, what] : cases) {
    vandal.exec(std::string("SAVEPOINT untouched; CREATE TEMP TABLE kept AS SELECT * FROM event; ") + statement + "; RELEASE untouched");
    EXPECT_THAT(run().divergence, Optional(HasSubstr(what))) << statement;
    vandal.exec(
        "UPDATE event SET (kind, subject_ref, webhook_id, trace_id, occurred_at, effective_at) = (SELECT kind, subject_ref, webhook_id, trace_id,"
        " occurred_at, effective_at FROM kept WHERE kept.sequence = event.sequence); DROP TABLE kept");
  }
  EXPECT_EQ(run().divergence, "trigger event_is_not_updated: it is not there") << "all else is as it was";
}

TEST_F(VerifyTest, FindsAMissingEvent) {
  tamper("PRAGMA foreign_keys = OFF; DELETE FROM event WHERE sequence = 1");
  EXPECT_THAT(run().divergence, Optional(HasSubstr("event 2: expected sequence 1")));
}

TEST_F(VerifyTest, FindsATruncatedLog) {
  tamper("PRAGMA foreign_keys = OFF; DELETE FROM event WHERE sequence = 3");
  EXPECT_TRUE(run().divergence) << "the state refers to what is gone";
}

TEST_F(VerifyTest, FindsAnEditedQuarantine) {
  tamper("UPDATE quarantine SET body = x'7b7d'");
  EXPECT_THAT(run().divergence, Optional(HasSubstr("quarantined delivery 1: its body")));
}

class VerifyAdmissions : public VerifyTest {
 protected:
  VerifyAdmissions() {
    const std::string body = R"({"type":"SomethingNew","locationId":"L","id":"c"})";
    GroupCommitter committer({options_, {}, 0}, clock_, log_);
    NewQuarantine unknown;
    unknown.delivery = vouched_for(body);
    unknown.reason = "event-unknown";
    NewEvent event;
    event.decoded = std::get<DecodedEvent>(decode_admitted(body, EventKind::association_delete));
    event.delivery = unknown.delivery;
    event.admission = Admission{QuarantineId(2), clock_.now()};
    const auto commit = [&committer](Ticket ticket) { committer.commit({&ticket, 1}); };
    commit(QuarantineTicket{std::move(unknown), [](const Result<QuarantineId>&) {}});
    clock_.advance(std::chrono::hours(1));
    commit(ticket(event));
    commit(DismissalTicket{QuarantineId(1), [](const Result<QuarantineId>&) {}});
  }
};

TEST_F(VerifyAdmissions, AcceptsAnEventOfAnUnknownTypeThatAnOperatorNamed) {
  const VerifyReport report = run();
  EXPECT_EQ(report.divergence, std::nullopt);
  EXPECT_EQ(report.events, 4);
  EXPECT_EQ(report.quarantined, 2);
}

TEST_F(VerifyAdmissions, FindsAnAdmissionThatIsNotThatOfItsEvent) {
  const std::pair<const char*, const char*> cases[] = {
      {"UPDATE event SET quarantine_id = NULL WHERE sequence = 4", "event 4: its body cannot be decoded"},
      {"UPDATE event SET quarantine_id = 1 WHERE sequence = 4", "quarantined delivery 2: it is not the event that was made of it"},
      {"UPDATE event SET quarantine_id = 2 WHERE sequence = 1", "quarantine_decision: an event was admitted without a decision"},
      {"UPDATE event SET effective_at = recorded_at WHERE sequence = 4", "event 4: its effective time does not follow from it"},
      {"UPDATE quarantine_decision SET sequence = 1 WHERE quarantine_id = 2", "quarantined delivery 2: it is not the event that was made of it"},
      {"UPDATE quarantine_decision SET decision = 'duplicate' WHERE quarantine_id = 2", "quarantine_decision: an event was admitted without a"},
      {"UPDATE quarantine_decision SET decision = 'duplicate', sequence = 1 WHERE quarantine_id = 1", "quarantined delivery 1: it is not the event"},
      {"DELETE FROM quarantine_decision", "quarantine_decision: an event was admitted without a decision"},
  };
  SQLite::Database vandal(options_.path, SQLite::OPEN_READWRITE);
  vandal.exec(
      "DROP TRIGGER event_is_not_updated; DROP TRIGGER quarantine_decision_is_not_updated; DROP TRIGGER quarantine_decision_is_not_deleted;"
      "DROP TRIGGER quarantine_decision_is_final");
  for (const auto& [statement, what] : cases) {
    vandal.exec(std::string("CREATE TEMP TABLE kept AS SELECT * FROM event; CREATE TEMP TABLE decided AS SELECT * FROM quarantine_decision; ") +
                statement);
    EXPECT_THAT(run().divergence, Optional(HasSubstr(what))) << statement;
    vandal.exec(
        "UPDATE event SET (quarantine_id, effective_at) = (SELECT quarantine_id, effective_at FROM kept WHERE kept.sequence = event.sequence);"
        "DELETE FROM quarantine_decision; INSERT INTO quarantine_decision SELECT * FROM decided; DROP TABLE kept; DROP TABLE decided");
  }
}

TEST_F(VerifyTest, FindsAStateThatIsNotTheFold) {
  tamper("UPDATE association_state SET deleted_at = NULL, deleted_by = NULL WHERE subject_ref = 1");
  EXPECT_THAT(run().divergence, Optional(std::string("association a of location L: its state is not the fold of its events")));
}

TEST_F(VerifyTest, FindsDeletionsThatAreNotThoseOfTheEvents) {
  const std::string expected = "association a of location L: its deletions are not those of its events";
  tamper("UPDATE deletion SET created_at = 7");
  EXPECT_EQ(run().divergence, expected);
  SQLite::Database(options_.path, SQLite::OPEN_READWRITE).exec("DELETE FROM deletion");
  EXPECT_EQ(run().divergence, expected);
}

TEST_F(VerifyTest, FindsADeletionThatNoEventExplains) {
  tamper("INSERT INTO deletion SELECT location_ref, deleted_at, 3, 2, created_at, definition_ref FROM deletion");
  EXPECT_THAT(run().divergence, Optional(HasSubstr("no event explains")));
}

// Numbered again, each reference with what it refers to: only the order tells.
TEST_F(VerifyTest, FindsAssociationsThatAreNumberedOutOfOrder) {
  std::string renumber = "PRAGMA foreign_keys = OFF; DROP TRIGGER subject_is_not_updated;";
  for (const char* table : {"subject", "event", "association_state", "deletion"}) {
    renumber += std::string("UPDATE ") + table + " SET subject_ref = subject_ref + 10; UPDATE " + table + " SET subject_ref = 13 - subject_ref;";
  }
  tamper(renumber);
  EXPECT_THAT(run().divergence, Optional(std::string("association a of location L: it was numbered before a subject that is older")));
}

TEST_F(VerifyTest, FindsValuesThatNoReleaseWritesAndNamesTheirRows) {
  const std::pair<const char*, const char*> cases[] = {
      {"UPDATE event SET recorded_at = 9000000000000000000 WHERE sequence = 2", "event 2: a stored time is outside"},
      {"PRAGMA foreign_keys = OFF; UPDATE event SET source = 9 WHERE sequence = 3", "row 3: it refers to a row that is not there"},
      {"INSERT INTO event_source VALUES (9, 'carrier pigeon'); UPDATE event SET source = 9 WHERE sequence = 3", "event 3: its source is unknown"},
      {"UPDATE association_state SET updated_at = 9000000000000000000 WHERE subject_ref = 1", "association a of location L: a stored time"},
  };
  for (const auto& [statement, what] : cases) {
    const std::string path = copy();
    SQLite::Database vandal(path, SQLite::OPEN_READWRITE);
    vandal.exec("DROP TRIGGER event_is_not_updated");
    vandal.exec(statement);
    const auto report = verify(path, keys_, kNoProgress);
    ASSERT_TRUE(report) << statement << ": " << report.error().detail;
    EXPECT_THAT(report->divergence, Optional(HasSubstr(what))) << statement;
  }
}

// On a connection that cannot write, SQLite's integrity_check leaves out CHECK constraints.
TEST_F(VerifyTest, FindsWhatBreaksARuleOfItsTable) {
  for (const auto& [statement, what] : std::vector<std::pair<std::string, std::string>>{
           {"UPDATE event SET source = 2 WHERE sequence = 1", "event 2: expected sequence 1"},
           {"UPDATE event SET key_ref = NULL WHERE sequence = 1", "event 2: expected sequence 1"},
           {"UPDATE event SET webhook_uuid = zeroblob(16) WHERE sequence = 1", "event 2: expected sequence 1"},
           {"UPDATE signing_key SET key_id = 'x'", "signing_key: a row breaks a rule"},
           {"UPDATE quarantine SET source = 2", "quarantine: a row breaks a rule"},
           {"UPDATE ledger SET lineage = ''", "ledger: a row breaks a rule"},
           {"DELETE FROM ledger", "ledger: it does not have one row"},
           {"UPDATE quarantine SET recorded_at = 4611686018427387904", "quarantined delivery 1: a stored time is outside"},
           {"UPDATE location_state SET installed_at = 4611686018427387904", "location_state: a stored time is outside"},
           {"DROP INDEX event_by_subject", "index event_by_subject: it is not there"},
           {"DROP TABLE relation_state", "index relation_by_association: it is not there"}}) {
    const std::string path = copy();
    {
      SQLite::Database vandal(path, SQLite::OPEN_READWRITE);
      trust_to_append(vandal);  // Without guards.
      vandal.exec("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF");
      vandal.exec(statement);
    }
    EXPECT_THAT(verify(path, keys_, kNoProgress).value().divergence, Optional(HasSubstr(what))) << statement;
  }
}

TEST_F(VerifyTest, FindsADefinitionThatStandsTwice) {
  tamper(
      "DROP TRIGGER definition_is_not_replaced; INSERT INTO definition SELECT max(definition_ref) + 1, key, association_type, first_object_key,"
      " first_object_label, first_to_second_cardinality, second_object_key, second_object_label, second_to_first_cardinality FROM definition");
  EXPECT_THAT(run().divergence, Optional(HasSubstr("another row says the same")));
}

TEST_F(VerifyTest, FindsAMissingState) {
  tamper("DELETE FROM association_state WHERE subject_ref = 2");
  EXPECT_THAT(run().divergence, Optional(HasSubstr("association b of location L: it has events and no state")));
}

TEST_F(VerifyTest, ChecksRelationsAndInstalls) {
  GroupCommitter committer({options_, {}, 0}, clock_, log_);
  std::vector<Ticket> group;
  for (const char* body : {R"({"type":"RelationCreate","locationId":"L","id":"r","associationId":"a"})", R"({"type":"INSTALL","locationId":"M"})"}) {
    group.emplace_back(ticket(vouched_for_event(body)));
  }
  committer.commit(group);
  EXPECT_EQ(run().divergence, std::nullopt);
  EXPECT_EQ(run().relations, 1);
  SQLite::Database vandal(options_.path, SQLite::OPEN_READWRITE);
  vandal.exec("UPDATE location_state SET uninstalled_at = 7 WHERE location_ref = 2");
  EXPECT_EQ(run().divergence, "location_state row 2: it does not follow from the subjects of the location");
  vandal.exec("UPDATE relation_state SET association_id = 'b'");
  EXPECT_EQ(run().divergence, "relation r of location L: its state is not the fold of its events");
  vandal.exec("DELETE FROM relation_state");
  EXPECT_EQ(run().divergence, "relation r of location L: it has events and no state");
}

TEST_F(VerifyTest, FindsWrongCounts) {
  tamper("UPDATE location_state SET active_associations = 7");
  EXPECT_THAT(run().divergence, Optional(std::string("location_state row 1: it does not follow from the subjects of the location")));
}

TEST_F(VerifyTest, FindsAGuardThatIsNotThere) {
  SQLite::Database(options_.path, SQLite::OPEN_READWRITE).exec("DROP TRIGGER event_is_not_updated");
  EXPECT_EQ(run().divergence, "trigger event_is_not_updated: it is not there");
}

TEST_F(VerifyTest, FindsAViewThatSaysSomethingElse) {
  SQLite::Database(options_.path, SQLite::OPEN_READWRITE).exec("DROP VIEW deletions; CREATE VIEW deletions AS SELECT 'L' AS location_id");
  EXPECT_EQ(run().divergence, "view deletions: it is not that of this release");
}

TEST_F(VerifyTest, FindsAKindUnderAnotherName) {
  SQLite::Database(options_.path, SQLite::OPEN_READWRITE)
      .exec("DROP TRIGGER event_kind_is_not_updated; UPDATE event_kind SET name = 'AssociationGone' WHERE kind = 3");
  EXPECT_EQ(run().divergence, "event_kind row 3: it is not that of this release");
}

TEST_F(VerifyTest, LeavesAloneWhatSomebodyAdded) {
  SQLite::Database(options_.path, SQLite::OPEN_READWRITE)
      .exec("CREATE VIEW ours AS SELECT 1; CREATE INDEX ours_by_time ON event (recorded_at); ANALYZE");
  EXPECT_EQ(run().divergence, std::nullopt);
}

TEST_F(VerifyTest, FindsADamagedFile) {
  {
    SQLite::Database database = open_writer(options_);
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  std::FILE* file = std::fopen(options_.path.c_str(), "r+b");
  ASSERT_NE(file, nullptr);
  const long size = static_cast<long>(std::filesystem::file_size(options_.path));
  for (long at = 4096; at + 64 < size; at += 4096) {
    std::fseek(file, at, SEEK_SET);
    std::fputs("damage damage damage damage", file);
  }
  std::fclose(file);
  EXPECT_TRUE(run().divergence);
}

TEST_F(VerifyTest, AMissingDatabaseIsAnErrorAndNoFinding) {
  const auto report = verify(directory_.file("other.db"), keys_, kNoProgress);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().reason, "database-not-found");
}

}  // namespace
}  // namespace ledger::storage::verify_test
