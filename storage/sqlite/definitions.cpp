// The dictionary of definitions: what associations say about their objects, stored once, behind an integer.
#include "storage/sqlite/definitions.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ledger::storage {
namespace {

constexpr std::size_t kCacheableBytesMax = 1024;  // Of all fields together.

}  // namespace

bool is_cacheable(const Definition& definition) noexcept {
  return text_bytes(definition) <= kCacheableBytesMax;
}

Definitions::Definitions(SQLite::Database& database)
    : database_(database),
      find_(database,
            "SELECT definition_ref FROM definition WHERE key IS ? AND association_type IS ? AND first_object_key IS ? AND first_object_label IS ?"
            " AND first_to_second_cardinality IS ? AND second_object_key IS ? AND second_object_label IS ? AND second_to_first_cardinality IS ?"),
      insert_(database, std::string("INSERT INTO definition (") + kDefinitionColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)") {}

DefinitionRef Definitions::ref_of(const Definition& definition) {
  if (const DefinitionRef* known = cache_.find(definition)) return *known;
  const DefinitionRef ref = look_up_or_insert(definition);
  if (is_cacheable(definition)) cache_.put(definition, ref);
  return ref;
}

std::size_t Definitions::Hash::operator()(const Definition& definition) const noexcept {
  std::size_t hash = 0;
  for (const auto field : kDefinitionFields) {
    hash = hash * 31 + (definition.*field ? std::hash<std::string_view>{}(*(definition.*field)) : 1);
  }
  return hash;
}

DefinitionRef Definitions::look_up_or_insert(const Definition& definition) {
  {
    Query find(find_);
    bind_definition(find, definition);
    if (find.next()) return DefinitionRef(find.integer(0));
  }
  Query insert(insert_);
  bind_definition(insert, definition);
  insert.run();
  return DefinitionRef(database_.getLastInsertRowid());
}

}  // namespace ledger::storage
