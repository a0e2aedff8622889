// Reads rows of association_state as values of the domain.
#include "storage/sqlite/state_reader.h"

#include <stdexcept>
#include <string>
#include <utility>

namespace ledger::storage {

StateReader::StateReader(SQLite::Database& database)
    : select_definition_(database, std::string("SELECT ") + kDefinitionColumns + " FROM definition WHERE definition_ref = ?") {}

Association StateReader::read(Query& row, int first, AssociationKey key) {
  Association association;
  association.key = std::move(key);
  association.state.definition = definition(DefinitionRef(row.integer(first)));
  association.state.created_at = to_timestamp(row.optional_integer(first + 1));
  association.state.updated_at = to_timestamp(row.integer(first + 2));
  association.state.deleted_at = to_timestamp(row.optional_integer(first + 3));
  association.last_sequence = Sequence(row.integer(first + kLastSequenceColumn));
  if (const auto deleted_by = row.optional_integer(first + 5)) association.deleted_by = Sequence(*deleted_by);
  association.state.deleted_at_is_dated = row.integer(first + 6) != 0;
  association.state.former_lives = row.integer(first + 7);
  association.state.inferred = static_cast<std::uint32_t>(row.integer(first + 8));
  return association;
}

SharedDefinition StateReader::definition(DefinitionRef ref) {
  if (const SharedDefinition* known = definitions_.find(ref.value())) return *known;
  Query row(select_definition_);
  row.bind(ref.value());
  if (!row.next()) throw std::runtime_error("definition " + std::to_string(ref.value()) + " is missing");
  SharedDefinition definition = read_definition(row);
  if (is_cacheable(*definition)) definitions_.put(ref.value(), definition);
  return definition;
}

}  // namespace ledger::storage
