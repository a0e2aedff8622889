// Names in bodies, paths and responses, and numbers on disk.
#include "domain/event.h"

#include <gtest/gtest.h>

namespace ledger::event_test {
namespace {

TEST(EventKind, HasThePlatformsNameAndIsFoundByIt) {
  for (const EventKind kind : {EventKind::association_create, EventKind::association_update, EventKind::association_delete}) {
    EXPECT_EQ(event_kind(name(kind)), kind);
  }
  EXPECT_EQ(name(EventKind::association_create), "AssociationCreate");
  EXPECT_EQ(name(EventKind::association_update), "AssociationUpdate");
  EXPECT_EQ(name(EventKind::association_delete), "AssociationDelete");
}

TEST(EventKind, IsNotFoundByAnotherSpelling) {
  for (const std::string_view text : {"", "associationcreate", "AssociationCreate ", "RelationCreate", "AssociationCreated"}) {
    EXPECT_FALSE(event_kind(text)) << text;
  }
}

TEST(EventKind, KeepsTheNumbersThatAreOnDisk) {
  EXPECT_EQ(static_cast<int>(EventKind::association_create), 1);
  EXPECT_EQ(static_cast<int>(EventKind::association_update), 2);
  EXPECT_EQ(static_cast<int>(EventKind::association_delete), 3);
}

TEST(Names, OfSourcesFlagsAndSchemesAreFixed) {
  EXPECT_EQ(name(Source::webhook), "webhook");
  EXPECT_EQ(name(EventFlag::event_mismatch), "event_mismatch");
  EXPECT_EQ(name(EventFlag::late), "late");
  EXPECT_EQ(name(EventFlag::after_delete), "after_delete");
  EXPECT_EQ(name(SignatureScheme::ed25519), "ed25519");
  EXPECT_EQ(name(SignatureScheme::rsa_pkcs1_sha256), "rsa-pkcs1-sha256");
}

TEST(EventFlags, HoldEachFlagByItself) {
  EventFlags flags;
  EXPECT_EQ(flags.bits(), 0);
  flags.set(EventFlag::late);
  EXPECT_TRUE(flags.has(EventFlag::late));
  EXPECT_FALSE(flags.has(EventFlag::after_delete));
  flags.set(EventFlag::event_mismatch);
  flags.set(EventFlag::late);
  EXPECT_EQ(flags.bits(), 3);
  EXPECT_EQ(flags, EventFlags{3});
}

TEST(EventKindDeathTest, HasNoNameForAValueThatIsNone) {
  EXPECT_DEATH((void)name(static_cast<EventKind>(9)), "invariant broken");
}

}  // namespace
}  // namespace ledger::event_test
