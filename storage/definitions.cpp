// The dictionary of definitions: what associations say of their objects, each once, behind an integer.
#include "storage/definitions.h"

#include <utility>

namespace ledger::storage {
namespace {

constexpr std::size_t kRememberedMax = 1024;
constexpr std::size_t kRememberedBytesMax = 1024;  // Of one text.

/// Another text for every other definition: an absent field is nothing, a present one is its length and its bytes.
std::string text_of(const Definition& definition) {
  std::string text;
  for (const std::optional<std::string>* field :
       {&definition.key, &definition.association_type, &definition.first_object_key, &definition.first_object_label,
        &definition.first_to_second_cardinality, &definition.second_object_key, &definition.second_object_label,
        &definition.second_to_first_cardinality}) {
    if (*field) text.append(std::to_string((*field)->size())).append(":").append(**field);
    text.push_back(';');
  }
  return text;
}

}  // namespace

Definitions::Definitions(SQLite::Database& database)
    : database_(database),
      find_(database,
            "SELECT definition_ref FROM definition WHERE key IS ? AND association_type IS ? AND first_object_key IS ? AND first_object_label IS ?"
            " AND first_to_second_cardinality IS ? AND second_object_key IS ? AND second_object_label IS ? AND second_to_first_cardinality IS ?"),
      insert_(database,
              "INSERT INTO definition (key, association_type, first_object_key, first_object_label, first_to_second_cardinality,"
              " second_object_key, second_object_label, second_to_first_cardinality) VALUES (?, ?, ?, ?, ?, ?, ?, ?)") {}

DefinitionRef Definitions::ref_of(const Definition& definition) {
  std::string text = text_of(definition);
  if (const auto known = remembered_.find(text); known != remembered_.end()) return known->second;
  const DefinitionRef ref = look_up_or_insert(definition);
  if (text.size() > kRememberedBytesMax) return ref;
  if (remembered_.size() == kRememberedMax) remembered_.clear();
  remembered_.emplace(std::move(text), ref);
  return ref;
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
