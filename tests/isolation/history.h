// What concurrent clients of a store did and saw, and the rules that any such history must keep.
//
// The rules rest on one idea: an answer tells which prefixes of the log it can be of. A page of the log is of exactly one; the state of an
// association is of any prefix from its last event up to the event before its next one. Whoever was told of sequence s must from then on only get
// answers that can be of a prefix of at least s, and every answer must be what the log, read at the end, says of such a prefix.
#pragma once

#include "domain/event_store.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ledger::test {

/// When an operation was called and when its callback was, by one counter that all sessions share. One was over before another began exactly when
/// its `responded` is below the other's `invoked`.
struct Span {
  std::uint64_t invoked = 0;
  std::uint64_t responded = 0;
};

template <class Question, class Answer>
struct Asked {
  Question question;
  Result<Answer> answer;
};
using Append = Asked<NewEvent, Appended>;
using AssociationsRead = Asked<AssociationQuery, AssociationPage>;
using AssociationRead = Asked<AssociationKey, Association>;
using DeletionsRead = Asked<DeletionQuery, DeletionPage>;
using HistoryRead = Asked<HistoryQuery, EventPage>;
using EventsRead = Asked<EventQuery, EventPage>;
using EventRead = Asked<Sequence, RecordedEvent>;
using LocationsRead = Asked<LocationQuery, LocationPage>;
using Action = std::variant<Append, AssociationsRead, AssociationRead, DeletionsRead, HistoryRead, EventsRead, EventRead, LocationsRead>;

struct Operation {
  std::size_t session = 0;
  Span span;
  Action action;
  std::optional<std::size_t> chain = std::nullopt;  ///< Pages of one list that was followed to its end have the same number. Not of EventsRead.
};

struct History {
  std::vector<Operation> operations;  ///< Those of one session in the order in which it called them, one after the other.
  std::vector<RecordedEvent> log;     ///< All of it, read when nobody appended any more.
};

/// What can be wrong with a history.
enum class Rule {
  every_operation_is_answered,         ///< With a result, or with the error that the port foresees for such a question.
  the_log_is_dense,                    ///< 1, 2, 3, …, in times that never fall.
  acknowledged_events_are_in_the_log,  ///< Each "recorded" names an event of its own, and it is the one that was appended; and the log has no more.
  duplicates_name_the_first,           ///< What the log has already is a duplicate of it, and nothing else is.
  appends_keep_their_order,            ///< An append that began after another was acknowledged has the higher sequence.
  nothing_is_seen_before_its_append,   ///< No answer is of a prefix with an event that nobody had yet begun to append.
  read_your_writes,                    ///< Who got sequence s acknowledged sees at least s.
  acknowledged_is_seen_by_all,         ///< So does everybody else who asks after that.
  reads_never_go_back,                 ///< Who saw a prefix never sees a shorter one, by whatever kind of question.
  what_one_saw_all_see,                ///< So does everybody else who asks after that.
  events_never_change,                 ///< An event reads the same wherever it is met, and pages of events leave none out.
  state_is_the_fold_of_a_prefix,       ///< Associations, deletions and counts are what the fold makes of the prefix that the answer names.
  a_chain_shows_one_prefix,            ///< From its first page to its last, each going on where the one before ended.
};

struct Finding {
  Rule rule{};
  std::string what;  ///< Names the session, the operation, and what was expected.
};

/// All that is wrong. Pure: the history is all it knows. REQUIRES that the log's bodies are events.
[[nodiscard]] std::vector<Finding> check(const History& history);

/// "read_your_writes", …. Static storage.
[[nodiscard]] const char* name(Rule rule) noexcept;

}  // namespace ledger::test
