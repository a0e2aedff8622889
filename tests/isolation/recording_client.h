// A session of random operations against a store, each recorded with what it was told and when.
#pragma once

#include "tests/isolation/history.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ledger::test {

/// What all sessions of one history share. Thread-safe once made; outlives them.
struct Stage {
  EventStore& store;
  FakeClock& clock;
  std::vector<NewEvent> repeated;         ///< Deliveries that several sessions make, so that duplicates meet in one group.
  std::atomic<std::uint64_t> stamps = 1;  ///< The order of all calls and callbacks.
};

/// Few locations and associations, so that sessions meet. A webhook id for each when `name` is not empty.
[[nodiscard]] NewEvent random_delivery(Random& random, const std::string& name);

/// One client, one thread: asks, waits for the answer, asks on. Random in what it asks by its seed alone, as far as answers allow.
class RecordingClient {
 public:
  RecordingClient(Stage& stage, std::size_t session, std::uint64_t seed)
      : stage_(stage), reader_(stage.store.open_short_reader().value()), session_(session), random_(seed) {}

  /// At least so many operations: lists are followed to their end.
  void run(std::size_t operations);

  /// After run().
  [[nodiscard]] std::vector<Operation> take() { return std::move(operations_); }

 private:
  template <class Question, class Answer>
  Result<Answer> ask(void (EventStore::*method)(Question, Callback<Answer>), Question question, std::optional<std::size_t> chain = std::nullopt);

  /// Asks the short reader, and the store where that does not answer or where chance says so.
  template <class Given, class Question, class Answer>
  Result<Answer> ask_either(Result<Answer> (ShortReader::*here)(Given), void (EventStore::*there)(Question, Callback<Answer>),
                            const Question& question, std::optional<std::size_t> chain = std::nullopt);

  void step();
  void append();
  void read_associations();
  void read_association();
  void read_deletions();
  void read_history();
  void read_events();
  void read_event();
  void read_locations();

  [[nodiscard]] AssociationKey random_key();
  /// Now, a prefix that this session knows of, one just beyond, or a moment.
  [[nodiscard]] AsOf random_as_of();
  [[nodiscard]] std::size_t next_chain() { return session_ * 1'000'000 + chains_++; }
  void note(Sequence seen) { seen_ = std::max(seen_, seen); }

  Stage& stage_;
  const std::unique_ptr<ShortReader> reader_;
  const std::size_t session_;
  Random random_;
  std::vector<Operation> operations_;
  Sequence seen_;  ///< The highest sequence that an answer told of.
  std::size_t chains_ = 0;
};

/// Runs so many sessions against the store at once, of so many operations each, and gives what they recorded.
[[nodiscard]] std::vector<Operation> run_sessions(EventStore& store, FakeClock& clock, std::size_t sessions, std::size_t operations_each,
                                                  std::uint64_t seed);

/// All of the log, page by page.
[[nodiscard]] std::vector<RecordedEvent> read_log(EventStore& store);

}  // namespace ledger::test
