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

/// Folds the events of one subject, whatever its kind, that come in the order of the fold.
class SubjectFold {
 public:
  /// The body of the event is not used.
  void add(FoldEvent event);
  [[nodiscard]] FoldedSubject take() &&;

 private:
  AssociationFold association_{AssociationKey{}};
  RelationState relation_;
  Installs installs_;
};

}  // namespace ledger
