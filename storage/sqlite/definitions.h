// The dictionary of definitions: what associations say of their objects, each once, behind an integer.
#pragma once

#include "domain/event.h"
#include "storage/sqlite/rows.h"

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <unordered_map>

namespace ledger::storage {

/// Whoever remembers definitions does so of no more than this many, and of none that is long: they come from outside.
inline constexpr std::size_t kDefinitionsRememberedMax = 1024;
[[nodiscard]] bool is_memorable(const Definition& definition) noexcept;

/// Prepared statements over the table `definition` on a connection that writes, and a memory of the latest ones. REQUIRES an open write transaction.
/// Throws SQLite::Exception. Not thread-safe, like its connection, which must outlive it.
class Definitions {
 public:
  explicit Definitions(SQLite::Database& database);

  /// The surrogate of the definition, given out now if this is the first that the ledger hears of it.
  [[nodiscard]] DefinitionRef ref_of(const Definition& definition);

  /// After a transaction that was rolled back, whose surrogates may stand for nothing now.
  void forget() noexcept { remembered_.clear(); }

 private:
  DefinitionRef look_up_or_insert(const Definition& definition);

  SQLite::Database& database_;
  SQLite::Statement find_;
  SQLite::Statement insert_;
  struct Hash {
    std::size_t operator()(const Definition& definition) const noexcept;
  };
  std::unordered_map<Definition, DefinitionRef, Hash> remembered_;  ///< Bounded.
};

}  // namespace ledger::storage
