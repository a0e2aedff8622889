// Keeps the current state beside the log: derives it with each event, marks a subject as stale if that fails, and repairs it later.
//
// Derived data never refuses a delivery. If a counter, a definition or a row of the state is wrong, the event is recorded all the same and the
// subject gets a row in the table stale_subject. Readers fold the events of such a subject (state_as_of.h) until its state is repaired.
#pragma once

#include "domain/clock.h"
#include "domain/log.h"
#include "storage/sqlite/projection.h"

#include <SQLiteCpp/Database.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace ledger::storage {

/// The state of a subject cannot be derived from what the tables say: a row breaks a rule of the schema, or cannot be read. Errors of the disk, of
/// the file's structure and of memory are never this.
class StateFault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Used by the writer's thread, but for stale_subjects(). REQUIRES an open write transaction for all that reads or writes. Throws SQLite::Exception;
/// then the caller rolls back. The references must outlive it.
class Derivation {
 public:
  Derivation(SQLite::Database& database, const Clock& clock, Log& log);

  /// Call it before each transaction. If it is not careful, a StateFault is thrown and the transaction must be rolled back. If it is, the subject is
  /// marked instead. That needs a savepoint for each event, so a group is careful only after it failed.
  void begin(bool is_careful) noexcept { is_careful_ = is_careful; }

  /// The subject before its next event, which follows `head`. REQUIRES that it has events. A stale one is folded; empty if that fails.
  [[nodiscard]] SubjectState find(const EventLog::Interned& refs, const AssociationKey& key, Sequence head);

  /// As Projection::apply(). A stale subject stays stale.
  void apply(const EventLog::Interned& refs, const AssociationKey& key, const SubjectState& before, FoldEvent event);

  /// How long until repair_next() has something to do; nullopt when nothing is stale. What could not be repaired is tried again after a minute.
  [[nodiscard]] std::optional<std::chrono::milliseconds> due_in() const noexcept;
  /// Folds one stale subject, writes its state, counts its location, and removes the mark. Throws StateFault if its events
  /// cannot be folded; the next call then goes on with another one.
  void repair_next();

  /// Call one of them after each transaction.
  void committed();
  void rolled_back();

  /// In the last committed state. Any thread.
  [[nodiscard]] std::int64_t stale_subjects() const noexcept { return committed_stale_.load(std::memory_order_relaxed); }

 private:
  struct Line {
    LogLevel level;
    const char* event;
    SubjectKind kind;
    AssociationKey key;
    std::string reason;
  };

  bool is_stale(SubjectRef subject);
  void mark(const EventLog::Interned& refs, const AssociationKey& key, const char* reason);
  void write(const Line& line);
  std::int64_t count_stale();

  const Clock& clock_;
  Log& log_;
  Projection projection_;
  StoredFold stored_fold_;
  SQLite::Statement savepoint_;
  SQLite::Statement release_;
  SQLite::Statement roll_back_to_;
  SQLite::Statement find_mark_;
  SQLite::Statement insert_mark_;
  SQLite::Statement remove_mark_;
  SQLite::Statement next_;
  SQLite::Statement count_;
  bool is_careful_ = false;
  std::int64_t stale_;                     ///< In the open transaction.
  std::vector<Line> pending_;              ///< Told after the commit.
  std::int64_t tried_up_to_ = 0;           ///< The last subject that repair_next() tried.
  bool is_pass_useful_ = false;            ///< A mark was made or removed since repair_next() began with the first subject.
  std::chrono::milliseconds retry_at_{0};  ///< By the clock's elapsed().
  std::atomic<std::int64_t> committed_stale_;
};

}  // namespace ledger::storage
