// The current state of one association, its former lives, and the filter by which associations are listed.
#pragma once

#include "domain/event.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace ledger {

/// A definition that associations share: those of a list often have the same one, and each would copy up to eight texts.
class SharedDefinition {
 public:
  SharedDefinition() = default;
  SharedDefinition(Definition definition) : definition_(std::make_shared<const Definition>(std::move(definition))) {}

  [[nodiscard]] const Definition& operator*() const noexcept { return definition_ ? *definition_ : kEmpty; }
  [[nodiscard]] const Definition* operator->() const noexcept { return &**this; }

  friend bool operator==(const SharedDefinition& left, const SharedDefinition& right) { return *left == *right; }

 private:
  static const Definition kEmpty;

  std::shared_ptr<const Definition> definition_;  ///< Null for an empty one. Owned by every copy.
};

/// The part of an association that does not depend on the order in which its events arrived, if all of them carry timestamps. It describes the
/// present life: since the Create that followed the last Delete, or since the beginning.
struct AssociationState {
  SharedDefinition definition;
  std::optional<Timestamp> created_at;  ///< Effective time of the earliest Create of this life; absent if there is none.
  Timestamp updated_at;                 ///< Effective time of the event that sorts last.
  std::optional<Timestamp> deleted_at;  ///< Effective time of the Delete that ended this life; absent while the association is active.
  bool deleted_at_is_dated = false;     ///< The Delete has a timestamp that is believed. Only such a Delete can be followed by another life.
  std::int64_t former_lives = 0;        ///< How many lives ended before this one.
  /// The parts that only an observation told, which nobody signed: bit i for field i of kDefinitionFields, kInferredLife for the life itself or its
  /// end.
  std::uint32_t inferred = 0;

  friend bool operator==(const AssociationState&, const AssociationState&) = default;
};
inline constexpr std::uint32_t kInferredLife = 1U << 31;

/// One association, with the positions in the log that its state came from.
struct Association {
  AssociationKey key;
  AssociationState state;
  Sequence last_sequence;              ///< Its last recorded event.
  std::optional<Sequence> deleted_by;  ///< The Delete that `deleted_at` came from; present if that is.

  [[nodiscard]] bool is_deleted() const noexcept { return state.deleted_at.has_value(); }

  friend bool operator==(const Association&, const Association&) = default;
};

/// A life that ended, with all that its events say.
struct EndedLife {
  SharedDefinition definition;
  std::optional<Timestamp> created_at;
  Timestamp deleted_at;
  Sequence deleted_by;

  friend bool operator==(const EndedLife&, const EndedLife&) = default;
};

/// The present life, if it has ended.
[[nodiscard]] std::optional<EndedLife> present_end(const Association& association);

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
