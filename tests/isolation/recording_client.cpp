// A session of random operations against a store, each recorded with what it was told and when.
#include "tests/isolation/recording_client.h"

#include "tests/support/blocking_store.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <future>
#include <iterator>
#include <latch>
#include <memory>
#include <thread>
#include <utility>

namespace ledger::test {
namespace {

const std::vector<std::string> kLocations = {"L1", "L2", "L3"};
const std::vector<std::string> kIds = {"a", "b", "c", "d", "e"};

}  // namespace

NewEvent random_delivery(Random& random, const std::string& name) {
  const AssociationKey key{LocationId(random.pick(kLocations)), AssociationId(random.pick(kIds))};
  NewEvent event = random_event(random, key, random.chance(70) ? Dating::all : Dating::some);
  if (name.empty()) return event;
  std::string body = event.delivery.body;
  body.pop_back();
  body += ",\"webhookId\":\"" + name + "\"}";
  return new_event(std::move(body), event.decoded.kind);
}

template <class Question, class Answer>
Result<Answer> RecordingClient::ask(void (EventStore::*method)(Question, Callback<Answer>), Question question, std::optional<std::size_t> chain) {
  struct Reply {
    Result<Answer> answer;
    std::uint64_t responded;
  };
  // Shared with the callback, which std::function demands to be copyable.
  const auto reply = std::make_shared<std::promise<Reply>>();
  Span span;
  span.invoked = stage_.stamps++;
  (stage_.store.*method)(question, [reply, &stamps = stage_.stamps](Result<Answer> answer) {
    const std::uint64_t responded = stamps++;
    reply->set_value({std::move(answer), responded});
  });
  Reply received = reply->get_future().get();
  span.responded = received.responded;
  operations_.push_back({session_, span, Asked<Question, Answer>{std::move(question), received.answer}, chain});
  return std::move(received.answer);
}

template <class Given, class Question, class Answer>
Result<Answer> RecordingClient::ask_either(Result<Answer> (ShortReader::*here)(Given), void (EventStore::*there)(Question, Callback<Answer>),
                                           const Question& question, std::optional<std::size_t> chain) {
  if (random_.chance(50)) return ask(there, question, chain);
  Span span;
  span.invoked = stage_.stamps++;
  Result<Answer> answer = (*reader_.*here)(question);
  span.responded = stage_.stamps++;
  if (!answer && answer.error().code == Errc::unavailable) return ask(there, question, chain);
  operations_.push_back({session_, span, Asked<Question, Answer>{question, answer}, chain});
  return answer;
}

void RecordingClient::run(std::size_t operations) {
  while (operations_.size() < operations) step();
}

void RecordingClient::step() {
  if (random_.chance(10)) stage_.clock.advance(std::chrono::milliseconds(1));
  if (random_.chance(45)) return append();
  switch (random_.below(7)) {
    case 0: return read_associations();
    case 1: return read_association();
    case 2: return read_deletions();
    case 3: return read_history();
    case 4: return read_events();
    case 5: return read_event();
    default: return read_locations();
  }
}

void RecordingClient::append() {
  NewEvent event;
  if (random_.chance(25)) {
    event = random_.pick(stage_.repeated);
  } else {
    const std::string name = "s" + std::to_string(session_) + "-" + std::to_string(operations_.size());
    event = random_delivery(random_, random_.chance(60) ? name : "");
  }
  if (const auto appended = ask(&EventStore::append, std::move(event))) note(appended->sequence);
}

AssociationKey RecordingClient::random_key() {
  return {LocationId(random_.pick(kLocations)), AssociationId(random_.pick(kIds))};
}

AsOf RecordingClient::random_as_of() {
  if (random_.chance(60)) return Latest{};
  if (random_.chance(30)) return stage_.clock.now() - std::chrono::milliseconds(random_.below(20));
  return Sequence(static_cast<std::int64_t>(random_.below(static_cast<std::size_t>(seen_.value()) + 3)));
}

void RecordingClient::read_associations() {
  AssociationQuery query;
  query.location = LocationId(random_.pick(kLocations));
  query.filter.status = random_.pick(std::vector<StatusFilter>{StatusFilter::active, StatusFilter::deleted, StatusFilter::all});
  query.as_of = random_as_of();
  query.limit = 1 + random_.below(4);
  const std::size_t chain = next_chain();
  for (;;) {
    const auto page = ask_either(&ShortReader::list_associations, &EventStore::list_associations, query, chain);
    if (!page) return;
    note(page->as_of);
    if (!page->next) return;
    query.as_of = page->as_of;
    query.after = page->next;
  }
}

void RecordingClient::read_association() {
  const auto association = ask_either(&ShortReader::find_association, &EventStore::find_association, random_key());
  if (association) note(association->last_sequence);
}

void RecordingClient::read_deletions() {
  DeletionQuery query;
  query.location = LocationId(random_.pick(kLocations));
  query.limit = 1 + random_.below(3);
  const std::size_t chain = next_chain();
  for (;;) {
    const auto page = ask(&EventStore::list_deletions, query, chain);
    if (!page) return;
    note(page->as_of);
    if (!page->next) return;
    query.after = page->next;
  }
}

void RecordingClient::read_history() {
  HistoryQuery query;
  query.association = random_key();
  query.limit = 1 + random_.below(8);
  if (random_.chance(20)) query.bytes_max = 1 + random_.below(400);
  if (random_.chance(20)) query.through = Sequence(1 + static_cast<std::int64_t>(random_.below(static_cast<std::size_t>(seen_.value()) + 1)));
  const std::size_t chain = next_chain();
  for (;;) {
    const auto page = ask(&EventStore::list_history, query, chain);
    if (!page) return;
    note(page->last_sequence);
    if (!page->has_more) return;
    query.through = page->last_sequence;
    query.after = page->events.back().sequence;
  }
}

void RecordingClient::read_events() {
  EventQuery query;
  // Mostly the end of the log, which is where it moves.
  const std::size_t back = random_.chance(70) ? 12 : static_cast<std::size_t>(seen_.value()) + 1;
  query.after = Sequence(std::max(std::int64_t{0}, seen_.value() + 1 - static_cast<std::int64_t>(random_.below(back))));
  query.limit = 1 + random_.below(20);
  if (random_.chance(20)) query.bytes_max = 1 + random_.below(1000);
  if (const auto page = ask(&EventStore::list_events, query)) note(page->last_sequence);
}

void RecordingClient::read_event() {
  const Sequence sequence(static_cast<std::int64_t>(random_.below(static_cast<std::size_t>(seen_.value()) + 4)));
  if (ask_either(&ShortReader::find_event, &EventStore::find_event, sequence)) note(sequence);
}

void RecordingClient::read_locations() {
  LocationQuery query;
  query.limit = 1 + random_.below(3);
  const std::size_t chain = next_chain();
  for (;;) {
    const auto page = ask(&EventStore::list_locations, query, chain);
    if (!page) return;
    note(page->as_of);
    if (!page->next) return;
    query.after = page->next;
  }
}

std::vector<Operation> run_sessions(EventStore& store, FakeClock& clock, std::size_t sessions, std::size_t operations_each, std::uint64_t seed) {
  Stage stage{store, clock, {}};
  Random random(seed);
  for (int i = 0; i < 60; ++i) stage.repeated.push_back(random_delivery(random, random.chance(50) ? "repeated-" + std::to_string(i) : ""));

  std::vector<std::vector<Operation>> recorded(sessions);
  std::latch all_are_there(static_cast<std::ptrdiff_t>(sessions));
  std::vector<std::thread> threads;
  for (std::size_t session = 0; session < sessions; ++session) {
    threads.emplace_back([&stage, &recorded, &all_are_there, operations_each, session, own_seed = seed + 1 + session] {
      RecordingClient client(stage, session, own_seed);
      all_are_there.arrive_and_wait();
      client.run(operations_each);
      recorded[session] = client.take();
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::vector<Operation> operations;
  for (std::vector<Operation>& of_session : recorded) std::move(of_session.begin(), of_session.end(), std::back_inserter(operations));
  return operations;
}

std::vector<RecordedEvent> read_log(EventStore& store) {
  BlockingStore blocking(store);
  std::vector<RecordedEvent> log;
  EventQuery query;
  query.limit = 1000;
  for (;;) {
    EventPage page = blocking.list_events(query).value();
    std::move(page.events.begin(), page.events.end(), std::back_inserter(log));
    if (!page.has_more) return log;
    query.after = log.back().sequence;
  }
}

}  // namespace ledger::test
