// Contract of append() for relations and installs: they are recorded by the rules of associations, and touch no association.
#include "tests/contract/backends.h"
#include "tests/support/generators.h"

namespace ledger::test::subjects_test {
namespace {

using Status = Appended::Status;

constexpr const char* kRelation = "{'type':'RelationCreate','id':'r','locationId':'L','associationId':'a','firstRecordId':'x','secondRecordId':'y'}";

LocationSummary only_location(BlockingStore& store) {
  const auto page = store.list_locations({});
  EXPECT_EQ(page->locations.size(), 1U);
  return page->locations.front();
}

TEST_P(EventStoreContract, RelationsAreCountedAndAreNoAssociations) {
  ASSERT_EQ(store_.append(event(kRelation))->status, Status::recorded);
  LocationSummary location = only_location(store_);
  EXPECT_EQ(location.active_relations, 1);
  EXPECT_EQ(location.active_associations, 0);
  EXPECT_EQ(location.last_sequence, Sequence(1));
  ASSERT_EQ(store_.append(event("{'type':'RelationDelete','id':'r','locationId':'L'}"))->status, Status::recorded);
  location = only_location(store_);
  EXPECT_EQ(location.active_relations, 0);
  EXPECT_EQ(location.deleted_relations, 1);
  EXPECT_EQ(store_.find_association(key("L", "r")).error().reason, "association-not-found");
  EXPECT_TRUE(store_.list_deletions({LocationId("L"), {}, {}, {}, 10})->deletions.empty());
}

// Rule 13.
TEST_P(EventStoreContract, ARelationMayHaveTheIdOfAnAssociation) {
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'r','locationId':'L','key':'k'}")));
  ASSERT_TRUE(store_.append(event("{'type':'RelationDelete','id':'r','locationId':'L'}")));
  EXPECT_FALSE(store_.find_association(key("L", "r"))->is_deleted());
  EXPECT_EQ(store_.list_history({key("L", "r"), {}, {}, 10})->events.size(), 1U);
  const auto relation = store_.find_event(Sequence(2));
  EXPECT_EQ(relation->subject, SubjectKind::relation);
  EXPECT_EQ(relation->association, key("L", "r"));
}

// Rule 6.
TEST_P(EventStoreContract, ARelationDeleteWithoutWebhookIdIsADuplicateByItsBody) {
  const auto gone = event("{'type':'RelationDelete','id':'r','locationId':'L'}");
  ASSERT_EQ(store_.append(gone)->status, Status::recorded);
  EXPECT_EQ(store_.append(gone)->status, Status::duplicate);
  ASSERT_EQ(store_.append(event(kRelation))->sequence, Sequence(2));
  EXPECT_EQ(store_.append(event(kRelation))->status, Status::recorded);
  EXPECT_TRUE(store_.find_event(Sequence(3))->flags.has(EventFlag::repeat));
  EXPECT_TRUE(store_.find_event(Sequence(3))->flags.has(EventFlag::after_delete));
}

TEST_P(EventStoreContract, InstallsGiveALocationItsTimes) {
  ASSERT_TRUE(store_.append(event("{'type':'INSTALL','locationId':'L','timestamp':'2026-11-07T10:00:00Z'}")));
  ASSERT_TRUE(store_.append(event("{'type':'UNINSTALL','locationId':'L','timestamp':'2026-11-07T12:00:00Z'}")));
  ASSERT_TRUE(store_.append(event("{'type':'INSTALL','locationId':'L','timestamp':'2026-11-07T11:00:00Z'}")));
  LocationSummary location = only_location(store_);
  EXPECT_EQ(location.installs.installed_at, parse_rfc3339("2026-11-07T11:00:00Z"));
  EXPECT_EQ(location.installs.uninstalled_at, parse_rfc3339("2026-11-07T12:00:00Z"));
  EXPECT_EQ(location.last_sequence, Sequence(3));
  EXPECT_TRUE(store_.find_event(Sequence(3))->flags.has(EventFlag::late));
  EXPECT_EQ(store_.find_event(Sequence(3))->subject, SubjectKind::location);
  ASSERT_TRUE(store_.append(event("{'type':'INSTALL','locationId':'L','timestamp':'2026-11-07T13:00:00Z'}")));
  location = only_location(store_);
  EXPECT_EQ(location.installs.installed_at, parse_rfc3339("2026-11-07T13:00:00Z"));
  EXPECT_EQ(location.installs.uninstalled_at, std::nullopt);
}

// Rule 7. The subject of the first kind keeps the event, so that a replay makes no subject of its own.
TEST_P(EventStoreContract, AReplayAsAKindOfAnotherSubjectBelongsToTheFirst) {
  const std::string body = R"({"id":"a","locationId":"L","webhookId":"w"})";
  ASSERT_TRUE(store_.append(new_event(body, EventKind::association_create)));
  for (const EventKind kind : {EventKind::relation_create, EventKind::uninstall}) {
    ASSERT_EQ(store_.append(new_event(body, kind))->status, Status::recorded);
    EXPECT_EQ(store_.append(new_event(body, kind))->status, Status::duplicate);
  }
  const LocationSummary location = only_location(store_);
  EXPECT_EQ(location.active_associations, 1);
  EXPECT_EQ(location.active_relations, 0);
  EXPECT_EQ(location.installs, Installs{});
  const auto history = store_.list_history({key("L", "a"), {}, {}, 10});
  ASSERT_EQ(history->events.size(), 3U);
  EXPECT_EQ(history->events[1].kind, EventKind::relation_create);
  EXPECT_EQ(history->events[1].subject, SubjectKind::association);
  EXPECT_TRUE(history->events[1].flags.has(EventFlag::kind_conflict));
}

}  // namespace
}  // namespace ledger::test::subjects_test
