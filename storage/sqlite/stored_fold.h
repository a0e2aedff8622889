// Folds an association anew from the log: for late arrivals, for the past, for rebuild and for verify.
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
  /// and std::runtime_error when a stored body can no longer be decoded.
  [[nodiscard]] std::optional<Association> fold_through(AssociationRef association, const AssociationKey& key, Sequence through);

 private:
  SQLite::Statement select_;
};

/// Folds every association anew, one after the other, in the order of their surrogates: one pass over the index of the log, which costs a fraction of
/// asking for each. Bodies are decoded and folded on a second thread, while the caller's reads the batch behind and uses the one in front; SQLite is
/// used on the caller's alone. As StoredFold in all else; between two calls of next() the connection may write, but not to the log.
class FoldOfAll {
 public:
  explicit FoldOfAll(SQLite::Database& database);

  /// One association that has events. Its key is left empty: who needs it knows the surrogate.
  struct Folded {
    AssociationRef ref;
    Association association;
    std::int64_t events = 0;
    Sequence first_sequence;
  };
  /// Null behind the last one. The pointer holds until the next call.
  [[nodiscard]] const Folded* next();

 private:
  struct Unfolded {
    AssociationRef ref;
    std::vector<FoldEvent> events;
  };
  static std::vector<Folded> fold_batch(std::vector<Unfolded> batch);
  /// The next batch, of whole associations; empty behind the last one.
  std::vector<Unfolded> read_batch();
  void fold_ahead(std::vector<Unfolded> batch);

  SQLite::Statement select_;
  Query row_;
  bool has_row_;
  std::vector<Folded> batch_;
  std::size_t given_ = 0;                   ///< Of batch_.
  std::future<std::vector<Folded>> ahead_;  ///< Invalid behind the last batch. Waits for its thread when it goes.
};

}  // namespace ledger::storage
