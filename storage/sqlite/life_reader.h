// Finds the lives that a late event changes, from the Creates and Deletes around it.
//
// In the order of the fold, a life ends with the first Delete in it, and the first dated Create after that begins the next one. So what an event
// changes ends where a life begins with the event as well as without it. The index event_by_subject has the kinds of events, so the Updates between a
// Create and the next Delete are passed over without reading their rows; only of events of one time are the bodies read.
#pragma once

#include "storage/sqlite/ordered_events.h"

#include <SQLiteCpp/Database.h>

#include <optional>
#include <vector>

namespace ledger::storage {

/// A life of an association or relation.
struct Life {
  std::optional<EventPlace> begin;      ///< The Create that began it; absent for the first life.
  std::optional<Timestamp> created_at;  ///< Of its first Create.
  std::optional<EventPlace> end;        ///< The Delete that ended it.
  std::optional<EventPlace> next;       ///< The Create that began the life after it; absent for the present life.
};

/// Adjacent lives, as they are without an event and with it.
struct ChangedLives {
  std::vector<Life> before;
  std::vector<Life> after;
};

/// Not thread-safe, like its connection, which must outlive it. Throws SQLite::Exception.
class LifeReader {
 public:
  explicit LifeReader(SQLite::Database& database);

  /// `event` is the last one in the log, and no conflict. REQUIRES that no Delete without a timestamp ended the present life before it. nullopt
  /// where this simple rule does not hold: when the subject was observed in these lives, or such a Delete ends one of them.
  [[nodiscard]] std::optional<ChangedLives> changed_by(SubjectRef subject, const FoldEvent& event);

 private:
  enum class Kind { create, dated_create, end };

  std::optional<ChangedLives> walk();
  Life life(std::optional<EventPlace> begin);
  std::optional<EventPlace> begin_of_life_at(const EventPlace& place);
  /// The nearest event of a kind after `place`, or before it. Without a place, the first of all.
  std::optional<EventPlace> next(Kind kind, const std::optional<EventPlace>& place);
  std::optional<EventPlace> previous(Kind kind, const EventPlace& place);
  std::optional<Timestamp> moment(SQLite::Statement& statement, Kind kind, Timestamp from);
  /// The Creates and Deletes of one time, and the late event.
  std::vector<EventPlace> at(Timestamp time);
  bool is_before(const EventPlace& left, const EventPlace& right);
  [[nodiscard]] bool is(const EventPlace& place, Kind kind) const;

  TieOrder tie_order_;
  SQLite::Statement later_;
  SQLite::Statement earlier_;
  SQLite::Statement at_;
  SubjectRef subject_;
  EventKind create_{};
  EventKind end_{};
  EventPlace late_;
  bool leaves_out_late_ = false;
  bool has_observation_ = false;  ///< One was met.
};

}  // namespace ledger::storage
