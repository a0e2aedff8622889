// Reads events of the log in the order of the fold (domain/fold.h), one body at a time.
#pragma once

#include "domain/fold.h"
#include "storage/sqlite/rows.h"

#include <SQLiteCpp/Database.h>

#include <optional>
#include <string>
#include <vector>

namespace ledger::storage {

/// What orders an event, but for its body.
struct EventPlace {
  Timestamp effective_at;
  bool is_dated = false;
  EventKind kind{};
  Sequence sequence;
};

/// Puts events of one effective time in order. It compares their bodies, each of which is read once as a rule, and has two of them in memory. Not
/// thread-safe, like its connection, which must outlive it. Throws SQLite::Exception.
class TieOrder {
 public:
  explicit TieOrder(SQLite::Database& database);

  void sort(std::vector<EventPlace>& places);
  /// A row of kFoldColumns. `sequence` is in the log.
  [[nodiscard]] FoldEvent read(Sequence sequence);

 private:
  struct Tie;
  bool is_before(const Tie& left, const Tie& right);

  SQLite::Statement compare_;
  SQLite::Statement read_;
};

/// The columns of OrderedEvents. The body comes last, because SQLite reads it only if it is asked for.
inline constexpr const char* kFoldColumns = "SELECT sequence, kind, effective_at, occurred_at, flags, subject_ref, body FROM event ";

enum class ReadingOrder { oldest_first, newest_first };

/// Puts the rows of one query into the order of the fold. The query has them by effective time, so only ties are sorted.
class OrderedEvents {
 public:
  /// REQUIRES rows of kFoldColumns, by subject and effective time in the given order. The references outlive this object.
  OrderedEvents(Query& rows, TieOrder& tie_order, ReadingOrder order) : rows_(rows), tie_order_(tie_order), order_(order), has_row_(rows.next()) {}

  struct Item {
    SubjectRef subject;
    FoldEvent event;  ///< With its body, not decoded.
  };
  /// nullopt after the last one. Throws as read_undecoded().
  [[nodiscard]] std::optional<Item> next();

 private:
  Query& rows_;
  TieOrder& tie_order_;
  const ReadingOrder order_;
  bool has_row_;
  SubjectRef subject_;            ///< Of ties_.
  std::vector<EventPlace> ties_;  ///< The next one is at the end.
};

/// Reads kFoldColumns, but not the body.
[[nodiscard]] EventPlace read_place(Query& row);
/// Reads kFoldColumns. The body is not decoded. Throws std::runtime_error for a row that no release of this schema writes.
[[nodiscard]] FoldEvent read_undecoded(Query& row);

/// Replaces the body of an event by what it carries.
void decode_body(FoldEvent& event);

}  // namespace ledger::storage
