// A relation has the lives of an association, and no Updates.
#include "domain/relation.h"

#include "tests/support/fold_oracle.h"
#include "tests/support/generators.h"
#include "tests/support/rounds.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ledger::relation_test {
namespace {

constexpr EventKind kCreate = EventKind::relation_create;
constexpr EventKind kDelete = EventKind::relation_delete;

Timestamp at(int second) {
  return Timestamp{std::chrono::seconds{second}};
}

FoldEvent dated(std::int64_t sequence, EventKind kind, int second, const char* first_record = nullptr) {
  FoldEvent event;
  event.sequence = Sequence(sequence);
  event.kind = kind;
  event.effective_at = at(second);
  event.is_dated = true;
  if (first_record != nullptr) event.relation.first_record = RecordId(first_record);
  return event;
}

FoldEvent undated(std::int64_t sequence, EventKind kind, int second) {
  FoldEvent event = dated(sequence, kind, second);
  event.is_dated = false;
  return event;
}

RelationState extended(const std::vector<FoldEvent>& events) {
  RelationState relation;
  for (const FoldEvent& event : events) extend(relation, event);
  return relation;
}

TEST(ExtendRelation, KeepsWhatACreateCarriesAndTheTimesOfALife) {
  const RelationState relation = extended({dated(1, kCreate, 10, "r1"), dated(2, kCreate, 20), dated(3, kDelete, 30), dated(4, kDelete, 40)});
  EXPECT_EQ(relation.relation.first_record, RecordId("r1")) << "an absent field erases nothing";
  EXPECT_EQ(relation.created_at, at(10));
  EXPECT_EQ(relation.vouched_at, at(20));
  EXPECT_EQ(relation.deleted_at, at(30));
  EXPECT_EQ(relation.deleted_by, Sequence(3));
  EXPECT_EQ(relation.updated_at, at(40));
  EXPECT_EQ(relation.last_sequence, Sequence(4));
}

TEST(ExtendRelation, ADatedCreateAfterADatedDeleteBeginsALifeWithWhatItCarries) {
  const RelationState relation = extended({dated(1, kCreate, 10, "r1"), dated(2, kDelete, 20), dated(3, kCreate, 30)});
  EXPECT_FALSE(relation.is_deleted());
  EXPECT_EQ(relation.former_lives, 1);
  EXPECT_EQ(relation.created_at, at(30));
  EXPECT_EQ(relation.relation, Relation{});
}

TEST(ExtendRelation, NothingUndatedBringsARelationBack) {
  EXPECT_TRUE(extended({dated(1, kDelete, 20), undated(2, kCreate, 30)}).is_deleted());
  EXPECT_TRUE(extended({undated(1, kDelete, 20), dated(2, kCreate, 30)}).is_deleted());
}

TEST(ExtendRelation, AConflictChangesTheLastSequenceAlone) {
  FoldEvent conflict = dated(2, kDelete, 20, "r2");
  conflict.is_conflict = true;
  RelationState expected = extended({dated(1, kCreate, 10, "r1")});
  expected.last_sequence = Sequence(2);
  EXPECT_EQ(extended({dated(1, kCreate, 10, "r1"), conflict}), expected);
}

TEST(ArrivalFlagsOfARelation, AreThoseOfAnAssociation) {
  const RelationState gone = extended({dated(1, kDelete, 10)});
  const auto bits = [&gone](const FoldEvent& event) { return arrival_flags(gone, event).bits(); };
  const auto late = static_cast<std::uint32_t>(EventFlag::late);
  const auto after_delete = static_cast<std::uint32_t>(EventFlag::after_delete);
  EXPECT_EQ(bits(dated(2, kCreate, 11)), static_cast<std::uint32_t>(EventFlag::recreated));
  EXPECT_EQ(bits(undated(2, kCreate, 11)), after_delete);
  EXPECT_EQ(bits(dated(2, kCreate, 9)), late | after_delete);
  EXPECT_EQ(bits(dated(2, kDelete, 9)), late);
  EXPECT_EQ(bits(dated(2, kDelete, 11)), 0U);
}

/// What `before` becomes through `event`, as the store does it.
RelationState next(const std::vector<FoldEvent>& all, const RelationState& before, const FoldEvent& event) {
  if (!sorts_last(before, event)) return test::fold(all).relation;
  RelationState after = before;
  extend(after, event);
  return after;
}

// Rule 14.
TEST(RelationOrders, EveryOrderOfArrivalOfDatedEventsGivesOneState) {
  const std::uint64_t seed = test::test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  test::Random random(seed);
  for (int set = 0; set < 300; ++set) {
    std::vector<FoldEvent> events;
    for (std::size_t i = 0; i < 6; ++i) {
      events.push_back(dated(0, random.chance(50) ? kCreate : kDelete, static_cast<int>(random.below(5)), random.chance(50) ? "r1" : "r2"));
      events.back().body = std::to_string(random.below(100)) + (events.back().relation.first_record == RecordId("r1") ? "a" : "b");
    }
    std::optional<RelationState> expected;
    for (int order = 0; order < 20; ++order) {
      random.shuffle(events);
      std::vector<FoldEvent> arrived;
      RelationState relation;
      for (FoldEvent event : events) {
        event.sequence = Sequence(static_cast<std::int64_t>(arrived.size()) + 1);
        arrived.push_back(event);
        relation = arrived.size() == 1 ? extended(arrived) : next(arrived, relation, event);
      }
      relation.deleted_by.reset();
      if (!expected) expected = relation;
      ASSERT_EQ(relation, *expected) << "set " << set << ", order " << order;
    }
  }
}

}  // namespace
}  // namespace ledger::relation_test
