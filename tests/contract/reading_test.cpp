// Contract of the reads: current state, the past, deletion history, and what is answered for things never seen.
#include "tests/contract/backends.h"

#include <algorithm>
#include <chrono>

namespace ledger::test::reading_test {
namespace {

using std::chrono::milliseconds;

Timestamp at(const char* text) {
  return *parse_rfc3339(text);
}

std::vector<std::string> ids_of(const Result<AssociationPage>& page) {
  std::vector<std::string> ids;
  for (const Association& association : page->associations) ids.push_back(association.key.id.value());
  return ids;
}

AssociationQuery all_of(const char* location) {
  AssociationQuery query;
  query.location = LocationId(location);
  query.filter.status = StatusFilter::all;
  return query;
}

using Ids = std::vector<std::string>;

TEST_P(EventStoreContract, AnUnknownLocationHasAnEmptyPage) {
  const auto page = store_.list_associations(all_of("nowhere"));
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->associations.empty());
  EXPECT_EQ(page->as_of, Sequence(0));
  EXPECT_FALSE(page->next);
}

// Some ids cannot be a part of a path: a slash, a dot, two dots.
TEST_P(EventStoreContract, AnyIdCanBeAskedFor) {
  for (const char* id : {"a", "a/b", ".", "..", "b"}) {
    ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','locationId':'L','id':'" + std::string(id) + "'}")));
  }
  ASSERT_TRUE(store_.append(event("{'type':'AssociationDelete','locationId':'L','id':'..'}")));
  const auto ids = [this](const char* id, StatusFilter status, const char* after, AsOf as_of) {
    AssociationQuery query = all_of("L");
    query.filter.status = status;
    query.filter.id = AssociationId(id);
    query.after = AssociationId(after);
    query.as_of = as_of;
    const auto page = store_.list_associations(query);
    Ids found;
    for (const Association& association : page->associations) found.push_back(association.key.id.value());
    return found;
  };
  for (const char* id : {"a", "a/b", ".", "..", "b"}) EXPECT_EQ(ids(id, StatusFilter::all, "", Latest{}), Ids{id});
  EXPECT_EQ(ids("..", StatusFilter::active, "", Latest{}), Ids{});
  EXPECT_EQ(ids("..", StatusFilter::active, "", Sequence(5)), Ids{".."});
  EXPECT_EQ(ids("b", StatusFilter::all, "", Sequence(4)), Ids{}) << "it was not there yet";
  EXPECT_EQ(ids("a", StatusFilter::all, "a", Latest{}), Ids{}) << "it is not after itself";
  EXPECT_EQ(ids("none", StatusFilter::all, "", Latest{}), Ids{});
}

TEST_P(EventStoreContract, WhatWasNeverSeenIsNotFound) {
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'L'}")));
  EXPECT_EQ(store_.find_association(key("L", "b")).error().code, Errc::not_found);
  EXPECT_EQ(store_.find_association(key("M", "a")).error().code, Errc::not_found);
  EXPECT_EQ(store_.list_history({key("L", "b"), {}, {}, 10, 1000}).error().code, Errc::not_found);
  EXPECT_EQ(store_.find_event(Sequence(2)).error().code, Errc::not_found);
  EXPECT_EQ(store_.find_event(Sequence(0)).error().code, Errc::not_found);
}

// Rule 12.
TEST_P(EventStoreContract, ADeleteOfTheUnknownIsATombstoneWithItsDefinition) {
  ASSERT_TRUE(store_.append(
      event("{'type':'AssociationDelete','id':'a','locationId':'L','key':'k','firstObjectLabel':'Buyer','timestamp':'2026-11-07T12:00:00Z'}")));
  const auto association = store_.find_association(key("L", "a"));
  ASSERT_TRUE(association);
  EXPECT_EQ(association->state.deleted_at, at("2026-11-07T12:00:00Z"));
  EXPECT_EQ(association->deleted_by, Sequence(1));
  EXPECT_EQ(association->state.definition->first_object_label, "Buyer");
  EXPECT_FALSE(association->state.created_at);
}

// Rule 11: a late Create or Update brings nothing back, yet fills in what it knows.
TEST_P(EventStoreContract, ALateCreateCompletesATombstoneAndRevivesNothing) {
  ASSERT_TRUE(store_.append(event("{'type':'AssociationDelete','id':'a','locationId':'L','timestamp':'2026-11-07T12:00:00Z'}")));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'L','key':'k','timestamp':'2026-11-07T11:00:00Z'}")));
  const auto association = store_.find_association(key("L", "a"));
  EXPECT_TRUE(association->is_deleted());
  EXPECT_EQ(association->state.created_at, at("2026-11-07T11:00:00Z"));
  EXPECT_EQ(association->state.updated_at, at("2026-11-07T12:00:00Z"));
  EXPECT_EQ(association->state.definition->key, "k");
  EXPECT_EQ(association->last_sequence, Sequence(2));
}

TEST_P(EventStoreContract, AnEarlierDeleteThatComesLateMovesTheMoment) {
  ASSERT_TRUE(store_.append(event("{'type':'AssociationDelete','id':'a','locationId':'L','timestamp':'2026-11-07T12:00:00Z','webhookId':'w2'}")));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationDelete','id':'a','locationId':'L','timestamp':'2026-11-07T10:00:00Z','webhookId':'w1'}")));
  const auto page = store_.list_deletions({LocationId("L"), {}, {}, {}, 10});
  ASSERT_EQ(page->deletions.size(), 1U);
  EXPECT_EQ(page->deletions[0].life.deleted_at, at("2026-11-07T10:00:00Z"));
  EXPECT_EQ(page->deletions[0].life.deleted_by, Sequence(2));
  EXPECT_EQ(page->deletions[0].webhook_id, WebhookId("w1"));
}

TEST_P(EventStoreContract, ADeletionNamesTheDeliveryThatSaysSo) {
  constexpr const char* kUuid = "881b9415-5d35-4ff1-a667-0545b80b96c0";
  ASSERT_TRUE(store_.append(
      event("{'type':'AssociationDelete','id':'a','locationId':'L','webhookId':'" + std::string(kUuid) + "','timestamp':'2026-11-07T12:00:00Z'}")));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationDelete','id':'b','locationId':'L','traceId':'t-1','timestamp':'2026-11-07T11:00:00Z'}")));
  const auto page = store_.list_deletions({LocationId("L"), {}, {}, {}, 10});
  ASSERT_EQ(page->deletions.size(), 2U);
  EXPECT_EQ(page->deletions[0].webhook_id, WebhookId(kUuid));
  EXPECT_EQ(page->deletions[0].trace_id, std::nullopt);
  EXPECT_EQ(page->deletions[1].webhook_id, std::nullopt);
  EXPECT_EQ(page->deletions[1].trace_id, TraceId("t-1"));
}

TEST_P(EventStoreContract, FiltersNarrowTheList) {
  ASSERT_TRUE(store_.append(
      event("{'type':'AssociationCreate','id':'1','locationId':'L','key':'k','firstObjectKey':'contact','associationType':'USER_DEFINED'}")));
  ASSERT_TRUE(
      store_.append(event("{'type':'AssociationCreate','id':'2','locationId':'L','secondObjectKey':'contact','associationType':'SYSTEM_DEFINED'}")));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationDelete','id':'3','locationId':'L','key':'k'}")));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'4','locationId':'M','key':'k'}")));
  AssociationQuery query = all_of("L");
  EXPECT_EQ(ids_of(store_.list_associations(query)), (Ids{"1", "2", "3"}));
  query.filter.status = StatusFilter::active;
  EXPECT_EQ(ids_of(store_.list_associations(query)), (Ids{"1", "2"}));
  query.filter.status = StatusFilter::deleted;
  EXPECT_EQ(ids_of(store_.list_associations(query)), (Ids{"3"}));
  query.filter = {StatusFilter::all, "k", {}, {}};
  EXPECT_EQ(ids_of(store_.list_associations(query)), (Ids{"1", "3"}));
  query.filter = {StatusFilter::all, {}, "contact", {}};
  EXPECT_EQ(ids_of(store_.list_associations(query)), (Ids{"1", "2"}));
  query.filter = {StatusFilter::all, {}, {}, "SYSTEM_DEFINED"};
  EXPECT_EQ(ids_of(store_.list_associations(query)), (Ids{"2"}));
}

// Rule 15: the state as of a sequence or a moment is the fold of what was recorded by then.
TEST_P(EventStoreContract, ThePastIsReadableBySequenceAndByMoment) {
  const Timestamp first = clock_.now();
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'L','firstObjectLabel':'Old'}")));
  clock_.advance(milliseconds(10));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationUpdate','id':'a','locationId':'L','firstObjectLabel':'New'}")));
  clock_.advance(milliseconds(10));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationDelete','id':'a','locationId':'L'}")));

  AssociationQuery query = all_of("L");
  query.as_of = Sequence(1);
  EXPECT_EQ(store_.list_associations(query)->associations.at(0).state.definition->first_object_label, "Old");
  query.as_of = first + milliseconds(9);
  EXPECT_EQ(store_.list_associations(query)->as_of, Sequence(1));
  query.as_of = first + milliseconds(10);
  const auto second = store_.list_associations(query);
  EXPECT_EQ(second->as_of, Sequence(2));
  EXPECT_EQ(second->associations.at(0).state.definition->first_object_label, "New");
  EXPECT_FALSE(second->associations.at(0).is_deleted());
  query.as_of = first + milliseconds(1000);
  EXPECT_TRUE(store_.list_associations(query)->associations.at(0).is_deleted());
}

TEST_P(EventStoreContract, ThePastDoesNotHoldWhatCameLater) {
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'L'}")));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'b','locationId':'L'}")));
  AssociationQuery query = all_of("L");
  query.as_of = Sequence(1);
  EXPECT_EQ(ids_of(store_.list_associations(query)), (Ids{"a"}));
}

TEST_P(EventStoreContract, AsOfOutsideTheLogIsRefused) {
  AssociationQuery query = all_of("L");
  query.as_of = Sequence(1);
  EXPECT_EQ(store_.list_associations(query).error().reason, "as-of-in-future") << "the log is empty";
  query.as_of = clock_.now();
  EXPECT_EQ(store_.list_associations(query).error().reason, "as-of-before-log") << "the log is empty";

  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'L'}")));
  query.as_of = Sequence(2);
  EXPECT_EQ(store_.list_associations(query).error().reason, "as-of-in-future");
  query.as_of = Sequence(0);
  EXPECT_EQ(store_.list_associations(query).error().reason, "as-of-before-log");
  query.as_of = clock_.now() - milliseconds(1);
  EXPECT_EQ(store_.list_associations(query).error().reason, "as-of-before-log");
  EXPECT_EQ(store_.list_associations(query).error().code, Errc::invalid_request);
}

TEST_P(EventStoreContract, APositionBeyondTheEndOfTheLogIsRefused) {
  EXPECT_TRUE(store_.list_events({Sequence(0), 10}));
  EXPECT_EQ(store_.list_events({Sequence(1), 10}).error().reason, "after-in-future");
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'L'}")));
  EXPECT_TRUE(store_.list_events({Sequence(1), 10})->events.empty());
  EXPECT_EQ(store_.list_events({Sequence(2), 10}).error().code, Errc::invalid_request);
}

TEST_P(EventStoreContract, AsOfSequenceIsTheLastEventOfTheLocation) {
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'L'}")));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'M'}")));
  EXPECT_EQ(store_.list_associations(all_of("L"))->as_of, Sequence(1));
}

TEST_P(EventStoreContract, DeletionsAreNewestFirstAndBoundedByFromAndTo) {
  for (const char* hour : {"10", "12", "11"}) {
    ASSERT_TRUE(store_.append(
        event(std::string("{'type':'AssociationDelete','id':'at") + hour + "','locationId':'L','timestamp':'2026-11-07T" + hour + ":00:00Z'}")));
  }
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'alive','locationId':'L','timestamp':'2026-11-07T11:00:00Z'}")));
  const auto ids = [this](std::optional<Timestamp> from, std::optional<Timestamp> to) {
    Ids found;
    const auto page = store_.list_deletions({LocationId("L"), from, to, {}, 10});
    for (const Deletion& deletion : page->deletions) {
      found.push_back(deletion.key.id.value());
    }
    return found;
  };
  EXPECT_EQ(ids({}, {}), (Ids{"at12", "at11", "at10"}));
  EXPECT_EQ(ids(at("2026-11-07T11:00:00Z"), {}), (Ids{"at12", "at11"})) << "from is inclusive";
  EXPECT_EQ(ids({}, at("2026-11-07T11:00:00Z")), (Ids{"at10"})) << "to is exclusive";
}

TEST_P(EventStoreContract, LocationsCountWhatIsActiveAndWhatIsGone) {
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'M'}")));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'L'}")));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'b','locationId':'L'}")));
  clock_.advance(milliseconds(5));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationDelete','id':'a','locationId':'L'}")));
  const auto page = store_.list_locations({});
  ASSERT_EQ(page->locations.size(), 2U);
  EXPECT_EQ(page->locations[0], (LocationSummary{LocationId("L"), 1, 1, Sequence(4), clock_.now()}));
  EXPECT_EQ(page->locations[1], (LocationSummary{LocationId("M"), 1, 0, Sequence(1), clock_.now() - milliseconds(5)}));
}

}  // namespace
}  // namespace ledger::test::reading_test
