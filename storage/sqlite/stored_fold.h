// Folds a subject from its events in the log: for late arrivals, for the past, for rebuild and for verify.
#pragma once

#include "domain/subject.h"
#include "storage/sqlite/life_reader.h"
#include "storage/sqlite/ordered_events.h"

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <future>
#include <optional>
#include <vector>

namespace ledger::storage {

/// Prepared reads of one subject's events, in the order of the fold. One event is in memory at a time; see TieOrder. Not thread-safe, like its
/// connection, which must outlive it. Throws SQLite::Exception, and std::runtime_error for a row that no release of this schema writes.
class StoredFold {
 public:
  explicit StoredFold(SQLite::Database& database);

  /// The association as of the event `through`; nullopt when it had no event by then. Cost: its events, read in order.
  [[nodiscard]] std::optional<FoldedAssociation> fold_through(SubjectRef association, const AssociationKey& key, Sequence through);

  /// A subject of any kind as of the event `through`. Cost: its events, read in order.
  [[nodiscard]] FoldedSubject fold_subject(SubjectRef subject, Sequence through);

  /// How many events both have read since the object was made.
  [[nodiscard]] std::size_t events_read() const noexcept { return events_read_; }

  /// The fields of the recorded event `event` that no event after it in the order of the fold carries. Reads from the last one backwards, until every
  /// field is overridden. So it is quick where later events carry the same fields, however many they are.
  [[nodiscard]] Definition not_overridden(SubjectRef association, const FoldEvent& event);

  /// What the events of a life carry, the newest of each field. Reads backwards until it has all fields that `wanted` has.
  [[nodiscard]] Definition definition_of(SubjectRef association, const Life& life, const Definition& wanted);
  [[nodiscard]] Relation relation_of(SubjectRef relation, const Life& life, const Relation& wanted);

 private:
  template <class Fields>
  Fields fields_of(SubjectRef subject, const Life& life, const Fields& wanted, Fields FoldEvent::*carried);

  std::size_t events_read_ = 0;
  TieOrder tie_order_;
  SQLite::Statement forwards_;
  SQLite::Statement backwards_;
  SQLite::Statement life_;
};

/// Folds every subject, one after the other, in the order of their surrogates. One pass over the index of the log costs a fraction of a query for
/// each. Bodies are decoded on a second thread, while the caller's thread folds one batch and reads the next; only the caller's thread uses SQLite.
/// Otherwise as StoredFold. Between two calls of next() the connection may write, but not to the log.
class FoldOfAll {
 public:
  explicit FoldOfAll(SQLite::Database& database);

  /// One subject that has events. Its keys are empty: the caller knows the surrogate, and the kind.
  struct Folded {
    SubjectRef ref;
    FoldedSubject folded;
    std::int64_t events = 0;
    Sequence first_sequence;
    Sequence last_sequence;
  };
  /// Returns null after the last one. The pointer is valid until the next call.
  [[nodiscard]] const Folded* next();

 private:
  using Batch = std::vector<OrderedEvents::Item>;
  static Batch decode(Batch batch);
  /// The next batch, undecoded; empty after the last one.
  Batch read_batch();
  /// The next event; null after the last one.
  OrderedEvents::Item* next_event();

  TieOrder tie_order_;
  SQLite::Statement select_;
  Query row_;
  OrderedEvents events_;
  Batch batch_;
  std::size_t used_ = 0;                    ///< Of batch_.
  std::future<Batch> ahead_;                ///< Its destructor waits for the thread.
  OrderedEvents::Item* pending_ = nullptr;  ///< The first event of the next subject, in batch_.
  std::optional<Folded> current_;
};

}  // namespace ledger::storage
