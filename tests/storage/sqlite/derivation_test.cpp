// Derived data never refuses a delivery: each kind of damage to it, before an event that meets it.
#include "storage/sqlite/derivation.h"

#include "storage/sqlite/group_committer.h"
#include "storage/sqlite/reader.h"
#include "storage/sqlite/rebuild.h"
#include "storage/sqlite/verify.h"
#include "tests/support/describe.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>

#include <memory>

namespace ledger::storage::derivation_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

constexpr const char* kWrongCounter = "UPDATE location_state SET active_associations = 0";
const LocationId kLocation("L");
const AssociationKey kA{kLocation, AssociationId("a")};
const Progress kNoProgress = [](std::int64_t, std::int64_t) {};

Ticket ticket(const char* kind, const std::string& id, int minute, const std::string& more = "") {
  char time[32];
  std::snprintf(time, sizeof time, "2026-11-07T12:%02d:00Z", minute);
  return AppendTicket{test::new_event(std::string(R"({"type":")") + kind + R"(","locationId":"L","id":")" + id + R"(","firstObjectLabel":")" + id +
                                          R"(","timestamp":")" + time + "\"" + more + "}",
                                      std::nullopt),
                      [](const Result<Appended>&) {}};
}

/// Location L with the associations a and b, which say different things.
class DerivationTest : public testing::Test {
 protected:
  DerivationTest() {
    open();
    commit(ticket("AssociationCreate", "a", 1));
    commit(ticket("AssociationCreate", "b", 2));
  }

  void open() { committer_ = std::make_unique<GroupCommitter>(GroupCommitter::Options{options_, {}, 0}, clock_, log_); }

  /// Breaks rules of the schema. The writer is stopped meanwhile, because it remembers what it has read.
  void damage(const std::string& statements) {
    committer_.reset();
    {
      SQLite::Database vandal(options_.path, SQLite::OPEN_READWRITE);
      vandal.exec("PRAGMA ignore_check_constraints = ON");
      trust_to_append(vandal);  // Without guards.
      vandal.exec(statements);
    }
    open();
  }

  template <class... Tickets>
  std::vector<Result<Appended>> commit(Tickets... tickets) {
    std::vector<Ticket> batch;
    (batch.push_back(std::move(tickets)), ...);
    committer_->commit(batch);
    std::vector<Result<Appended>> outcomes;
    outcomes.reserve(batch.size());
    for (const Ticket& done : batch) outcomes.push_back(std::get<AppendTicket>(done).outcome);
    return outcomes;
  }

  std::int64_t stale() { return committer_->health().stale_subjects; }
  std::optional<std::string> divergence() { return verify(options_.path, {}, kNoProgress).value().divergence; }

  /// Everything that answers show of the relation of location L.
  void expect_r_is_deleted() {
    Reader reader(options_, 5000, log_);
    RelationQuery query;
    query.location = kLocation;
    query.filter.status = StatusFilter::all;
    const auto page = reader.list_relations(query);
    ASSERT_TRUE(page);
    ASSERT_EQ(page->relations.size(), 1U);
    EXPECT_TRUE(page->relations[0].state.is_deleted());
    query.filter.id = page->relations[0].state.key.id;
    EXPECT_EQ(test::describe(reader.list_relations(query)), test::describe(page));

    HistoryQuery history;
    history.subject = SubjectKind::relation;
    history.association = {kLocation, AssociationId(query.filter.id->value())};
    const auto events = reader.list_history(history);
    ASSERT_TRUE(events);
    EXPECT_EQ(events->events.back().sequence, committer_->health().last_sequence);
    const auto locations = reader.list_locations({});
    ASSERT_TRUE(locations);
    EXPECT_EQ(locations->locations.at(0).active_relations, 0);
    EXPECT_EQ(locations->locations.at(0).deleted_relations, 1);
  }

  /// Everything that answers show of location L.
  void expect_a_is_deleted_and_b_is_active() {
    Reader reader(options_, 5000, log_);
    const auto found = reader.find_association(kA);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->is_deleted());
    EXPECT_EQ(found->last_sequence, Sequence(3));
    EXPECT_EQ(found->state.definition->first_object_label, "a");

    AssociationQuery all;
    all.location = kLocation;
    all.filter.status = StatusFilter::all;
    const auto page = reader.list_associations(all);
    ASSERT_TRUE(page);
    ASSERT_EQ(page->associations.size(), 2U);
    EXPECT_EQ(page->as_of, Sequence(4)) << "of b";
    EXPECT_EQ(page->associations[0], *found);
    EXPECT_FALSE(page->associations[1].is_deleted());

    DeletionQuery lost;
    lost.location = kLocation;
    const auto deletions = reader.list_deletions(lost);
    ASSERT_TRUE(deletions);
    ASSERT_EQ(deletions->deletions.size(), 1U);
    EXPECT_EQ(deletions->deletions[0].key, kA);
    EXPECT_EQ(deletions->deletions[0].life.deleted_by, Sequence(3));
    EXPECT_TRUE(deletions->deletions[0].is_last_life);

    const auto locations = reader.list_locations({});
    ASSERT_TRUE(locations);
    ASSERT_EQ(locations->locations.size(), 1U);
    EXPECT_EQ(locations->locations[0].active_associations, 1);
    EXPECT_EQ(locations->locations[0].deleted_associations, 1);
    EXPECT_EQ(locations->locations[0].last_sequence, Sequence(4));

    const auto history = reader.list_history({kA, std::nullopt, Sequence(0)});
    ASSERT_TRUE(history);
    EXPECT_EQ(history->last_sequence, Sequence(3));
  }

  test::TempDirectory directory_;
  ConnectionOptions options_{directory_.file("ledger.db"), "", 100};
  test::FakeClock clock_;
  test::RecordingLog log_;
  std::unique_ptr<GroupCommitter> committer_;
};

// A relation and the installs of a location are derived like an association.
TEST_F(DerivationTest, RecordsAndRepairsARelationWhoseStateIsDamaged) {
  commit(ticket("RelationCreate", "r", 3));
  for (const char* statement : {"UPDATE location_state SET active_relations = 0", "UPDATE relation_state SET updated_at = 9000000000000000000",
                                "DELETE FROM relation_state"}) {
    damage(statement);
    ASSERT_TRUE(commit(ticket("RelationDelete", "r", 4, ",\"n\":\"" + std::string(statement) + "\""))[0]) << statement;
    ASSERT_EQ(stale(), 1) << statement;
    EXPECT_EQ(log_.lines("state_stale").back().fields.at("subject"), "relation");
    EXPECT_NE(divergence(), std::nullopt);
    expect_r_is_deleted();
    committer_->maintain();
    EXPECT_EQ(stale(), 0) << statement;
    EXPECT_EQ(divergence(), std::nullopt) << statement;
  }
}

TEST_F(DerivationTest, RecordsAndRepairsInstallsThatAreDamaged) {
  commit(ticket("INSTALL", "ignored", 3));
  damage("UPDATE location_state SET installed_at = 9000000000000000000");
  ASSERT_TRUE(commit(ticket("UNINSTALL", "ignored", 4))[0]);
  ASSERT_EQ(stale(), 1);
  const auto shown = Reader(options_, 5000, log_).list_locations({});
  ASSERT_TRUE(shown);
  EXPECT_TRUE(shown->locations.at(0).installs.uninstalled_at);
  committer_->maintain();
  EXPECT_EQ(stale(), 0);
  EXPECT_EQ(divergence(), std::nullopt);
}

struct Damage {
  const char* name;
  const char* statement;
  const char* reason;
};

class DerivedDamage : public DerivationTest, public testing::WithParamInterface<Damage> {};

// Rule 5.
TEST_P(DerivedDamage, IsRecordedAnsweredFromTheLogAndRepaired) {
  damage(GetParam().statement);
  const auto outcomes = commit(ticket("AssociationDelete", "a", 3), ticket("AssociationUpdate", "b", 4));
  ASSERT_TRUE(outcomes[0]);
  ASSERT_TRUE(outcomes[1]);
  EXPECT_EQ(outcomes[1]->sequence, Sequence(4));
  const StoreHealth health = committer_->health();
  EXPECT_TRUE(health.can_record);
  EXPECT_EQ(health.stale_subjects, 1);
  const auto lines = log_.lines("state_stale");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].level, LogLevel::error);
  EXPECT_EQ(lines[0].fields.at("location_id"), "L");
  EXPECT_EQ(lines[0].fields.at("subject_id"), "a");
  EXPECT_THAT(lines[0].fields.at("reason"), HasSubstr(GetParam().reason));
  expect_a_is_deleted_and_b_is_active();
  EXPECT_NE(divergence(), std::nullopt);

  EXPECT_EQ(committer_->idle_wait(), std::chrono::milliseconds(0));
  committer_->maintain();
  EXPECT_EQ(stale(), 0);
  ASSERT_EQ(log_.lines("state_repaired").size(), 1U);
  EXPECT_EQ(log_.lines("state_repaired")[0].fields.at("subject_id"), "a");
  expect_a_is_deleted_and_b_is_active();
  EXPECT_EQ(divergence(), std::nullopt);
  EXPECT_NE(committer_->idle_wait(), std::chrono::milliseconds(0));
}

INSTANTIATE_TEST_SUITE_P(
    Each, DerivedDamage,
    testing::Values(Damage{"wrong_counter", kWrongCounter, "CHECK constraint failed"},
                    Damage{"lost_counters", "DELETE FROM location_state", "CHECK constraint failed"},
                    Damage{"lost_definition", "DELETE FROM definition WHERE first_object_label = 'a'", "definition 1 is missing"},
                    Damage{"lost_state", "DELETE FROM association_state WHERE subject_ref = 1", "it has events and no state"},
                    Damage{"state_beyond_the_log", "UPDATE association_state SET last_sequence = 99 WHERE subject_ref = 1", "lies beyond the log"},
                    Damage{"unreadable_state", "UPDATE association_state SET updated_at = 9223372036854775807 WHERE subject_ref = 1",
                           "a stored time is outside"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(DerivationTest, ADeletionThatIsInTheWayIsRemoved) {
  damage("INSERT INTO deletion SELECT location_ref, unixepoch('2026-11-07T12:03:00Z') * 1000, 3, 2, NULL, 1 FROM location");
  ASSERT_TRUE(commit(ticket("AssociationDelete", "a", 3))[0]);
  EXPECT_EQ(stale(), 1);
  committer_->maintain();
  EXPECT_EQ(divergence(), std::nullopt);
}

TEST_F(DerivationTest, ANewAssociationWhoseFirstEventCannotBeCountedIsFound) {
  damage("UPDATE location_state SET active_associations = 9223372036854775807");
  ASSERT_TRUE(commit(ticket("AssociationCreate", "c", 3))[0]);
  EXPECT_EQ(stale(), 1);
  const AssociationKey c{kLocation, AssociationId("c")};
  Reader reader(options_, 5000, log_);
  EXPECT_EQ(reader.find_association(c)->state.definition->first_object_label, "c");
  EXPECT_EQ(reader.list_locations({})->locations.at(0).active_associations, 3);
  committer_->maintain();
  EXPECT_EQ(reader.find_association(c)->state.definition->first_object_label, "c");
  EXPECT_EQ(divergence(), std::nullopt);
}

TEST_F(DerivationTest, ABodyThatCannotBeReadCarriesNothing) {
  commit(ticket("AssociationUpdate", "a", 9));
  damage("UPDATE event SET body = x'ff' WHERE sequence = 1");
  // Late, so that all events are folded.
  ASSERT_TRUE(commit(ticket("AssociationDelete", "a", 5))[0]);
  EXPECT_EQ(stale(), 0);
  Reader reader(options_, 5000, log_);
  EXPECT_TRUE(reader.find_association(kA)->is_deleted());
}

TEST_F(DerivationTest, EventsOfAStaleAssociationAreComparedWithItsLog) {
  damage(kWrongCounter);
  const std::string id = R"(,"webhookId":"w1")";
  commit(ticket("AssociationDelete", "a", 3));
  const auto outcomes = commit(ticket("AssociationDelete", "a", 3), ticket("AssociationUpdate", "a", 2), ticket("AssociationUpdate", "a", 5, id));
  EXPECT_EQ(outcomes[0]->status, Appended::Status::duplicate) << "of the one that ended its life";
  EXPECT_EQ(outcomes[1]->status, Appended::Status::recorded);
  EXPECT_EQ(commit(ticket("AssociationUpdate", "a", 5, id))[0]->status, Appended::Status::duplicate);
  EXPECT_EQ(stale(), 1);
  EXPECT_EQ(log_.lines("state_stale").size(), 1U) << "once";
  Reader reader(options_, 5000, log_);
  const EventFlags flags = reader.find_event(Sequence(4))->flags;
  EXPECT_TRUE(flags.has(EventFlag::late));
  EXPECT_TRUE(flags.has(EventFlag::after_delete));
  committer_->maintain();
  EXPECT_EQ(divergence(), std::nullopt);
}

TEST_F(DerivationTest, TheShortReaderLeavesAStaleAssociationToTheStore) {
  damage(kWrongCounter);
  commit(ticket("AssociationDelete", "a", 3));
  Reader reader(options_, 100, log_, Effort::little);
  EXPECT_EQ(reader.find_association(kA).error().reason, "question-not-short");
  AssociationQuery all;
  all.location = kLocation;
  EXPECT_EQ(reader.list_associations(all).error().reason, "question-not-short");
  EXPECT_EQ(*reader.resolve(kLocation, Latest{}), Sequence(3)) << "an ETag names the new event";
  committer_->maintain();
  EXPECT_TRUE(reader.find_association(kA)->is_deleted());
}

TEST_F(DerivationTest, TheDeletionsOfStaleAndOtherAssociationsAreOneList) {
  commit(ticket("AssociationDelete", "b", 10));
  damage("UPDATE location_state SET deleted_associations = -9");  // Everything that counts fails.
  commit(ticket("AssociationDelete", "a", 5), ticket("AssociationCreate", "a", 7), ticket("AssociationDelete", "a", 12));
  ASSERT_EQ(stale(), 1);
  const auto minutes = [&] {
    Reader reader(options_, 5000, log_);
    DeletionQuery query;
    query.location = kLocation;
    query.limit = 1;
    std::vector<std::int64_t> found;
    do {
      const auto page = reader.list_deletions(query).value();
      for (const Deletion& deletion : page.deletions) found.push_back(deletion.life.deleted_by.value());
      query.after = page.next;
    } while (query.after);
    return found;
  };
  EXPECT_THAT(minutes(), ElementsAre(6, 3, 4));
  committer_->maintain();
  EXPECT_THAT(minutes(), ElementsAre(6, 3, 4));
  EXPECT_EQ(divergence(), std::nullopt);
}

TEST_F(DerivationTest, OneStepRepairsOneAssociation) {
  damage("UPDATE association_state SET last_sequence = 99");
  commit(ticket("AssociationUpdate", "a", 3), ticket("AssociationUpdate", "b", 4));
  EXPECT_EQ(stale(), 2);
  committer_->maintain();
  EXPECT_EQ(stale(), 1);
  committer_->maintain();
  EXPECT_EQ(stale(), 0);
}

TEST_F(DerivationTest, AMarkOutlivesARestart) {
  damage(kWrongCounter);
  commit(ticket("AssociationDelete", "a", 3));
  committer_.reset();
  open();
  EXPECT_EQ(stale(), 1);
  committer_->maintain();
  EXPECT_EQ(stale(), 0);
  EXPECT_EQ(divergence(), std::nullopt);
}

TEST_F(DerivationTest, AnAssociationWhoseEventsCannotBeFoldedIsTriedAgain) {
  damage("UPDATE event SET effective_at = 9223372036854775807 WHERE sequence = 1; UPDATE association_state SET last_sequence = 99");
  const auto outcomes = commit(ticket("AssociationDelete", "a", 3), ticket("AssociationUpdate", "b", 4));
  ASSERT_TRUE(outcomes[0]) << "without flags";
  ASSERT_TRUE(outcomes[1]);
  for (int i = 0; i < 6; ++i) committer_->maintain();
  EXPECT_EQ(stale(), 1) << "b is repaired";
  const std::size_t tries = log_.lines("state_not_repaired").size();
  EXPECT_GE(tries, 1U);
  committer_->maintain();
  EXPECT_EQ(log_.lines("state_not_repaired").size(), tries) << "not before a minute has passed";
  EXPECT_GT(*committer_->idle_wait(), std::chrono::milliseconds(0));
  EXPECT_TRUE(committer_->health().can_record);

  {
    SQLite::Database mender(options_.path, SQLite::OPEN_READWRITE);
    trust_to_append(mender);
    mender.exec("UPDATE event SET effective_at = occurred_at WHERE sequence = 1");
  }
  clock_.advance(std::chrono::minutes(1));
  for (int i = 0; i < 3; ++i) committer_->maintain();
  EXPECT_EQ(stale(), 0);
  EXPECT_EQ(divergence(), std::nullopt);
}

TEST_F(DerivationTest, RebuildRemovesTheMarks) {
  damage(kWrongCounter);
  commit(ticket("AssociationDelete", "a", 3));
  committer_.reset();
  EXPECT_THAT(divergence(), Optional(HasSubstr("association a of location L: it is marked as stale")));
  ASSERT_TRUE(rebuild(options_.path, kNoProgress));
  EXPECT_EQ(divergence(), std::nullopt);
  open();
  EXPECT_EQ(stale(), 0);
}

}  // namespace
}  // namespace ledger::storage::derivation_test
