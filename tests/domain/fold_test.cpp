// The fold, rule by rule, on small histories.
#include "domain/fold.h"

#include <gtest/gtest.h>

#include <utility>

namespace ledger::fold_test {
namespace {

using std::chrono::milliseconds;

const AssociationKey kKey{LocationId{"location"}, AssociationId{"association"}};

Timestamp at(int moment) {
  return Timestamp{milliseconds{moment}};
}

/// An event with a timestamp. Its body is `label`.
FoldEvent dated(std::int64_t sequence, EventKind kind, int occurred_at, std::optional<std::string> label = std::nullopt) {
  FoldEvent event;
  event.sequence = Sequence{sequence};
  event.kind = kind;
  event.occurred_at = at(occurred_at);
  event.recorded_at = at(1'000'000);
  event.body = label.value_or("");
  event.definition.first_object_label = std::move(label);
  return event;
}

FoldEvent undated(std::int64_t sequence, EventKind kind, int recorded_at, std::optional<std::string> label = std::nullopt) {
  FoldEvent event = dated(sequence, kind, 0, std::move(label));
  event.occurred_at.reset();
  event.recorded_at = at(recorded_at);
  return event;
}

constexpr EventKind kCreate = EventKind::association_create;
constexpr EventKind kUpdate = EventKind::association_update;
constexpr EventKind kDelete = EventKind::association_delete;

TEST(Fold, MakesAnAssociationOfASingleCreate) {
  const Association association = fold(kKey, {dated(7, kCreate, 10, "Owner")});
  EXPECT_EQ(association.key, kKey);
  EXPECT_EQ(association.state.definition.first_object_label, "Owner");
  EXPECT_EQ(association.state.created_at, at(10));
  EXPECT_EQ(association.state.updated_at, at(10));
  EXPECT_FALSE(association.is_deleted());
  EXPECT_EQ(association.last_sequence, Sequence{7});
  EXPECT_FALSE(association.deleted_by);
}

TEST(Fold, LeavesTheCreationUnknownUntilACreateIsSeen) {
  EXPECT_FALSE(fold(kKey, {dated(1, kUpdate, 10)}).state.created_at);
}

TEST(Fold, TakesTheLastValueByTimeAndNotByArrival) {
  const Association association = fold(kKey, {dated(1, kUpdate, 20, "new"), dated(2, kCreate, 10, "old")});
  EXPECT_EQ(association.state.definition.first_object_label, "new");
  EXPECT_EQ(association.state.created_at, at(10));
  EXPECT_EQ(association.state.updated_at, at(20));
  EXPECT_EQ(association.last_sequence, Sequence{2});
}

TEST(Fold, NeverErasesAKnownFieldByAnAbsentOne) {
  EXPECT_EQ(fold(kKey, {dated(1, kCreate, 10, "Owner"), dated(2, kUpdate, 20)}).state.definition.first_object_label, "Owner");
}

TEST(Fold, TakesAnEmptyFieldForAValue) {
  EXPECT_EQ(fold(kKey, {dated(1, kCreate, 10, "Owner"), dated(2, kUpdate, 20, "")}).state.definition.first_object_label, "");
}

TEST(Fold, SetsEveryFieldOfTheDefinition) {
  FoldEvent event = dated(1, kUpdate, 10);
  event.definition = {"key", "type", "first key", "first label", "first to second", "second key", "second label", "second to first"};
  EXPECT_EQ(fold(kKey, {event, dated(2, kUpdate, 20)}).state.definition, event.definition);
}

TEST(Fold, MakesATombstoneOfADeleteAloneWithTheDefinitionThatItCarries) {
  const Association association = fold(kKey, {dated(1, kDelete, 10, "Owner")});
  EXPECT_EQ(association.state.deleted_at, at(10));
  EXPECT_EQ(association.deleted_by, Sequence{1});
  EXPECT_EQ(association.state.definition.first_object_label, "Owner");
  EXPECT_FALSE(association.state.created_at);
}

TEST(Fold, KeepsADeleteFinalAgainstEverythingAfterIt) {
  const Association association = fold(kKey, {dated(1, kDelete, 10), dated(2, kCreate, 20, "again"), dated(3, kUpdate, 30)});
  EXPECT_EQ(association.state.deleted_at, at(10));
  EXPECT_EQ(association.state.created_at, at(20));
  EXPECT_EQ(association.state.updated_at, at(30));
  EXPECT_EQ(association.state.definition.first_object_label, "again");
}

TEST(Fold, TakesTheEarliestDeleteAndTheEarliestCreate) {
  const Association association = fold(kKey, {dated(1, kDelete, 40), dated(2, kCreate, 20), dated(3, kDelete, 30), dated(4, kCreate, 10)});
  EXPECT_EQ(association.state.deleted_at, at(30));
  EXPECT_EQ(association.deleted_by, Sequence{3});
  EXPECT_EQ(association.state.created_at, at(10));
}

TEST(Fold, CountsTheTimeOfRecordingWhereAnEventHasNone) {
  const Association association = fold(kKey, {undated(1, kUpdate, 15, "recorded"), dated(2, kUpdate, 10, "early")});
  EXPECT_EQ(association.state.definition.first_object_label, "recorded");
  EXPECT_EQ(association.state.updated_at, at(15));
}

TEST(FoldDeathTest, FoldsNoEmptyHistory) {
  EXPECT_DEATH((void)fold(kKey, {}), "invariant broken");
}

TEST(FoldOrder, ComparesTimesFirst) {
  EXPECT_TRUE(fold_order(dated(2, kDelete, 10, "z"), dated(1, kCreate, 11, "a")) < 0);
  EXPECT_TRUE(fold_order(dated(1, kCreate, 11, "a"), dated(2, kDelete, 10, "z")) > 0);
}

TEST(FoldOrder, ComparesBodiesAsUnsignedBytesAtEqualTimes) {
  EXPECT_TRUE(fold_order(dated(2, kDelete, 10, "a"), dated(1, kCreate, 10, "b")) < 0);
  EXPECT_TRUE(fold_order(dated(2, kUpdate, 10, "z"), dated(1, kUpdate, 10, "\xc3\xa4")) < 0);
  EXPECT_TRUE(fold_order(dated(2, kUpdate, 10, "a"), dated(1, kUpdate, 10, "aa")) < 0);
}

TEST(FoldOrder, PutsATimestampOfItsOwnBeforeATimeOfRecording) {
  EXPECT_TRUE(fold_order(dated(2, kUpdate, 10, "z"), undated(1, kUpdate, 10, "a")) < 0);
  EXPECT_TRUE(fold_order(undated(1, kUpdate, 10, "a"), dated(2, kUpdate, 10, "z")) > 0);
}

TEST(FoldOrder, KeepsArrivalAmongEventsRecordedInOneMillisecond) {
  EXPECT_TRUE(fold_order(undated(1, kDelete, 10, "z"), undated(2, kCreate, 10, "a")) < 0);
}

TEST(FoldOrder, KeepsArrivalAmongEqualBodies) {
  EXPECT_TRUE(fold_order(dated(1, kDelete, 10, "a"), dated(2, kCreate, 10, "a")) < 0);
  EXPECT_TRUE(fold_order(dated(1, kCreate, 10, "a"), dated(2, kCreate, 10, "a")) < 0);
  EXPECT_TRUE(fold_order(dated(1, kCreate, 10, "a"), dated(1, kCreate, 10, "a")) == 0);
}

TEST(SortsLast, IsCertainOnlyOfALaterTime) {
  const Association association = fold(kKey, {dated(1, kUpdate, 10, "b")});
  EXPECT_FALSE(sorts_last(association, dated(2, kUpdate, 9, "c")));
  EXPECT_FALSE(sorts_last(association, dated(2, kUpdate, 10, "c")));
  EXPECT_TRUE(sorts_last(association, dated(2, kUpdate, 11, "a")));
}

TEST(Extend, AppliesTheSameRulesAsTheFold) {
  const FoldEvent create = dated(1, kCreate, 10, "Owner");
  const FoldEvent remove = dated(2, kDelete, 20);
  const FoldEvent update = dated(3, kUpdate, 30, "late");
  Association association = fold(kKey, {create});
  extend(association, remove);
  extend(association, update);
  EXPECT_EQ(association, fold(kKey, {create, remove, update}));
}

TEST(ExtendDeathTest, RefusesAnEventThatDoesNotSortLastOrIsNotNew) {
  Association association = fold(kKey, {dated(5, kUpdate, 10)});
  EXPECT_DEATH(extend(association, dated(6, kUpdate, 10)), "sorts_last");
  EXPECT_DEATH(extend(association, dated(5, kUpdate, 11)), "last_sequence");
}

TEST(ArrivalFlags, AreEmptyForAnAssociationNeverSeen) {
  EXPECT_EQ(arrival_flags(nullptr, kUpdate, at(10)), EventFlags{});
  EXPECT_EQ(arrival_flags(nullptr, kDelete, at(10)), EventFlags{});
}

TEST(ArrivalFlags, CallAnEventLateThatLiesBeforeTheLastOne) {
  const Association before = fold(kKey, {dated(1, kCreate, 10)});
  EXPECT_TRUE(arrival_flags(&before, kUpdate, at(9)).has(EventFlag::late));
  EXPECT_EQ(arrival_flags(&before, kUpdate, at(10)), EventFlags{});
  EXPECT_EQ(arrival_flags(&before, kUpdate, at(11)), EventFlags{});
}

TEST(ArrivalFlags, MarkWhatFollowsADeleteExceptAnotherDelete) {
  const Association before = fold(kKey, {dated(1, kDelete, 10)});
  EXPECT_TRUE(arrival_flags(&before, kCreate, at(11)).has(EventFlag::after_delete));
  EXPECT_TRUE(arrival_flags(&before, kUpdate, at(11)).has(EventFlag::after_delete));
  EXPECT_EQ(arrival_flags(&before, kDelete, at(11)), EventFlags{});
  EXPECT_EQ(arrival_flags(&before, kCreate, at(9)).bits(), static_cast<int>(EventFlag::late) | static_cast<int>(EventFlag::after_delete));
}

}  // namespace
}  // namespace ledger::fold_test
