// A checker that cannot fail is none: one bad history for each rule, and right ones that it must accept.
#include "tests/isolation/answers.h"
#include "tests/isolation/history.h"
#include "tests/isolation/recording_client.h"
#include "tests/isolation/truth.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/model_event_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace ledger::test::history_checker_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const Error kOverloaded{Errc::overloaded, "queue-full", "Full."};

/// A history told by hand. What is asked is answered rightly, from the log as it is told so far; a test then breaks one thing.
class HistoryChecker : public testing::Test {
 protected:
  /// An event of association L/<id>, appended by one session while nothing else goes on. Returns the place of the operation.
  std::size_t append(std::size_t session, const std::string& kind, const std::string& id, const std::string& more = "") {
    const NewEvent event = new_event(R"({"type":"Association)" + kind + R"(","locationId":"L","id":")" + id + "\"" + more + "}", std::nullopt);
    RecordedEvent recorded;
    recorded.sequence = Sequence(static_cast<std::int64_t>(history_.log.size() + 1));
    recorded.kind = event.decoded.kind;
    recorded.association = event.decoded.association;
    recorded.webhook_id = event.decoded.webhook_id;
    recorded.occurred_at = event.decoded.occurred_at;
    recorded.recorded_at = clock_.now();
    recorded.delivery = event.delivery;
    clock_.advance(std::chrono::milliseconds(1));
    history_.log.push_back(recorded);
    return tell(session, Append{event, Appended{Appended::Status::recorded, recorded.sequence}});
  }

  std::size_t tell(std::size_t session, Action action, std::optional<std::size_t> chain = std::nullopt) {
    history_.operations.push_back({session, {stamp_, stamp_ + 1}, std::move(action), chain});
    stamp_ += 2;
    return history_.operations.size() - 1;
  }

  template <class Question>
  auto page(const Question& question, std::int64_t prefix) const {
    return Truth(history_.log).page(question, Sequence(prefix));
  }
  /// The log, read as if it ended at `prefix`.
  EventsRead events(std::int64_t prefix) const { return {EventQuery{}, page(EventQuery{}, prefix)}; }
  AssociationsRead associations(std::int64_t prefix, std::optional<AssociationId> after = std::nullopt, std::size_t limit = 10) const {
    AssociationQuery query;
    query.location = LocationId("L");
    query.filter.status = StatusFilter::all;
    query.as_of = Sequence(prefix);
    query.after = std::move(after);
    query.limit = limit;
    return {query, page(query, prefix)};
  }

  template <class T>
  T& at(std::size_t place) {
    return std::get<T>(history_.operations[place].action);
  }
  Span& span(std::size_t place) { return history_.operations[place].span; }

  /// The names of the rules that the history breaks.
  std::set<std::string> broken() const {
    std::set<std::string> names;
    for (const Finding& finding : check(history_)) names.insert(name(finding.rule));
    return names;
  }

  FakeClock clock_;
  History history_;
  std::uint64_t stamp_ = 1;
};

TEST_F(HistoryChecker, AcceptsEveryKindOfReadOfOneSession) {
  append(0, "Create", "a");
  append(0, "Create", "b");
  append(0, "Delete", "a");
  const AssociationKey a{LocationId("L"), AssociationId("a")};
  tell(0, events(3));
  tell(0, associations(3));
  tell(0, AssociationRead{a, *Truth(history_.log).association(a, Sequence(3))});
  DeletionQuery deletions;
  deletions.location = a.location;
  tell(0, DeletionsRead{deletions, page(deletions, 3)});
  HistoryQuery of_a;
  of_a.association = a;
  tell(0, HistoryRead{of_a, page(of_a, 3)});
  tell(0, EventRead{Sequence(2), history_.log[1]});
  tell(0, EventRead{Sequence(4), Error{Errc::not_found, "event-not-found", "No."}});
  tell(0, LocationsRead{LocationQuery{}, page(LocationQuery{}, 3)});
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(HistoryChecker, AcceptsEitherPrefixWhileAnAppendIsOnItsWay) {
  append(0, "Create", "a");
  const std::size_t open = append(0, "Create", "b");
  tell(1, events(1));
  tell(1, events(2));
  span(open).responded = stamp_;
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(HistoryChecker, AcceptsWhatTheModelAnswersToManySessions) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  ModelEventStore model(clock_);
  history_.operations = run_sessions(model, clock_, 4, 100, seed);
  history_.log = read_log(model);
  for (const Finding& finding : check(history_)) ADD_FAILURE() << name(finding.rule) << ": " << finding.what;
}

TEST_F(HistoryChecker, FindsAnOperationThatWasNotAnswered) {
  append(0, "Create", "a");
  EventsRead refused = events(1);
  refused.answer = kOverloaded;
  tell(0, refused);
  EXPECT_THAT(broken(), ElementsAre("every_operation_is_answered"));
}

TEST_F(HistoryChecker, FindsAGapInTheLog) {
  append(0, "Create", "a");
  append(0, "Create", "b");
  history_.log[1].sequence = Sequence(3);
  EXPECT_THAT(broken(), ElementsAre("the_log_is_dense"));
}

TEST_F(HistoryChecker, FindsATimeThatFalls) {
  append(0, "Create", "a");
  append(0, "Create", "b");
  history_.log[1].recorded_at = history_.log[0].recorded_at - std::chrono::milliseconds(1);
  EXPECT_THAT(broken(), ElementsAre("the_log_is_dense"));
}

TEST_F(HistoryChecker, FindsAnAcknowledgedEventThatIsLost) {
  append(0, "Create", "a");
  append(0, "Create", "b");
  history_.log.pop_back();
  EXPECT_THAT(broken(), testing::Contains("acknowledged_events_are_in_the_log"));
}

TEST_F(HistoryChecker, FindsAnotherEventUnderAnAcknowledgedSequence) {
  append(0, "Create", "a");
  at<Append>(0).question.delivery.body += " ";
  EXPECT_THAT(broken(), ElementsAre("acknowledged_events_are_in_the_log"));
}

TEST_F(HistoryChecker, FindsOneSequenceForTwoAppends) {
  append(0, "Create", "a");
  const Append once_more = at<Append>(0);
  tell(1, once_more);
  EXPECT_THAT(broken(), testing::Contains("acknowledged_events_are_in_the_log"));
}

TEST_F(HistoryChecker, FindsAnEventThatNobodyAppended) {
  append(0, "Create", "a");
  history_.operations.clear();
  EXPECT_THAT(broken(), ElementsAre("acknowledged_events_are_in_the_log"));
}

TEST_F(HistoryChecker, FindsADuplicateThatNamesAnotherEvent) {
  append(0, "Delete", "a");
  append(0, "Delete", "b");
  Append again = at<Append>(0);
  again.answer = Appended{Appended::Status::duplicate, Sequence(2)};
  tell(1, again);
  EXPECT_THAT(broken(), ElementsAre("duplicates_name_the_first"));
  at<Append>(2).answer->sequence = Sequence(1);
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(HistoryChecker, FindsAnEventThatIsTakenForADuplicate) {
  append(0, "Update", "a");
  Append again = at<Append>(0);
  again.answer = Appended{Appended::Status::duplicate, Sequence(1)};
  tell(1, again);
  EXPECT_THAT(broken(), ElementsAre("duplicates_name_the_first")) << "an Update without webhook id is recorded each time";
}

TEST_F(HistoryChecker, FindsADuplicateThatWasRecorded) {
  append(0, "Update", "a", R"(,"webhookId":"w")");
  append(1, "Update", "a", R"(,"webhookId":"w")");
  EXPECT_THAT(broken(), ElementsAre("duplicates_name_the_first"));
}

TEST_F(HistoryChecker, FindsAnAppendInFrontOfOneThatWasAcknowledgedBeforeIt) {
  append(0, "Create", "a");
  append(1, "Create", "b");
  std::swap(span(0), span(1));
  EXPECT_THAT(broken(), UnorderedElementsAre("appends_keep_their_order", "nothing_is_seen_before_its_append"));
}

TEST_F(HistoryChecker, FindsAnEventThatIsSeenBeforeItsAppend) {
  append(0, "Create", "a");
  append(0, "Create", "b");
  span(tell(1, events(2))) = {.invoked = span(1).invoked - 2, .responded = span(1).invoked - 1};
  EXPECT_THAT(broken(), ElementsAre("nothing_is_seen_before_its_append"));
}

TEST_F(HistoryChecker, FindsASessionThatDoesNotReadItsWrite) {
  append(0, "Create", "a");
  append(0, "Create", "b");
  tell(0, events(1));
  EXPECT_THAT(broken(), UnorderedElementsAre("read_your_writes", "acknowledged_is_seen_by_all"));
}

TEST_F(HistoryChecker, FindsAStaleReadOfAnotherSession) {
  append(0, "Create", "a");
  append(0, "Create", "b");
  tell(1, events(1));
  EXPECT_THAT(broken(), ElementsAre("acknowledged_is_seen_by_all"));
}

TEST_F(HistoryChecker, FindsAStaleAnswerOfEveryKind) {
  append(0, "Create", "a");
  append(0, "Delete", "a");
  const AssociationKey a{LocationId("L"), AssociationId("a")};
  AssociationsRead latest = associations(1);
  latest.question.as_of = Latest{};
  DeletionQuery deletions;
  deletions.location = a.location;
  HistoryQuery of_a;
  of_a.association = a;
  const std::vector<Action> stale = {latest,
                                     AssociationRead{a, *Truth(history_.log).association(a, Sequence(1))},
                                     DeletionsRead{deletions, page(deletions, 1)},
                                     HistoryRead{of_a, page(of_a, 1)},
                                     events(1),
                                     EventRead{Sequence(2), Error{Errc::not_found, "event-not-found", "No."}},
                                     LocationsRead{LocationQuery{}, page(LocationQuery{}, 1)}};
  for (const Action& action : stale) {
    tell(1, action);
    EXPECT_THAT(broken(), ElementsAre("acknowledged_is_seen_by_all")) << describe(action);
    history_.operations.pop_back();
  }
}

/// The second event stays unacknowledged until the end, so that only what was shown of it counts.
TEST_F(HistoryChecker, FindsASessionThatGoesBack) {
  append(0, "Create", "a");
  const std::size_t open = append(0, "Create", "b");
  tell(1, events(2));
  const AssociationKey b{LocationId("L"), AssociationId("b")};
  tell(1, AssociationRead{b, Error{Errc::not_found, "association-not-found", "No."}});
  span(open).responded = stamp_;
  EXPECT_THAT(broken(), UnorderedElementsAre("reads_never_go_back", "what_one_saw_all_see"));
}

TEST_F(HistoryChecker, FindsAReadThatGoesBackBehindAnotherSession) {
  append(0, "Create", "a");
  const std::size_t open = append(0, "Create", "b");
  tell(1, events(2));
  tell(2, events(1));
  span(open).responded = stamp_;
  EXPECT_THAT(broken(), ElementsAre("what_one_saw_all_see"));
}

TEST_F(HistoryChecker, FindsAnEventThatReadsDifferently) {
  append(0, "Create", "a");
  at<EventsRead>(tell(0, events(1))).answer->events[0].delivery.body += " ";
  EXPECT_THAT(broken(), ElementsAre("events_never_change"));
}

TEST_F(HistoryChecker, FindsAPageThatLeavesAnEventOut) {
  append(0, "Create", "a");
  append(0, "Create", "b");
  EventsRead read = events(2);
  read.answer->events.erase(read.answer->events.begin());
  tell(0, read);
  EXPECT_THAT(broken(), ElementsAre("events_never_change"));
}

TEST_F(HistoryChecker, FindsAnAssociationThatIsNoFoldOfItsPrefix) {
  append(0, "Create", "a");
  append(0, "Delete", "a");
  AssociationsRead half = associations(2);
  half.answer->associations[0].state.deleted_at.reset();
  tell(0, half);
  EXPECT_THAT(broken(), ElementsAre("state_is_the_fold_of_a_prefix"));
}

TEST_F(HistoryChecker, FindsAPageOfTwoPrefixes) {
  append(0, "Create", "a");
  append(0, "Create", "b");
  append(0, "Delete", "a");
  append(0, "Delete", "b");
  AssociationsRead torn = associations(4);
  torn.answer->associations[1] = associations(3).answer->associations[1];
  tell(0, torn);
  EXPECT_THAT(broken(), ElementsAre("state_is_the_fold_of_a_prefix"));
}

TEST_F(HistoryChecker, FindsADeletionThatIsMissing) {
  append(0, "Delete", "a");
  DeletionQuery query;
  query.location = LocationId("L");
  DeletionsRead read{query, page(query, 1)};
  read.answer->deletions.clear();
  tell(0, read);
  EXPECT_THAT(broken(), ElementsAre("state_is_the_fold_of_a_prefix"));
}

TEST_F(HistoryChecker, FindsALocationThatIsCountedWrongly) {
  append(0, "Create", "a");
  LocationsRead read{LocationQuery{}, page(LocationQuery{}, 1)};
  ++read.answer->locations[0].active_associations;
  tell(0, read);
  EXPECT_THAT(broken(), ElementsAre("state_is_the_fold_of_a_prefix"));
}

TEST_F(HistoryChecker, FindsAnotherPrefixThanTheOneThatWasAskedFor) {
  append(0, "Create", "a");
  append(0, "Create", "b");
  AssociationsRead read = associations(2);
  read.question.as_of = Sequence(1);
  tell(0, read);
  EXPECT_THAT(broken(), ElementsAre("state_is_the_fold_of_a_prefix"));
}

TEST_F(HistoryChecker, FindsAChainOfTwoPrefixes) {
  append(0, "Create", "a");
  append(0, "Create", "b");
  append(0, "Create", "c");
  tell(0, associations(3, std::nullopt, 2), 7);
  const std::size_t second = tell(0, associations(3, AssociationId("b"), 2), 7);
  EXPECT_THAT(broken(), IsEmpty());
  at<AssociationsRead>(second) = associations(2, AssociationId("b"), 2);
  EXPECT_THAT(broken(), ElementsAre("a_chain_shows_one_prefix"));
}

TEST_F(HistoryChecker, FindsAChainThatSkipsOrEndsTooEarly) {
  for (const char* id : {"a", "b", "c"}) append(0, "Create", id);
  tell(0, associations(3, std::nullopt, 1), 7);
  EXPECT_THAT(broken(), ElementsAre("a_chain_shows_one_prefix")) << "not read to its end";
  tell(0, associations(3, AssociationId("b"), 1), 7);
  EXPECT_THAT(broken(), ElementsAre("a_chain_shows_one_prefix")) << "b was skipped";
}

}  // namespace
}  // namespace ledger::test::history_checker_test
