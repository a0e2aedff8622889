// Readers answer the same whatever subjects are stale, and whatever their stored state then says.
#include "storage/sqlite/group_committer.h"
#include "storage/sqlite/reader.h"
#include "storage/sqlite/verify.h"
#include "tests/support/describe.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

namespace ledger::storage::stale_answers_test {
namespace {

/// Every page of a question, described.
template <class Page, class Query>
std::string pages(Reader& reader, Query query, Result<Page> (Reader::*list)(const Query&)) {
  std::string text;
  do {
    const Result<Page> page = (reader.*list)(query);
    text += test::describe(page);
    query.after = page ? page->next : std::nullopt;
  } while (query.after);
  return text;
}

/// Every answer about locations L, M and N.
std::string answers(const ConnectionOptions& options, Log& log) {
  Reader reader(options, 60'000, log);
  std::string text = test::describe(reader.list_locations({}));
  for (const char* id : {"L", "M", "N"}) {
    const LocationId location(id);
    for (const AsOf& as_of : {AsOf(Latest{}), AsOf(Sequence(60))}) {
      AssociationQuery associations;
      associations.location = location;
      associations.as_of = as_of;
      associations.filter.status = StatusFilter::all;
      associations.limit = 3;
      text += pages<AssociationPage, AssociationQuery>(reader, associations, &Reader::list_associations);
      RelationQuery relations;
      relations.location = location;
      relations.as_of = as_of;
      relations.limit = 3;
      for (const StatusFilter status : {StatusFilter::all, StatusFilter::active}) {
        relations.filter.status = status;
        text += pages<RelationPage>(reader, relations, &Reader::list_relations);
      }
    }
    DeletionQuery deletions;
    deletions.location = location;
    deletions.limit = 2;
    text += pages<DeletionPage>(reader, deletions, &Reader::list_deletions);
  }
  return text;
}

TEST(StaleAnswers, AreThoseOfTheLog) {
  const std::uint64_t seed = test::test_seed();
  SCOPED_TRACE(seed);
  test::Random random(seed);
  const test::TempDirectory directory;
  test::FakeClock clock;
  test::RecordingLog log;
  const ConnectionOptions options{directory.file("ledger.db"), "", 100};
  auto committer = std::make_unique<GroupCommitter>(GroupCommitter::Options{options, {}, 0}, clock, log);
  std::vector<Ticket> batch;
  for (int i = 0; i < 300; ++i) {
    const AssociationKey key{LocationId(random.pick<std::string>({"L", "M", "N"})), AssociationId("a" + std::to_string(random.below(8)))};
    batch.emplace_back(AppendTicket{test::random_event_of_any_kind(random, key, test::Dating::some), [](const Result<Appended>&) {}});
  }
  committer->commit(batch);
  const std::string truth = answers(options, log);

  std::string some = "0";
  for (int ref = 1; ref <= 60; ++ref) some += random.chance(50) ? ", " + std::to_string(ref) : "";
  committer.reset();  // The writer remembers what it has read.
  {
    SQLite::Database vandal(options.path, SQLite::OPEN_READWRITE);
    vandal.exec("PRAGMA ignore_check_constraints = ON");
    trust_to_append(vandal);
    vandal.exec("INSERT INTO stale_subject SELECT subject_ref FROM subject WHERE subject_ref IN (" + some + ")");
    vandal.exec(
        "UPDATE association_state SET definition_ref = 1, updated_at = 7, deleted_at = 7, deleted_by = 7, last_sequence = 7"
        " WHERE subject_ref IN stale_subject;"
        "UPDATE relation_state SET association_id = 'wrong', vouched_at = NULL, deleted_at = 7, deleted_by = 7, last_sequence = 7"
        " WHERE subject_ref IN stale_subject;"
        "DELETE FROM association_state WHERE subject_ref IN stale_subject AND subject_ref % 2;"
        "DELETE FROM relation_state WHERE subject_ref IN stale_subject AND subject_ref % 2;"
        "DELETE FROM deletion WHERE subject_ref IN stale_subject AND subject_ref % 3;"
        "UPDATE location_state SET active_associations = 100, deleted_associations = 100"
        " WHERE location_ref IN (SELECT location_ref FROM subject NATURAL JOIN stale_subject WHERE kind = 1);"
        "UPDATE location_state SET active_relations = 100, deleted_relations = 100"
        " WHERE location_ref IN (SELECT location_ref FROM subject NATURAL JOIN stale_subject WHERE kind = 2);"
        "UPDATE location_state SET installed_at = 7, uninstalled_at = 7"
        " WHERE location_ref IN (SELECT location_ref FROM subject NATURAL JOIN stale_subject WHERE kind = 3)");
  }
  EXPECT_EQ(test::difference(answers(options, log), truth), "");

  committer = std::make_unique<GroupCommitter>(GroupCommitter::Options{options, {}, 0}, clock, log);
  while (committer->health().stale_subjects != 0) {
    committer->maintain();
    ASSERT_EQ(test::difference(answers(options, log), truth), "");
  }
  EXPECT_EQ(verify(options.path, {}, [](std::int64_t, std::int64_t) {})->divergence, std::nullopt);
}

}  // namespace
}  // namespace ledger::storage::stale_answers_test
