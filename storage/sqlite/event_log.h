// The write side of the log: what a delivery becomes inside the transaction that keeps it.
#pragma once

#include "storage/sqlite/rows.h"

#include <SQLiteCpp/Database.h>

#include <optional>
#include <string>
#include <unordered_map>

namespace ledger::storage {

/// The end of the log, as the writer knows it between transactions.
struct LogHead {
  Sequence sequence;        ///< 0 when the log is empty.
  Timestamp recorded_at;    ///< Of that event; the epoch when there is none.
  QuarantineId quarantine;  ///< 0 when nothing was quarantined.
};

/// Prepared statements over the log's tables on the writer's connection. Every method REQUIRES an open write transaction (but read_head), throws
/// SQLite::Exception, and leaves rolling back to the caller. REQUIRES trust_to_append(): the guard of `association` would abort the INSERT that finds
/// out whether an id is known. Not thread-safe, like its connection, which must outlive it.
class EventLog {
 public:
  explicit EventLog(SQLite::Database& database);

  [[nodiscard]] LogHead read_head();

  /// The first recording of the same event, if there is one: same webhook id and body, or a Delete without webhook id with the same body. The body
  /// names the association, so there is none where intern() says that it is new.
  [[nodiscard]] std::optional<Sequence> find_duplicate(const NewEvent& event);

  /// The surrogate of the association, given out now if this is the first that the ledger hears of it. `kind` of the event that names it says which
  /// of the two is looked at first.
  struct Interned {
    LocationRef location;
    AssociationRef association;
    bool is_new = false;  ///< The association has no event yet.
  };
  [[nodiscard]] Interned intern(const AssociationKey& key, EventKind kind);

  /// After a transaction that was rolled back, whose surrogates may stand for nothing now.
  void forget() noexcept { locations_.clear(); }

  /// Writes the event behind `head` and moves `head` on. REQUIRES recorded_at not before the head's.
  void append(const NewEvent& event, AssociationRef association, EventFlags flags, Timestamp recorded_at, LogHead& head);

  /// The number under which the same body on the same path was quarantined before, or a new one.
  QuarantineId quarantine(const NewQuarantine& delivery, Timestamp now, LogHead& head);

 private:
  LocationRef intern(const LocationId& location);
  std::optional<AssociationRef> insert(LocationRef location, const AssociationId& id);
  std::optional<AssociationRef> find(LocationRef location, const AssociationId& id);
  std::optional<std::int64_t> key_ref(const std::optional<Signature>& signature);

  SQLite::Database& database_;
  SQLite::Statement head_;
  SQLite::Statement quarantine_head_;
  SQLite::Statement find_delivery_;
  SQLite::Statement find_location_;
  SQLite::Statement insert_location_;
  SQLite::Statement find_association_;
  SQLite::Statement insert_association_;
  SQLite::Statement find_key_;
  SQLite::Statement insert_key_;
  SQLite::Statement insert_event_;
  SQLite::Statement find_quarantine_;
  SQLite::Statement insert_quarantine_;
  std::unordered_map<std::string, LocationRef> locations_;  ///< The latest ones; bounded.
};

}  // namespace ledger::storage
