// Folds an association from its events in the log: for late arrivals, for the past, for rebuild and for verify.
#pragma once

#include "domain/fold.h"
#include "storage/sqlite/rows.h"

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <future>
#include <optional>
#include <vector>

namespace ledger::storage {

/// A prepared read of one association's events. Not thread-safe, like its connection, which must outlive it.
class StoredFold {
 public:
  explicit StoredFold(SQLite::Database& database);

  /// The association as of the event `through`; nullopt when it had no event by then. Cost: its events, read and sorted. Throws SQLite::Exception,
  /// and std::runtime_error when a stored body cannot be decoded.
  [[nodiscard]] std::optional<Association> fold_through(AssociationRef association, const AssociationKey& key, Sequence through);

 private:
  SQLite::Statement select_;
};

/// Folds every association, one after the other, in the order of their surrogates. One pass over the index of the log costs a fraction of a query for
/// each. Bodies are decoded and folded on a second thread, while the caller's thread uses one batch and reads the next; only the caller's thread uses
/// SQLite. Otherwise as StoredFold. Between two calls of next() the connection may write, but not to the log.
class FoldOfAll {
 public:
  explicit FoldOfAll(SQLite::Database& database);

  /// One association that has events. Its key is empty: the caller knows the surrogate.
  struct Folded {
    AssociationRef ref;
    Association association;
    std::int64_t events = 0;
    Sequence first_sequence;
  };
  /// Returns null after the last one. The pointer is valid until the next call.
  [[nodiscard]] const Folded* next();

 private:
  struct Unfolded {
    AssociationRef ref;
    std::vector<FoldEvent> events;
  };
  static std::vector<Folded> fold_batch(std::vector<Unfolded> batch);
  /// The next batch, of whole associations; empty after the last one.
  std::vector<Unfolded> read_batch();
  void fold_ahead(std::vector<Unfolded> batch);

  SQLite::Statement select_;
  Query row_;
  bool has_row_;
  std::vector<Folded> batch_;
  std::size_t given_ = 0;                   ///< Of batch_.
  std::future<std::vector<Folded>> ahead_;  ///< Invalid after the last batch. Its destructor waits for the thread.
};

}  // namespace ledger::storage
