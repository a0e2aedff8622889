// What the ledger knows of one association: its present state, and the questions that can be asked of many.
#pragma once

#include "domain/event.h"

#include <optional>
#include <string>

namespace ledger {

/// The part of an association that any order of arrival leaves the same (as long as its events carry timestamps).
struct AssociationState {
  Definition definition;
  std::optional<Timestamp> created_at;  ///< Effective time of the earliest Create; absent while none was seen.
  Timestamp updated_at;                 ///< Effective time of the event that sorts last.
  std::optional<Timestamp> deleted_at;  ///< Effective time of the earliest Delete; present means deleted, for good.

  friend bool operator==(const AssociationState&, const AssociationState&) = default;
};

/// One association with the positions in the log that its state came from.
struct Association {
  AssociationKey key;
  AssociationState state;
  Sequence last_sequence;              ///< The last event recorded for it.
  std::optional<Sequence> deleted_by;  ///< The Delete that `deleted_at` came from.

  [[nodiscard]] bool is_deleted() const noexcept { return state.deleted_at.has_value(); }

  friend bool operator==(const Association&, const Association&) = default;
};

enum class StatusFilter { active, deleted, all };

/// Which associations a list shows. An absent condition holds for all.
struct AssociationFilter {
  StatusFilter status = StatusFilter::active;
  std::optional<std::string> key;
  std::optional<std::string> object_key;  ///< On either side.
  std::optional<std::string> association_type;
  std::optional<AssociationId> id = {};

  [[nodiscard]] bool matches(const Association& association) const;
};

}  // namespace ledger
