// Names in bodies, paths and responses, and numbers on disk.
#include "domain/event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace ledger::event_test {
namespace {

TEST(EventKind, HasThePlatformsNameAndIsFoundByIt) {
  for (const EventKind kind : kWebhookKinds) EXPECT_EQ(event_kind(name(kind)), kind);
  EXPECT_EQ(name(EventKind::association_create), "AssociationCreate");
  EXPECT_EQ(name(EventKind::association_update), "AssociationUpdate");
  EXPECT_EQ(name(EventKind::association_delete), "AssociationDelete");
  EXPECT_EQ(name(EventKind::relation_create), "RelationCreate");
  EXPECT_EQ(name(EventKind::relation_delete), "RelationDelete");
  EXPECT_EQ(name(EventKind::install), "INSTALL");
  EXPECT_EQ(name(EventKind::uninstall), "UNINSTALL");
  EXPECT_EQ(name(EventKind::observed), "Observed");
  EXPECT_EQ(name(EventKind::missing), "Missing");
}

TEST(EventKind, IsNotFoundByAnotherSpelling) {
  for (const std::string_view text : {"", "associationcreate", "AssociationCreate ", "RelationUpdate", "AssociationCreated", "Observed", "Missing"}) {
    EXPECT_FALSE(event_kind(text)) << text;
  }
}

TEST(EventKind, KeepsTheNumbersThatAreOnDisk) {
  int number = 0;
  for (const EventKind kind : kWebhookKinds) EXPECT_EQ(static_cast<int>(kind), ++number);
  EXPECT_EQ(number, 7);
  EXPECT_EQ(static_cast<int>(EventKind::observed), 8);
  EXPECT_EQ(static_cast<int>(EventKind::missing), 9);
}

TEST(EventKind, TellsWhatTheEventIsAbout) {
  EXPECT_EQ(subject_kind(EventKind::association_create), SubjectKind::association);
  EXPECT_EQ(subject_kind(EventKind::association_update), SubjectKind::association);
  EXPECT_EQ(subject_kind(EventKind::association_delete), SubjectKind::association);
  EXPECT_EQ(subject_kind(EventKind::relation_create), SubjectKind::relation);
  EXPECT_EQ(subject_kind(EventKind::relation_delete), SubjectKind::relation);
  EXPECT_EQ(subject_kind(EventKind::install), SubjectKind::location);
  EXPECT_EQ(subject_kind(EventKind::uninstall), SubjectKind::location);
}

TEST(Names, OfSubjectsSourcesAndSchemesAreFixed) {
  EXPECT_EQ(name(SubjectKind::association), "association");
  EXPECT_EQ(name(SubjectKind::relation), "relation");
  EXPECT_EQ(name(SubjectKind::location), "location");
  EXPECT_EQ(name(Source::webhook), "webhook");
  EXPECT_EQ(name(Source::import), "import");
  EXPECT_EQ(name(Source::reconcile), "reconcile");
  EXPECT_EQ(name(SignatureScheme::ed25519), "ed25519");
  EXPECT_EQ(name(SignatureScheme::rsa_pkcs1_sha256), "rsa-pkcs1-sha256");
}

TEST(Names, OfFlagsBelongToTheirBitsForEver) {
  std::vector<std::string_view> names;
  std::uint32_t bit = 1;
  for (const EventFlag flag : kEventFlags) {
    EXPECT_EQ(static_cast<std::uint32_t>(flag), bit);
    bit *= 2;
    names.push_back(name(flag));
  }
  EXPECT_THAT(names, testing::ElementsAre("event_mismatch", "late", "after_delete", "kind_from_path", "kind_conflict", "kind_respelled",
                                          "field_unread", "ahead", "repeat", "recreated"));
}

TEST(EventFlags, HoldEachFlagByItself) {
  EventFlags flags;
  EXPECT_EQ(flags.bits(), 0U);
  flags.set(EventFlag::late);
  EXPECT_TRUE(flags.has(EventFlag::late));
  EXPECT_FALSE(flags.has(EventFlag::after_delete));
  flags.set(EventFlag::event_mismatch);
  flags.set(EventFlag::late);
  EXPECT_EQ(flags.bits(), 3U);
  EXPECT_EQ(flags, EventFlags{3});
  flags.set(EventFlag::recreated);
  EXPECT_EQ(flags.bits(), 515U);
}

TEST(EventKindDeathTest, HasNoNameForAValueThatIsNone) {
  EXPECT_DEATH((void)name(static_cast<EventKind>(10)), "invariant broken");
  EXPECT_DEATH((void)subject_kind(EventKind::observed), "invariant broken");
}

}  // namespace
}  // namespace ledger::event_test
