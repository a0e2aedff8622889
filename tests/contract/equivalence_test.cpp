// Random deliveries to the model and to every other store: each answer and each question must come out the same.
#include "tests/contract/backends.h"
#include "tests/support/generators.h"

namespace ledger::test {
namespace {

const std::vector<std::string> kLocations = {"L1", "L2", "L3"};
const std::vector<std::string> kIds = {"a", "b", "c", "d"};

/// Often with a webhook id out of few, so that duplicates and conflicts are common.
NewEvent random_delivery(Random& random) {
  const AssociationKey association{LocationId(random.pick(kLocations)), AssociationId(random.pick(kIds))};
  NewEvent event = random_event(random, association, random.chance(70) ? Dating::all : Dating::some);
  if (random.chance(40)) return event;
  std::string body = event.delivery.body;
  body.pop_back();
  body += ",\"webhookId\":\"w" + std::to_string(random.below(40)) + "\"}";
  return new_event(std::move(body), event.decoded.kind);
}

AsOf random_prefix(Random& random, std::int64_t events, Timestamp start) {
  switch (random.below(3)) {
    case 0: return Latest{};
    case 1: return Sequence(static_cast<std::int64_t>(random.below(static_cast<std::size_t>(events) + 2)));
    default: return start + std::chrono::milliseconds(random.below(60));
  }
}

std::string describe(const Result<AssociationPage>& page) {
  if (!page) return std::string(page.error().reason);
  std::string text = "as of " + std::to_string(page->as_of.value());
  for (const Association& association : page->associations) {
    text += " " + association.key.id.value() + "@" + std::to_string(association.last_sequence.value());
  }
  return text + (page->next ? " next" : "");
}

void expect_same(const Result<AssociationPage>& left, const Result<AssociationPage>& right) {
  ASSERT_EQ(describe(left), describe(right));
  if (left) {
    EXPECT_EQ(left->associations, right->associations);
  }
}

void expect_same(const Result<DeletionPage>& left, const Result<DeletionPage>& right) {
  ASSERT_EQ(left.has_value(), right.has_value());
  if (!left) return;
  EXPECT_EQ(left->as_of, right->as_of);
  EXPECT_EQ(left->next.has_value(), right->next.has_value());
  ASSERT_EQ(left->deletions.size(), right->deletions.size());
  for (std::size_t i = 0; i < left->deletions.size(); ++i) {
    EXPECT_EQ(left->deletions[i].association, right->deletions[i].association);
    EXPECT_EQ(left->deletions[i].webhook_id, right->deletions[i].webhook_id);
    EXPECT_EQ(left->deletions[i].recorded_at, right->deletions[i].recorded_at);
  }
}

TEST_P(EventStoreContract, AnswersLikeTheModelWhateverArrives) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  Random random(seed);
  const auto model_store = backends().front().open(clock_);
  BlockingStore model(model_store->store());
  const Timestamp start = clock_.now();

  for (int round = 0; round < 400; ++round) {
    if (random.chance(30)) clock_.advance(std::chrono::milliseconds(random.below(3)));
    const NewEvent event = random_delivery(random);
    const auto expected = model.append(event);
    const auto actual = store_.append(event);
    ASSERT_TRUE(actual);
    ASSERT_EQ(actual->sequence, expected->sequence);
    ASSERT_EQ(actual->status, expected->status);

    const LocationId location(random.pick(kLocations));
    const std::int64_t events = model.list_events({Sequence(0), 1, 1})->last_sequence.value();
    AssociationQuery associations;
    associations.location = location;
    associations.as_of = random_prefix(random, events, start);
    associations.filter.status = random.pick(std::vector<StatusFilter>{StatusFilter::active, StatusFilter::deleted, StatusFilter::all});
    if (random.chance(30)) associations.after = AssociationId(random.pick(kIds));
    associations.limit = 1 + random.below(5);
    expect_same(model.list_associations(associations), store_.list_associations(associations));

    DeletionQuery deletions;
    deletions.location = location;
    deletions.as_of = random_prefix(random, events, start);
    deletions.limit = 1 + random.below(3);
    expect_same(model.list_deletions(deletions), store_.list_deletions(deletions));

    LocationQuery locations;
    if (random.chance(50)) locations.as_of = Sequence(static_cast<std::int64_t>(1 + random.below(static_cast<std::size_t>(events))));
    EXPECT_EQ(model.list_locations(locations)->locations, store_.list_locations(locations)->locations);
    if (HasFailure()) return;
  }
  for (std::int64_t sequence = 1; const auto expected = model.find_event(Sequence(sequence)); ++sequence) {
    const auto actual = store_.find_event(Sequence(sequence));
    ASSERT_TRUE(actual);
    EXPECT_EQ(actual->flags, expected->flags) << "event " << sequence;
    EXPECT_EQ(actual->delivery.body, expected->delivery.body) << "event " << sequence;
    EXPECT_EQ(actual->recorded_at, expected->recorded_at) << "event " << sequence;
  }
}

}  // namespace
}  // namespace ledger::test
