// Contract of pages: every item once, in order, and one prefix of the log from the first page to the last, whatever is appended meanwhile.
#include "tests/contract/backends.h"

namespace ledger::test::paging_test {
namespace {

using Ids = std::vector<std::string>;

std::string created(const std::string& id, const std::string& location = "L") {
  return "{'type':'AssociationCreate','id':'" + id + "','locationId':'" + location + "'}";
}

std::string deleted(const std::string& id, const std::string& time) {
  return "{'type':'AssociationDelete','id':'" + id + "','locationId':'L','timestamp':'" + time + "'}";
}

TEST_P(EventStoreContract, AssociationPagesShowOnePrefixWhileOthersAppend) {
  for (const char* id : {"a", "b", "c", "d"}) ASSERT_TRUE(store_.append(event(created(id))));
  AssociationQuery query;
  query.location = LocationId("L");
  query.limit = 2;
  const auto first = store_.list_associations(query);
  ASSERT_TRUE(first->next);
  EXPECT_EQ(first->as_of, Sequence(4));

  ASSERT_TRUE(store_.append(event(deleted("c", "2026-11-07T12:00:00Z"))));
  ASSERT_TRUE(store_.append(event(created("cc"))));
  query.after = first->next;
  query.as_of = first->as_of;
  const auto second = store_.list_associations(query);
  ASSERT_EQ(second->associations.size(), 2U);
  EXPECT_EQ(second->associations[0].key.id, AssociationId("c")) << "deleted after the prefix, so still there";
  EXPECT_EQ(second->associations[1].key.id, AssociationId("d"));
  EXPECT_FALSE(second->next);
}

TEST_P(EventStoreContract, ALastPageThatIsFullHasNoNext) {
  for (const char* id : {"a", "b"}) ASSERT_TRUE(store_.append(event(created(id))));
  AssociationQuery query;
  query.location = LocationId("L");
  query.limit = 2;
  EXPECT_FALSE(store_.list_associations(query)->next);
}

TEST_P(EventStoreContract, DeletionPagesBreakTiesByRecordingAndShowThePresent) {
  for (const char* id : {"b", "d", "a", "c"}) ASSERT_TRUE(store_.append(event(deleted(id, "2026-11-07T12:00:00Z"))));
  DeletionQuery query;
  query.location = LocationId("L");
  query.limit = 2;
  const auto first = store_.list_deletions(query);
  ASSERT_TRUE(first->next);
  // An earlier Delete of "b" comes late, and moves it to the end of the list.
  ASSERT_TRUE(store_.append(event(deleted("b", "2026-11-07T10:00:00Z"))));
  query.after = first->next;
  const auto second = store_.list_deletions(query);
  Ids ids;
  for (const Deletion& deletion : first->deletions) ids.push_back(deletion.key.id.value());
  for (const Deletion& deletion : second->deletions) ids.push_back(deletion.key.id.value());
  EXPECT_EQ(ids, (Ids{"c", "a", "d", "b"}));
  EXPECT_EQ(second->deletions.at(1).life.deleted_by, Sequence(5));
  EXPECT_EQ(second->as_of, Sequence(5));
}

TEST_P(EventStoreContract, PagesOfAssociationsEndAtTheirBytesButNeverBeforeTheFirst) {
  for (const std::string id : {"c", "a", "b"}) {
    ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'" + id + "','locationId':'L','key':'k'}")));
    ASSERT_TRUE(store_.append(event(deleted(id, "2026-11-07T12:00:00Z"))));
  }
  AssociationQuery query;
  query.location = LocationId("L");
  query.filter.status = StatusFilter::deleted;
  query.bytes_max = 1;
  DeletionQuery deletions;
  deletions.location = LocationId("L");
  deletions.bytes_max = 1;
  for (const auto& [id, deleted_id] : {std::pair("a", "b"), std::pair("b", "a"), std::pair("c", "c")}) {
    const auto page = store_.list_associations(query);
    ASSERT_EQ(page->associations.size(), 1U);
    EXPECT_EQ(page->associations[0].key.id, AssociationId(id));
    query.after = page->next;
    const auto gone = store_.list_deletions(deletions);
    ASSERT_EQ(gone->deletions.size(), 1U);
    EXPECT_EQ(gone->deletions[0].key.id, AssociationId(deleted_id)) << "the one that was recorded last is first";
    deletions.after = gone->next;
  }
  EXPECT_FALSE(query.after) << "the last page has no next";
  EXPECT_FALSE(deletions.after);
  query.bytes_max = deletions.bytes_max = 2;
  EXPECT_EQ(store_.list_associations(query)->associations.size(), 2U);
  EXPECT_EQ(store_.list_deletions(deletions)->deletions.size(), 2U);
}

TEST_P(EventStoreContract, HistoryPagesAreOldestFirstWithinTheirPrefix) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(store_.append(event("{'type':'AssociationUpdate','id':'a','locationId':'L'}")));
    ASSERT_TRUE(store_.append(event(created("other"))));
  }
  HistoryQuery query{key("L", "a"), {}, {}, 3, 1'000'000};
  const auto first = store_.list_history(query);
  ASSERT_EQ(first->events.size(), 3U);
  EXPECT_TRUE(first->has_more);
  EXPECT_EQ(first->last_sequence, Sequence(9));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationUpdate','id':'a','locationId':'L'}")));
  query.after = first->events.back().sequence;
  query.through = first->last_sequence;
  const auto second = store_.list_history(query);
  ASSERT_EQ(second->events.size(), 2U);
  EXPECT_EQ(second->events.back().sequence, Sequence(9));
  EXPECT_FALSE(second->has_more);
}

TEST_P(EventStoreContract, EventPagesEndAtTheirBytesButNeverBeforeTheFirstEvent) {
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(store_.append(event(created(id))));
  EventQuery query;
  query.bytes_max = 1;
  const auto page = store_.list_events(query);
  ASSERT_EQ(page->events.size(), 1U);
  EXPECT_TRUE(page->has_more);
  EXPECT_EQ(page->last_sequence, Sequence(3));
  query.after = Sequence(3);
  EXPECT_TRUE(store_.list_events(query)->events.empty());
}

TEST_P(EventStoreContract, LocationPagesShowThePresent) {
  for (const char* location : {"L1", "L2", "L3"}) ASSERT_TRUE(store_.append(event(created("a", location))));
  LocationQuery query;
  query.limit = 1;
  const auto first = store_.list_locations(query);
  ASSERT_TRUE(first->next);
  ASSERT_TRUE(store_.append(event(created("b", "L2"))));
  ASSERT_TRUE(store_.append(event(created("a", "L25"))));
  query.limit = 10;
  query.after = first->next;
  const auto second = store_.list_locations(query);
  EXPECT_EQ(second->as_of, Sequence(5));
  ASSERT_EQ(second->locations.size(), 3U);
  EXPECT_EQ(second->locations[0].active_associations, 2);
  EXPECT_EQ(second->locations[0].last_sequence, Sequence(4));
  EXPECT_EQ(second->locations[1].location, LocationId("L25"));
}

}  // namespace
}  // namespace ledger::test::paging_test
