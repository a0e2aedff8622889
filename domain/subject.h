// What a subject of any kind is now, and the fold that asks for no kind.
#pragma once

#include "domain/fold.h"
#include "domain/installs.h"
#include "domain/relation.h"

#include <optional>

namespace ledger {

/// The current state of one subject. Only that of its kind is set, and none before its first event.
struct SubjectState {
  std::optional<Association> association;
  std::optional<RelationState> relation;
  std::optional<Installs> installs;
};

/// The Delete that ended the present life, if one did.
[[nodiscard]] std::optional<Sequence> ended_by(const SubjectState& state) noexcept;

/// The flags `late`, `after_delete` and `recreated` of an event that is recorded now. `before` is the state without it.
[[nodiscard]] EventFlags arrival_flags(const SubjectState& before, const FoldEvent& event) noexcept;

/// A subject after its events. The parts of other kinds are empty.
struct FoldedSubject {
  FoldedAssociation association;
  RelationState relation;
  Installs installs;

  friend bool operator==(const FoldedSubject&, const FoldedSubject&) = default;
};

/// Applies the next event in the order of the fold to the part of its kind. Its body is not used.
void extend(FoldedSubject& subject, FoldEvent event);

}  // namespace ledger
