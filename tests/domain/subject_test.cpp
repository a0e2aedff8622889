// Events find the fold of their kind of subject.
#include "domain/subject.h"

#include <gtest/gtest.h>

#include <vector>

namespace ledger::subject_test {
namespace {

FoldEvent dated(std::int64_t sequence, EventKind kind) {
  FoldEvent event;
  event.sequence = Sequence(sequence);
  event.kind = kind;
  event.effective_at = Timestamp{std::chrono::seconds{sequence}};
  event.is_dated = true;
  return event;
}

FoldedSubject folded(const std::vector<FoldEvent>& events) {
  FoldedSubject subject;
  for (const FoldEvent& event : events) extend(subject, event);
  return subject;
}

TEST(FoldOfASubject, FoldsEachKindIntoItsPart) {
  EXPECT_TRUE(folded({dated(1, EventKind::association_create)}).association.association.state.created_at);
  EXPECT_TRUE(folded({dated(1, EventKind::observed)}).association.association.state.inferred);
  EXPECT_TRUE(folded({dated(1, EventKind::relation_create)}).relation.created_at);
  EXPECT_TRUE(folded({dated(1, EventKind::install)}).installs.installed_at);
  EXPECT_EQ(folded({dated(1, EventKind::uninstall)}).association, FoldedAssociation{});
}

TEST(FoldOfASubject, AConflictOfAnyKindMovesTheLastSequence) {
  FoldEvent conflict = dated(2, EventKind::uninstall);
  conflict.is_conflict = true;
  EXPECT_EQ(folded({dated(1, EventKind::association_create), conflict}).association.association.last_sequence, Sequence(2));
  EXPECT_EQ(folded({dated(1, EventKind::relation_create), conflict}).relation.last_sequence, Sequence(2));
  EXPECT_EQ(folded({conflict}).installs, Installs{});
}

TEST(EndedBy, IsTheDeleteOfAnAssociationOrOfARelation) {
  SubjectState state;
  EXPECT_EQ(ended_by(state), std::nullopt);
  state.relation = folded({dated(3, EventKind::relation_delete)}).relation;
  EXPECT_EQ(ended_by(state), Sequence(3));
  state.relation.reset();
  state.association = folded({dated(4, EventKind::association_delete)}).association.association;
  EXPECT_EQ(ended_by(state), Sequence(4));
}

TEST(ArrivalFlagsOfASubject, AreThoseOfItsKind) {
  SubjectState state;
  EXPECT_EQ(arrival_flags(state, dated(1, EventKind::install)), EventFlags{});
  state.installs = Installs{Timestamp{std::chrono::seconds{9}}, std::nullopt};
  EXPECT_TRUE(arrival_flags(state, dated(1, EventKind::install)).has(EventFlag::late));
  state = {};
  state.relation = folded({dated(3, EventKind::relation_delete)}).relation;
  EXPECT_TRUE(arrival_flags(state, dated(5, EventKind::relation_create)).has(EventFlag::recreated));
}

}  // namespace
}  // namespace ledger::subject_test
