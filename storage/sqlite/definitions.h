// The dictionary of definitions: what associations say about their objects, stored once, behind an integer.
#pragma once

#include "domain/event.h"
#include "storage/bounded_cache.h"
#include "storage/sqlite/rows.h"

#include <SQLiteCpp/Database.h>

#include <cstddef>

namespace ledger::storage {

/// A cache of definitions holds no more than this many, and no long ones, because they come from outside.
inline constexpr std::size_t kDefinitionsCachedMax = 1024;
[[nodiscard]] bool is_cacheable(const Definition& definition) noexcept;

/// Prepared statements over the table `definition` on a connection that writes, and a cache. REQUIRES an open write transaction.
/// Throws SQLite::Exception. Not thread-safe, like its connection, which must outlive it.
class Definitions {
 public:
  explicit Definitions(SQLite::Database& database);

  /// The integer of the definition, inserted now if it is new.
  [[nodiscard]] DefinitionRef ref_of(const Definition& definition);

  /// After a rollback: integers that the transaction inserted are not in the file.
  void forget() noexcept { cache_.clear(); }

 private:
  DefinitionRef look_up_or_insert(const Definition& definition);

  SQLite::Database& database_;
  SQLite::Statement find_;
  SQLite::Statement insert_;
  struct Hash {
    std::size_t operator()(const Definition& definition) const noexcept;
  };
  BoundedCache<Definition, DefinitionRef, Hash> cache_{kDefinitionsCachedMax};
};

}  // namespace ledger::storage
