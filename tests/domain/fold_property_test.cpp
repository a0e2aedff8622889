// Properties of the fold: every order of arrival gives one state, and that state follows from the rules as implemented a second time here.
#include "domain/fold.h"
#include "tests/support/evidence.h"
#include "tests/support/fold_oracle.h"
#include "tests/support/generators.h"
#include "tests/support/rounds.h"
#include "tests/support/samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace ledger::fold_property_test {
namespace {

using test::Dating;
using test::fold;
using test::Random;

const AssociationKey kKey{LocationId{"eHy2cOSZxMQzQ6Yyvl8P"}, AssociationId{"67ade73d1119d2ac7ad0c475"}};
const Timestamp kFirstRecording = std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + std::chrono::hours{12};

/// Assigns sequences and times of recording to the events of `order`. Several arrive within one millisecond.
std::vector<FoldEvent> arrive(const std::vector<NewEvent>& events, const std::vector<std::size_t>& order) {
  std::vector<FoldEvent> arrived;
  for (const std::size_t index : order) {
    const auto position = static_cast<std::int64_t>(arrived.size());
    arrived.push_back(test::fold_event(events[index], Sequence{position + 1}, kFirstRecording + std::chrono::milliseconds{position / 3}));
  }
  return arrived;
}

/// As the writer does it: extends the stored state if the event sorts last, sets fields if it only does that, and folds all events otherwise.
Association fold_one_by_one(const std::vector<FoldEvent>& arrived) {
  std::vector<FoldEvent> seen = {arrived.front()};
  Association association = fold(kKey, seen).association;
  for (auto event = arrived.begin() + 1; event != arrived.end(); ++event) {
    if (sorts_last(association, *event)) {
      extend(association, *event);
    } else if (only_sets_fields(association, *event)) {
      Definition fields = event->definition;
      for (const FoldEvent& other : seen) {
        if (fold_order(other, *event) > 0) remove_overridden(fields, other.definition);
      }
      insert_late(association, *event, fields);
    } else {
      std::vector<FoldEvent> all = seen;
      all.push_back(*event);
      association = fold(kKey, all).association;
    }
    seen.push_back(*event);
  }
  return association;
}

/// Most events are the sender's; some are observations, which always have a time.
std::vector<NewEvent> random_events(Random& random, std::size_t count, Dating dating) {
  std::vector<NewEvent> events;
  while (events.size() < count) {
    NewEvent event = test::random_event(random, kKey, dating);
    if (event.decoded.occurred_at && random.chance(20)) event.decoded.kind = random.chance(50) ? EventKind::observed : EventKind::missing;
    events.push_back(std::move(event));
  }
  return events;
}

std::vector<std::size_t> arrival_order(std::size_t count) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

/// Holds for every order of arrival, with and without timestamps.
void expect_consistent(const std::vector<FoldEvent>& arrived) {
  const FoldedAssociation at_once = fold(kKey, arrived);
  ASSERT_EQ(at_once, test::fold_by_oracle(kKey, arrived));
  ASSERT_EQ(at_once.association, fold_one_by_one(arrived));
}

/// The former lives, without the sequences, which depend on the order of arrival.
std::vector<EndedLife> ends(const FoldedAssociation& folded) {
  std::vector<EndedLife> lives = folded.former_lives;
  for (EndedLife& life : lives) life.deleted_by = Sequence();
  return lives;
}

class FoldProperty : public testing::Test {
 protected:
  FoldProperty() : seed_(test::test_seed()), trace_(__FILE__, __LINE__, "LEDGER_TEST_SEED=" + std::to_string(seed_)), random_(seed_) {}

  Random& random() { return random_; }

 private:
  std::uint64_t seed_;
  testing::ScopedTrace trace_;
  Random random_;
};

TEST_F(FoldProperty, EveryArrivalOrderOfASmallDatedSetLeavesOneState) {
  std::size_t arrivals = 0;
  for (std::size_t set = 0; set < test::scaled(60); ++set) {
    const std::vector<NewEvent> events = random_events(random(), 1 + random().below(5), Dating::all);
    std::vector<std::size_t> order = arrival_order(events.size());
    const FoldedAssociation expected = test::fold_by_oracle(kKey, arrive(events, order));
    do {
      const std::vector<FoldEvent> arrived = arrive(events, order);
      const FoldedAssociation folded = fold(kKey, arrived);
      ASSERT_EQ(folded.association.state, expected.association.state) << "set " << set;
      ASSERT_EQ(ends(folded), ends(expected)) << "set " << set;
      ASSERT_EQ(fold_one_by_one(arrived).state, expected.association.state) << "set " << set;
      ++arrivals;
    } while (std::next_permutation(order.begin(), order.end()));
  }
  test::evidence(arrivals, "orders of arrival of dated events");
}

TEST_F(FoldProperty, ManyArrivalOrdersOfALargeDatedSetLeaveOneState) {
  std::size_t arrivals = 0;
  for (std::size_t set = 0; set < test::scaled(4); ++set) {
    const std::vector<NewEvent> events = random_events(random(), 40 + random().below(40), Dating::all);
    std::vector<std::size_t> order = arrival_order(events.size());
    const FoldedAssociation expected = test::fold_by_oracle(kKey, arrive(events, order));
    for (int arrival = 0; arrival < 60; ++arrival) {
      random().shuffle(order);
      const std::vector<FoldEvent> arrived = arrive(events, order);
      const FoldedAssociation folded = fold(kKey, arrived);
      ASSERT_EQ(folded.association.state, expected.association.state) << "set " << set;
      ASSERT_EQ(ends(folded), ends(expected)) << "set " << set;
      ASSERT_EQ(fold_one_by_one(arrived).state, expected.association.state) << "set " << set;
      ++arrivals;
    }
  }
  test::evidence(arrivals, "orders of arrival of dated events");
}

TEST_F(FoldProperty, OneByOneAndAtOnceAgreeWithTheOracleWhereSomeEventsAreUndated) {
  std::size_t sets = 0;
  for (; sets < test::scaled(400); ++sets) {
    const std::vector<NewEvent> events = random_events(random(), 1 + random().below(25), Dating::some);
    ASSERT_NO_FATAL_FAILURE(expect_consistent(arrive(events, arrival_order(events.size()))));
  }
  test::evidence(sets, "sets of partly undated events");
}

TEST_F(FoldProperty, TheOrderIsTotal) {
  const std::vector<NewEvent> events = random_events(random(), 40, Dating::some);
  const std::vector<FoldEvent> arrived = arrive(events, arrival_order(events.size()));
  for (const FoldEvent& a : arrived) {
    for (const FoldEvent& b : arrived) {
      ASSERT_EQ(fold_order(a, b) == 0, a.sequence == b.sequence);
      ASSERT_EQ(fold_order(a, b) < 0, fold_order(b, a) > 0);
      for (const FoldEvent& c : arrived) {
        if (fold_order(a, b) < 0 && fold_order(b, c) < 0) {
          ASSERT_TRUE(fold_order(a, c) < 0);
        }
      }
    }
  }
}

TEST_F(FoldProperty, RandomEventsHaveTheTiesThatTheOrderIsFor) {
  const std::vector<NewEvent> events = random_events(random(), 2000, Dating::some);
  const auto undated = std::count_if(events.begin(), events.end(), [](const NewEvent& event) { return !event.decoded.occurred_at; });
  EXPECT_GT(undated, 500);
  EXPECT_LT(undated, 1500);
  const std::vector<FoldEvent> arrived = arrive(events, arrival_order(events.size()));
  const auto is_tie = [](const FoldEvent& a, const FoldEvent& b) {
    return a.is_dated && b.is_dated && a.effective_at == b.effective_at && a.body != b.body;
  };
  EXPECT_NE(std::adjacent_find(arrived.begin(), arrived.end(), is_tie), arrived.end());
}

// "The four sample events posted in every order leave the same state."
TEST(FoldSamples, EveryOrderOfTheFourDocumentedEventsLeavesOneState) {
  const std::vector<NewEvent> events = {
      test::new_event(test::sample("association-create.json"), EventKind::association_create),
      test::new_event(test::sample("association-update.json"), EventKind::association_update),
      test::new_event(test::sample("association-delete.json"), EventKind::association_delete),
      test::new_event(test::sample("association-delete.enveloped.json"), std::nullopt),
  };
  const Timestamp recorded_at = kFirstRecording;
  AssociationState expected;
  expected.definition = Definition{"buyer_property_interest",
                                   "USER_DEFINED",
                                   "custom_objects.real_estate_buyer",
                                   "Interested Buyer",
                                   "MANY_TO_MANY",
                                   "custom_objects.property",
                                   "Property",
                                   "MANY_TO_MANY"};
  expected.created_at = recorded_at;
  expected.updated_at = recorded_at;
  expected.deleted_at = parse_rfc3339("2026-11-07T12:46:45.953Z");
  expected.deleted_at_is_dated = true;

  std::vector<std::size_t> order = arrival_order(events.size());
  int orders = 0;
  do {
    std::vector<FoldEvent> arrived;
    arrived.reserve(order.size());
    for (const std::size_t index : order) {
      arrived.push_back(test::fold_event(events[index], Sequence{static_cast<std::int64_t>(arrived.size()) + 1}, recorded_at));
    }
    EXPECT_EQ(events[order.front()].decoded.association, kKey);
    EXPECT_EQ(fold(kKey, arrived).association.state, expected);
    EXPECT_EQ(fold_one_by_one(arrived).state, expected);
    ++orders;
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(orders, 24);
}

}  // namespace
}  // namespace ledger::fold_property_test
