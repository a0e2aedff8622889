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

// Rule 16.
TEST_P(EventStoreContract, ARelationEndsWithItsAssociationUntilALaterDatedCreate) {
  const auto status = [this] {
    RelationQuery query;
    query.location = LocationId("L");
    query.filter.status = StatusFilter::all;
    const auto page = store_.list_relations(query);
    EXPECT_EQ(page->relations.size(), 1U);
    const ShownRelation& shown = page->relations.front();
    query.filter.status = shown.status == RelationStatus::active ? StatusFilter::active : StatusFilter::deleted;
    EXPECT_EQ(store_.list_relations(query)->relations.size(), 1U) << "filters count it so";
    return shown.status;
  };
  const auto create = [](const char* day) {
    return event(std::string("{'type':'RelationCreate','id':'r','locationId':'L','associationId':'a','timestamp':'2026-11-0") + day + "T00:00:00Z'}");
  };
  const auto association = [](const char* type, const char* day) {
    return event(std::string("{'type':'Association") + type + "','id':'a','locationId':'L','timestamp':'2026-11-0" + day + "T00:00:00Z'}");
  };
  ASSERT_TRUE(store_.append(create("2")));
  ASSERT_TRUE(store_.append(association("Delete", "1")));
  EXPECT_EQ(status(), RelationStatus::active) << "the relation was created after the end";
  ASSERT_TRUE(store_.append(association("Create", "3")));
  ASSERT_TRUE(store_.append(association("Delete", "4")));
  EXPECT_EQ(status(), RelationStatus::association_deleted);
  ASSERT_TRUE(store_.append(association("Create", "5")));
  EXPECT_EQ(status(), RelationStatus::association_deleted) << "the association came back without it";
  ASSERT_TRUE(store_.append(create("4")));
  EXPECT_EQ(status(), RelationStatus::association_deleted) << "not later";
  ASSERT_TRUE(store_.append(event("{'type':'RelationCreate','id':'r','locationId':'L','associationId':'a'}")));
  EXPECT_EQ(status(), RelationStatus::association_deleted) << "not dated";
  ASSERT_TRUE(store_.append(create("6")));
  EXPECT_EQ(status(), RelationStatus::active);
  ASSERT_TRUE(store_.append(event("{'type':'RelationDelete','id':'r','locationId':'L'}")));
  EXPECT_EQ(status(), RelationStatus::deleted);
}

TEST_P(EventStoreContract, RelationsAreListedByTheirFirstEventsAndByRecord) {
  const auto create = [](const std::string& id, const std::string& first, const std::string& second) {
    return event("{'type':'RelationCreate','id':'" + id + "','locationId':'L','associationId':'a','firstRecordId':'" + first +
                 "','secondRecordId':'" + second + "'}");
  };
  for (const auto& relation : {create("z", "x", "y"), create("m", "y", "y"), create("a", "x", "v")}) ASSERT_TRUE(store_.append(relation));
  const auto ids = [this](const RelationQuery& query) {
    std::vector<std::string> found;
    const auto page = store_.list_relations(query);
    for (const ShownRelation& relation : page->relations) found.push_back(relation.state.key.id.value());
    if (page->next) found.push_back("then after " + page->next->value());
    return found;
  };
  RelationQuery query;
  query.location = LocationId("L");
  EXPECT_EQ(ids(query), (std::vector<std::string>{"z", "m", "a"}));
  query.limit = 2;
  EXPECT_EQ(ids(query), (std::vector<std::string>{"z", "m", "then after m"}));
  query.after = RelationId("m");
  EXPECT_EQ(ids(query), (std::vector<std::string>{"a"}));
  query.after.reset();
  query.filter.record = RecordId("y");
  EXPECT_EQ(ids(query), (std::vector<std::string>{"z", "m"})) << "once, though it is on both sides";
  query.filter.association = AssociationId("b");
  EXPECT_EQ(ids(query), (std::vector<std::string>{}));
  EXPECT_EQ(store_.list_history({key("L", "q"), {}, {}, 10, 1000, SubjectKind::relation}).error().reason, "relation-not-found");
  EXPECT_EQ(store_.list_history({key("L", "z"), {}, {}, 10, 1000, SubjectKind::relation})->events.size(), 1U);
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
