// The spellings of events.
#include "domain/event_type.h"

#include <gtest/gtest.h>

#include <string>

namespace ledger::event_type_test {
namespace {

TEST(EventType, FindsEveryKindByItsDocumentedName) {
  for (const EventKind kind : kWebhookKinds) EXPECT_EQ(find_event_kind(name(kind)), (NamedKind{kind, false}));
}

TEST(EventType, FindsAKindByOtherSpellingsAndSaysSo) {
  for (const std::string_view text : {"associationdelete", "ASSOCIATION_DELETE", "Association Delete", "association.deleted", "association-deleted",
                                      "AssociationDeleted", "AssociationDelete\n", "\tAssociationDelete", "a.s-s_o ciationDELETED"}) {
    EXPECT_EQ(find_event_kind(text), (NamedKind{EventKind::association_delete, true})) << text;
  }
  EXPECT_EQ(find_event_kind("relation_created"), (NamedKind{EventKind::relation_create, true}));
  EXPECT_EQ(find_event_kind("install"), (NamedKind{EventKind::install, true}));
  EXPECT_EQ(find_event_kind("UNINSTALLED"), (NamedKind{EventKind::uninstall, true}));
  EXPECT_EQ(find_event_kind("AppInstall"), (NamedKind{EventKind::install, true}));
  EXPECT_EQ(find_event_kind("App Uninstalled"), (NamedKind{EventKind::uninstall, true}));
}

TEST(EventType, FindsNothingElse) {
  for (const std::string_view text :
       {"", " ", "Association", "AssociationDeletedd", "AssociationDeletion", "XAssociationDelete", "Association/Delete", "AssociationCreateUpdate",
        "RelationUpdate", "Observed", "Missing", "A\u017f\u017fociationDelete"}) {
    EXPECT_FALSE(find_event_kind(text)) << text;
  }
}

TEST(EventType, KnowsTheDocumentedEventsThatTheLedgerDoesNotKeep) {
  for (const std::string_view text : {"ContactCreate", "LCEmailStats", "SaaSPlanCreate", "user.created", "OpportunityStatusUpdate", "InvoicePaid"}) {
    EXPECT_TRUE(is_documented_elsewhere(text)) << text;
  }
  for (const std::string_view text : {"", "Contact", "ContactCreateX", "AssociationCreate", "INSTALL", "SomethingNew"}) {
    EXPECT_FALSE(is_documented_elsewhere(text)) << text;
  }
}

TEST(EventType, SeesWhetherANameMentionsWhatTheLedgerKeeps) {
  for (const std::string_view text : {"AssociationLabelUpdate", "RELATION", "contact-ass_ociation", "ContactRelationMove"}) {
    EXPECT_TRUE(mentions_kept_subject(text)) << text;
  }
  for (const std::string_view text : {"", "ContactCreate", "Associate", "Rela"}) EXPECT_FALSE(mentions_kept_subject(text)) << text;
}

}  // namespace
}  // namespace ledger::event_type_test
