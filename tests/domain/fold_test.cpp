// The fold, rule by rule, on small histories.
#include "domain/fold.h"

#include "tests/support/fold_oracle.h"

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
  event.effective_at = at(occurred_at);
  event.is_dated = true;
  event.body = label.value_or("");
  event.definition.first_object_label = std::move(label);
  return event;
}

FoldEvent undated(std::int64_t sequence, EventKind kind, int recorded_at, std::optional<std::string> label = std::nullopt) {
  FoldEvent event = dated(sequence, kind, recorded_at, std::move(label));
  event.is_dated = false;
  return event;
}

Association fold_all(std::vector<FoldEvent> events) {
  return test::fold(kKey, std::move(events)).association;
}

constexpr EventKind kCreate = EventKind::association_create;
constexpr EventKind kUpdate = EventKind::association_update;
constexpr EventKind kDelete = EventKind::association_delete;

TEST(Fold, MakesAnAssociationOfASingleCreate) {
  const Association association = fold_all({dated(7, kCreate, 10, "Owner")});
  EXPECT_EQ(association.key, kKey);
  EXPECT_EQ(association.state.definition->first_object_label, "Owner");
  EXPECT_EQ(association.state.created_at, at(10));
  EXPECT_EQ(association.state.updated_at, at(10));
  EXPECT_FALSE(association.is_deleted());
  EXPECT_EQ(association.last_sequence, Sequence{7});
  EXPECT_FALSE(association.deleted_by);
}

TEST(Fold, LeavesTheCreationUnknownUntilACreateIsSeen) {
  EXPECT_FALSE(fold_all({dated(1, kUpdate, 10)}).state.created_at);
}

TEST(Fold, TakesTheLastValueByTimeAndNotByArrival) {
  const Association association = fold_all({dated(1, kUpdate, 20, "new"), dated(2, kCreate, 10, "old")});
  EXPECT_EQ(association.state.definition->first_object_label, "new");
  EXPECT_EQ(association.state.created_at, at(10));
  EXPECT_EQ(association.state.updated_at, at(20));
  EXPECT_EQ(association.last_sequence, Sequence{2});
}

TEST(Fold, NeverErasesAKnownFieldByAnAbsentOne) {
  EXPECT_EQ(fold_all({dated(1, kCreate, 10, "Owner"), dated(2, kUpdate, 20)}).state.definition->first_object_label, "Owner");
}

TEST(Fold, TakesAnEmptyFieldForAValue) {
  EXPECT_EQ(fold_all({dated(1, kCreate, 10, "Owner"), dated(2, kUpdate, 20, "")}).state.definition->first_object_label, "");
}

TEST(Fold, SetsEveryFieldOfTheDefinition) {
  FoldEvent event = dated(1, kUpdate, 10);
  event.definition = {"key", "type", "first key", "first label", "first to second", "second key", "second label", "second to first"};
  EXPECT_EQ(fold_all({event, dated(2, kUpdate, 20)}).state.definition, event.definition);
}

TEST(Fold, MakesATombstoneOfADeleteAloneWithTheDefinitionThatItCarries) {
  const Association association = fold_all({dated(1, kDelete, 10, "Owner")});
  EXPECT_EQ(association.state.deleted_at, at(10));
  EXPECT_EQ(association.deleted_by, Sequence{1});
  EXPECT_EQ(association.state.definition->first_object_label, "Owner");
  EXPECT_FALSE(association.state.created_at);
}

TEST(Fold, TakesTheEarliestDeleteAndTheEarliestCreateOfALife) {
  const Association association = fold_all({dated(1, kDelete, 40), dated(2, kCreate, 20), dated(3, kDelete, 30), dated(4, kCreate, 10)});
  EXPECT_EQ(association.state.deleted_at, at(30));
  EXPECT_EQ(association.deleted_by, Sequence{3});
  EXPECT_EQ(association.state.created_at, at(10));
  EXPECT_EQ(association.state.former_lives, 0);
}

// Well-known ids really come back.
TEST(Fold, BeginsANewLifeWithADatedCreateAfterADatedDelete) {
  const FoldedAssociation folded =
      test::fold(kKey, {dated(1, kCreate, 10, "Owner"), dated(2, kDelete, 20), dated(3, kCreate, 30), dated(4, kUpdate, 40)});
  EXPECT_FALSE(folded.association.is_deleted());
  EXPECT_FALSE(folded.association.deleted_by);
  EXPECT_EQ(folded.association.state.created_at, at(30));
  EXPECT_EQ(folded.association.state.former_lives, 1);
  EXPECT_FALSE(folded.association.state.definition->first_object_label) << "a new life knows nothing of the one before";
  ASSERT_EQ(folded.former_lives.size(), 1U);
  const EndedLife& former = folded.former_lives.front();
  EXPECT_EQ(former.created_at, at(10));
  EXPECT_EQ(former.deleted_at, at(20));
  EXPECT_EQ(former.deleted_by, Sequence{2});
  EXPECT_EQ(former.definition->first_object_label, "Owner");
}

TEST(Fold, BringsNothingBackByAnUpdateOrAnUndatedEvent) {
  EXPECT_TRUE(fold_all({dated(1, kDelete, 10), dated(2, kUpdate, 20)}).is_deleted());
  EXPECT_TRUE(fold_all({dated(1, kDelete, 10), undated(2, kCreate, 20)}).is_deleted());
  EXPECT_TRUE(fold_all({undated(1, kDelete, 10), dated(2, kCreate, 20)}).is_deleted()) << "nobody knows when the Delete happened";
}

TEST(Fold, NeverFoldsAConflict) {
  FoldEvent conflict = dated(2, kDelete, 20, "Other");
  conflict.is_conflict = true;
  const Association association = fold_all({dated(1, kUpdate, 10, "Owner"), conflict});
  EXPECT_FALSE(association.is_deleted());
  EXPECT_EQ(association.state.definition->first_object_label, "Owner");
  EXPECT_EQ(association.state.updated_at, at(10));
  EXPECT_EQ(association.last_sequence, Sequence{2});
}

constexpr int kMinute = 60'000;

TEST(FoldOfObservations, SaysWhichFieldsNobodySigned) {
  const Association observed = fold_all({dated(1, kCreate, 10, "Owner"), dated(2, EventKind::observed, 20, "Seen")});
  EXPECT_EQ(observed.state.definition->first_object_label, "Seen");
  EXPECT_NE(observed.state.inferred, 0U);
  EXPECT_EQ(observed.state.inferred & kInferredLife, 0U) << "the Create was signed";
  EXPECT_EQ(fold_all({dated(1, EventKind::observed, 20, "Seen"), dated(2, kUpdate, 30, "Signed")}).state.inferred, 0U);
}

TEST(FoldOfObservations, EndALifeUntilASignedEventShowsThatItWentOn) {
  const FoldEvent create = dated(1, kCreate, 10);
  const FoldEvent missing = dated(2, EventKind::missing, 20);
  const Association gone = fold_all({create, missing});
  EXPECT_EQ(gone.state.deleted_at, at(20));
  EXPECT_EQ(gone.state.inferred, kInferredLife);
  const Association back = fold_all({create, missing, dated(3, kUpdate, 30)});
  EXPECT_FALSE(back.is_deleted());
  EXPECT_EQ(back.state.former_lives, 0);
  EXPECT_EQ(back.state.inferred, 0U);
  EXPECT_TRUE(fold_all({create, missing, undated(3, kUpdate, 30)}).is_deleted());
  EXPECT_EQ(fold_all({create, missing, dated(3, kCreate, 30)}).state.former_lives, 1);
}

TEST(FoldOfObservations, YieldToASignedDelete) {
  const Association association = fold_all({dated(1, EventKind::missing, 20), dated(2, kDelete, 30)});
  EXPECT_EQ(association.state.deleted_at, at(30));
  EXPECT_EQ(association.deleted_by, Sequence{2});
  EXPECT_EQ(association.state.inferred, 0U);
}

TEST(FoldOfObservations, BeginALifeMoreThanTenMinutesAfterADelete) {
  const FoldEvent remove = dated(1, kDelete, 10);
  EXPECT_TRUE(fold_all({remove, dated(2, EventKind::observed, 10 + 10 * kMinute)}).is_deleted());
  const Association back = fold_all({remove, dated(2, EventKind::observed, 11 + 10 * kMinute, "Seen")});
  EXPECT_FALSE(back.is_deleted());
  EXPECT_FALSE(back.state.created_at);
  EXPECT_EQ(back.state.former_lives, 1);
  EXPECT_NE(back.state.inferred & kInferredLife, 0U);
}

TEST(Fold, CountsTheTimeOfRecordingWhereAnEventHasNone) {
  const Association association = fold_all({undated(1, kUpdate, 15, "recorded"), dated(2, kUpdate, 10, "early")});
  EXPECT_EQ(association.state.definition->first_object_label, "recorded");
  EXPECT_EQ(association.state.updated_at, at(15));
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
  EXPECT_TRUE(fold_order(dated(1, kCreate, 10, "a"), dated(2, kCreate, 10, "a")) < 0);
  EXPECT_TRUE(fold_order(dated(1, kCreate, 10, "a"), dated(1, kCreate, 10, "a")) == 0);
}

TEST(FoldOrder, ComparesKindsOfEqualBodies) {
  EXPECT_TRUE(fold_order(dated(2, kUpdate, 10, "a"), dated(1, kDelete, 10, "a")) < 0) << "in every order of arrival";
}

TEST(SortsLast, IsCertainOfALaterTimeAndOfAnUndatedEventOfTheSameTime) {
  const Association association = fold_all({dated(1, kUpdate, 10, "b")});
  EXPECT_FALSE(sorts_last(association, dated(2, kUpdate, 9, "c")));
  EXPECT_FALSE(sorts_last(association, dated(2, kUpdate, 10, "c")));
  EXPECT_TRUE(sorts_last(association, dated(2, kUpdate, 11, "a")));
  EXPECT_TRUE(sorts_last(association, undated(2, kUpdate, 10, "a")));
}

TEST(Extend, AppliesTheSameRulesAsTheFold) {
  const FoldEvent create = dated(1, kCreate, 10, "Owner");
  const FoldEvent remove = dated(2, kDelete, 20);
  const FoldEvent update = dated(3, kUpdate, 30, "late");
  Association association = fold_all({create});
  extend(association, remove);
  extend(association, update);
  EXPECT_EQ(association, fold_all({create, remove, update}));
}

TEST(ExtendDeathTest, RefusesAnEventThatDoesNotSortLastOrIsNotNew) {
  Association association = fold_all({dated(5, kUpdate, 10)});
  EXPECT_DEATH(extend(association, dated(6, kUpdate, 10)), "sorts_last");
  EXPECT_DEATH(extend(association, dated(5, kUpdate, 11)), "last_sequence");
}

TEST(OnlySetsFields, HoldsForALateUpdateOfThePresentLife) {
  const Association alive = fold_all({dated(1, kCreate, 10), dated(2, kUpdate, 30)});
  EXPECT_TRUE(only_sets_fields(alive, dated(3, kUpdate, 5)));
  EXPECT_FALSE(only_sets_fields(alive, dated(3, kCreate, 20)));
  EXPECT_FALSE(only_sets_fields(alive, dated(3, kDelete, 20)));
  const Association second_life = fold_all({dated(1, kDelete, 10), dated(2, kCreate, 20), dated(3, kUpdate, 40)});
  EXPECT_TRUE(only_sets_fields(second_life, dated(4, kUpdate, 30)));
  EXPECT_FALSE(only_sets_fields(second_life, dated(4, kUpdate, 15)));
  EXPECT_FALSE(only_sets_fields(fold_all({dated(1, EventKind::missing, 30)}), dated(2, kUpdate, 20)));
}

TEST(OnlySetsFields, HoldsForWhatComesLateToALifeThatHasEnded) {
  const Association ended = fold_all({dated(1, kDelete, 20), dated(2, kUpdate, 40)});
  EXPECT_TRUE(only_sets_fields(ended, dated(3, kDelete, 30)));
  EXPECT_FALSE(only_sets_fields(ended, dated(3, kDelete, 20))) << "the bodies decide which one ended it";
  EXPECT_FALSE(only_sets_fields(ended, dated(3, kDelete, 10)));
  EXPECT_FALSE(only_sets_fields(ended, dated(3, kCreate, 30)));
  EXPECT_TRUE(only_sets_fields(ended, undated(3, kCreate, 30)));
  const Association ended_for_good = fold_all({undated(1, kDelete, 20), dated(2, kUpdate, 40)});
  EXPECT_TRUE(only_sets_fields(ended_for_good, dated(3, kCreate, 30)));
}

TEST(InsertLate, SetsTheTimeOfAnEarlierCreate) {
  Association association = fold_all({undated(1, kDelete, 20), dated(2, kCreate, 40)});
  const FoldEvent late = dated(3, kCreate, 30);
  insert_late(association, late, {});
  EXPECT_EQ(association, fold_all({undated(1, kDelete, 20), dated(2, kCreate, 40), late}));
}

TEST(InsertLate, SetsWhatNoLaterEventCarries) {
  FoldEvent late = dated(3, kUpdate, 20, "Late");
  late.definition.key = "k";
  Association association = fold_all({dated(1, kCreate, 10, "Owner"), dated(2, kUpdate, 30, "Last")});
  Definition fields = late.definition;
  remove_overridden(fields, *association.state.definition);
  EXPECT_FALSE(fields.first_object_label);
  insert_late(association, late, fields);
  EXPECT_EQ(association, fold_all({dated(1, kCreate, 10, "Owner"), dated(2, kUpdate, 30, "Last"), late}));
}

TEST(ArrivalFlags, AreEmptyForAnAssociationNeverSeen) {
  EXPECT_EQ(arrival_flags(nullptr, dated(1, kUpdate, 10)), EventFlags{});
  EXPECT_EQ(arrival_flags(nullptr, dated(1, kDelete, 10)), EventFlags{});
}

TEST(ArrivalFlags, CallAnEventLateThatLiesBeforeTheLastOne) {
  const Association before = fold_all({dated(1, kCreate, 10)});
  EXPECT_TRUE(arrival_flags(&before, dated(2, kUpdate, 9)).has(EventFlag::late));
  EXPECT_EQ(arrival_flags(&before, dated(2, kUpdate, 10)), EventFlags{});
  EXPECT_EQ(arrival_flags(&before, dated(2, kUpdate, 11)), EventFlags{});
}

TEST(ArrivalFlags, MarkWhatFollowsADeleteExceptAnotherDelete) {
  const Association before = fold_all({dated(1, kDelete, 10)});
  EXPECT_EQ(arrival_flags(&before, dated(2, kUpdate, 11)).bits(), static_cast<std::uint32_t>(EventFlag::after_delete));
  EXPECT_EQ(arrival_flags(&before, undated(2, kCreate, 11)).bits(), static_cast<std::uint32_t>(EventFlag::after_delete));
  EXPECT_EQ(arrival_flags(&before, dated(2, kDelete, 11)), EventFlags{});
  EXPECT_EQ(arrival_flags(&before, dated(2, kCreate, 9)).bits(),
            static_cast<std::uint32_t>(EventFlag::late) | static_cast<std::uint32_t>(EventFlag::after_delete));
}

TEST(ArrivalFlags, SayThatACreateBeganANewLife) {
  const Association before = fold_all({dated(1, kDelete, 10)});
  EXPECT_EQ(arrival_flags(&before, dated(2, kCreate, 11)).bits(), static_cast<std::uint32_t>(EventFlag::recreated));
}

}  // namespace
}  // namespace ledger::fold_test
