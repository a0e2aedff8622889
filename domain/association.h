// The current state of one association, and the filter by which associations are listed.
#pragma once

#include "domain/event.h"

#include <optional>
#include <string>

namespace ledger {

/// The part of an association that does not depend on the order in which its events arrived, if all of them carry timestamps.
struct AssociationState {
  Definition definition;
  std::optional<Timestamp> created_at;  ///< Effective time of the earliest Create; absent if there is none.
  Timestamp updated_at;                 ///< Effective time of the event that sorts last.
  std::optional<Timestamp> deleted_at;  ///< Effective time of the earliest Delete; present means deleted for good.

  friend bool operator==(const AssociationState&, const AssociationState&) = default;
};

/// One association, with the positions in the log that its state came from.
struct Association {
  AssociationKey key;
  AssociationState state;
  Sequence last_sequence;              ///< Its last recorded event.
  std::optional<Sequence> deleted_by;  ///< The Delete that `deleted_at` came from; present if that is.

  [[nodiscard]] bool is_deleted() const noexcept { return state.deleted_at.has_value(); }

  friend bool operator==(const Association&, const Association&) = default;
};

enum class StatusFilter { active, deleted, all };

/// Selects associations. An absent condition is met by all.
struct AssociationFilter {
  StatusFilter status = StatusFilter::active;
  std::optional<std::string> key;
  std::optional<std::string> object_key;  ///< The key of either object.
  std::optional<std::string> association_type;
  std::optional<AssociationId> id = {};

  [[nodiscard]] bool matches(const Association& association) const;
};

}  // namespace ledger
