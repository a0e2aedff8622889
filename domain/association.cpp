// Decides which associations a list shows.
#include "domain/association.h"

namespace ledger {
namespace {

bool has_status(const Association& association, StatusFilter status) noexcept {
  switch (status) {
    case StatusFilter::active: return !association.is_deleted();
    case StatusFilter::deleted: return association.is_deleted();
    case StatusFilter::all: return true;
  }
  return false;
}

}  // namespace

const Definition SharedDefinition::kEmpty;

std::optional<EndedLife> present_end(const Association& association) {
  if (!association.is_deleted()) return std::nullopt;
  const AssociationState& state = association.state;
  return EndedLife{state.definition, state.created_at, *state.deleted_at, association.deleted_by.value()};
}

bool AssociationFilter::matches(const Association& association) const {
  const Definition& definition = *association.state.definition;
  return has_status(association, status) && (!id || association.key.id == id) && (!key || definition.key == key) &&
         (!object_key || definition.first_object_key == object_key || definition.second_object_key == object_key) &&
         (!association_type || definition.association_type == association_type);
}

}  // namespace ledger
