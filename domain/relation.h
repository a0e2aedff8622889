// The current state of one relation, its fold, and the filter by which relations are listed. The fold has the order and
// the lives of domain/fold.h, for a subject that has only Creates and Deletes.
#pragma once

#include "domain/fold.h"

#include <cstdint>
#include <optional>
#include <string_view>

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

/// As add_earlier() and has_fields_of() of domain/fold.h.
void add_earlier(Relation& fields, const Relation& earlier);
[[nodiscard]] bool has_fields_of(const Relation& fields, const Relation& wanted) noexcept;

/// The flags `late`, `after_delete` and `recreated`, as for an association.
[[nodiscard]] EventFlags arrival_flags(const RelationState& before, const FoldEvent& event) noexcept;

/// What a list shows of a relation.
enum class RelationStatus {
  active,
  deleted,              ///< By a Delete of its own.
  association_deleted,  ///< Its association ended a life after the relation was created, and no later dated Create of its own vouches for it.
};

/// "active", "deleted", "association_deleted". Static storage.
[[nodiscard]] std::string_view name(RelationStatus status) noexcept;

/// `association_ended_at` is when the last life of its association ended that did end.
[[nodiscard]] RelationStatus status_of(const RelationState& relation, const std::optional<Timestamp>& association_ended_at) noexcept;

/// A relation as lists show it.
struct ShownRelation {
  RelationState state;
  RelationStatus status{};

  friend bool operator==(const ShownRelation&, const ShownRelation&) = default;
};

/// Selects relations. An absent condition is met by all. `deleted` finds what is deleted in either way.
struct RelationFilter {
  StatusFilter status = StatusFilter::active;
  std::optional<AssociationId> association;
  std::optional<RecordId> record;  ///< On either side.
  std::optional<RelationId> id;

  [[nodiscard]] bool matches(const ShownRelation& relation) const;
};

}  // namespace ledger
