// The current state of one relation, and its fold: the order and the lives of domain/fold.h, for a subject that has only Creates and Deletes.
#pragma once

#include "domain/fold.h"

#include <cstdint>
#include <optional>

namespace ledger {

/// One relation: its present life, and the positions in the log that it came from. Members are as in Association.
struct RelationState {
  RelationKey key;
  Relation relation;
  std::optional<Timestamp> created_at;
  /// Effective time of the last dated Create of this life. It vouches for the relation if the association ended a life before it.
  std::optional<Timestamp> vouched_at;
  Timestamp updated_at;
  std::optional<Timestamp> deleted_at;
  bool deleted_at_is_dated = false;
  std::int64_t former_lives = 0;
  Sequence last_sequence;
  std::optional<Sequence> deleted_by;

  [[nodiscard]] bool is_deleted() const noexcept { return deleted_at.has_value(); }

  friend bool operator==(const RelationState&, const RelationState&) = default;
};

/// True if `event` surely sorts after all events in `relation`.
[[nodiscard]] bool sorts_last(const RelationState& relation, const FoldEvent& event) noexcept;

/// Applies the next event in the order of the fold. Its body is not used.
void extend(RelationState& relation, FoldEvent event);

/// The flags `late`, `after_delete` and `recreated`, as for an association.
[[nodiscard]] EventFlags arrival_flags(const RelationState& before, const FoldEvent& event) noexcept;

}  // namespace ledger
