// Decides which associations a list shows.
#include "domain/association.h"

namespace ledger {
const Definition SharedDefinition::kEmpty;

std::optional<EndedLife> present_end(const Association& association) {
  if (!association.is_deleted()) return std::nullopt;
  const AssociationState& state = association.state;
  return EndedLife{state.definition, state.created_at, *state.deleted_at, association.deleted_by.value()};
}

bool AssociationFilter::matches(const Association& association) const {
  const Definition& definition = *association.state.definition;
  return (status == StatusFilter::all || association.is_deleted() == (status == StatusFilter::deleted)) && (!id || association.key.id == id) &&
         (!key || definition.key == key) &&
         (!object_key || definition.first_object_key == object_key || definition.second_object_key == object_key) &&
         (!association_type || definition.association_type == association_type);
}

}  // namespace ledger
