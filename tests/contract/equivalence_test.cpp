// Random deliveries to the model and to every other store: each answer and each question must come out the same.
#include "tests/contract/backends.h"
#include "tests/support/describe.h"
#include "tests/support/generators.h"

namespace ledger::test::equivalence_test {
namespace {

AsOf random_prefix(Random& random, std::int64_t events, Timestamp start) {
  switch (random.below(3)) {
    case 0: return Latest{};
    case 1: return Sequence(static_cast<std::int64_t>(random.below(static_cast<std::size_t>(events) + 2)));
    default: return start + std::chrono::milliseconds(random.below(60));
  }
}

/// The event as it is admitted later, after its delivery was put in quarantine.
NewEvent quarantined(BlockingStore& model, BlockingStore& store, NewEvent event) {
  const NewQuarantine unread{event.delivery, event.decoded.kind, "event-unknown"};
  const auto id = model.quarantine(unread);
  EXPECT_EQ(describe(store.quarantine(unread)), describe(id));
  event.admission = Admission{*id, model.find_quarantined(*id)->received_at};
  return event;
}

TEST_P(EventStoreContract, AnswersLikeTheModelWhateverArrives) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  Random random(seed);
  const auto model_store = backends().front().open(clock_);
  BlockingStore model(model_store->store());
  const auto reader = opened_->store().open_short_reader().value();
  const Timestamp start = clock_.now();
  const Places places;
  std::vector<NewEvent> sent;
  std::vector<NewEvent> to_admit;
  std::size_t duplicates = 0;

  for (int round = 0; round < 400; ++round) {
    if (random.chance(30)) clock_.advance(std::chrono::milliseconds(random.below(3)));
    if (random.chance(30)) to_admit.push_back(quarantined(model, store_, random_delivery(random, places)));
    if (!to_admit.empty() && random.chance(20)) {
      sent.push_back(random.pick(to_admit));
    } else {
      sent.push_back(!sent.empty() && random.chance(20) ? random.pick(sent) : random_delivery(random, places));
    }
    const NewEvent& event = sent.back();
    const auto expected = model.append(event);
    if (expected && expected->status == Appended::Status::duplicate) ++duplicates;
    const auto actual = store_.append(event);
    ASSERT_EQ(describe(actual), describe(expected));

    const LocationId location(random.pick(places.locations));
    const std::int64_t events = model.list_events({Sequence(0), 1, 1})->last_sequence.value();
    AssociationQuery associations;
    associations.location = location;
    associations.as_of = random_prefix(random, events, start);
    associations.filter.status = random.pick(std::vector<StatusFilter>{StatusFilter::active, StatusFilter::deleted, StatusFilter::all});
    if (random.chance(30)) associations.after = AssociationId(random.pick(places.ids));
    if (random.chance(20)) associations.filter.id = AssociationId(random.pick(places.ids));
    associations.limit = 1 + random.below(5);
    const auto page = model.list_associations(associations);
    ASSERT_EQ(describe(page), describe(store_.list_associations(associations)));

    const auto short_page = reader->list_associations(associations);
    const bool is_short = short_page || short_page.error().code != Errc::unavailable;
    ASSERT_TRUE(is_short || !std::holds_alternative<Latest>(associations.as_of));
    ASSERT_EQ(is_short ? describe(short_page) : describe(page), describe(page));
    const auto prefix = reader->resolve(location, associations.as_of);
    ASSERT_EQ(prefix ? prefix->value() : -1, page ? page->as_of.value() : -1);

    DeletionQuery deletions;
    deletions.location = location;
    deletions.limit = 1 + random.below(3);
    ASSERT_EQ(describe(model.list_deletions(deletions)), describe(store_.list_deletions(deletions)));

    RelationQuery relations;
    relations.location = location;
    relations.as_of = random_prefix(random, events, start);
    relations.filter.status = associations.filter.status;
    if (random.chance(30)) relations.filter.association = AssociationId(random.pick(places.ids));
    if (random.chance(30)) relations.filter.record = RecordId(random.chance(50) ? "r1" : "r2");
    if (random.chance(10)) relations.filter.id = RelationId(random.pick(places.ids));
    if (random.chance(30)) relations.after = RelationId(random.pick(places.ids));
    relations.limit = 1 + random.below(3);
    ASSERT_EQ(describe(model.list_relations(relations)), describe(store_.list_relations(relations)));

    HistoryQuery history;
    history.association = {location, AssociationId(random.pick(places.ids))};
    history.subject = random.chance(50) ? SubjectKind::association : SubjectKind::relation;
    ASSERT_EQ(describe(model.list_history(history)), describe(store_.list_history(history)));

    LocationQuery locations;
    locations.limit = 1 + random.below(3);
    ASSERT_EQ(describe(model.list_locations(locations)), describe(store_.list_locations(locations)));
  }
  EXPECT_EQ(describe(model.list_events({Sequence(0), 1000})), describe(store_.list_events({Sequence(0), 1000})));
  for (const NewEvent& event : to_admit) {
    const QuarantineId id = event.admission->quarantine;
    EXPECT_EQ(model.find_quarantined(id)->decision, store_.find_quarantined(id)->decision) << id.value();
  }
  EXPECT_GT(duplicates, 0U);
}

}  // namespace
}  // namespace ledger::test::equivalence_test
