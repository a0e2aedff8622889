// The fold: how the events of one association become its state, whatever order they arrived in.
//
// State is the fold of all events sorted by (effective time, body bytes). Effective time is the body's `timestamp`, or the time of recording
// where the body has none. In that order
//   - every event sets the definition fields that it carries, and an absent field never erases a known one;
//   - a Delete is final wherever it sorts; the earliest one gives deleted_at;
//   - the earliest Create gives created_at, the last event gives updated_at.
// Two refinements make the order total and keep it honest:
//   - Of two events at the same millisecond, the one with a timestamp of its own sorts first; two without one sort by sequence and not by
//     their bytes, because for them the order of arrival is all that is known, and the bytes would only shuffle it.
//   - Same time and same bytes (one body, delivered to two paths): by sequence. That cannot change the state's content.
#pragma once

#include "domain/association.h"

#include <compare>
#include <string>
#include <vector>

namespace ledger {

/// One event as the fold sees it.
struct FoldEvent {
  Sequence sequence;
  EventKind kind{};
  std::optional<Timestamp> occurred_at;
  Timestamp recorded_at;
  std::string body;
  Definition definition;

  [[nodiscard]] Timestamp effective_at() const noexcept { return occurred_at.value_or(recorded_at); }
};

/// The order of the fold; total over the events of one association.
[[nodiscard]] std::strong_ordering fold_order(const FoldEvent& left, const FoldEvent& right);

/// The association after all of `events`, in any order given. REQUIRES at least one, all of the association `key`, sequences distinct.
[[nodiscard]] Association fold(AssociationKey key, std::vector<FoldEvent> events);

/// True when `event` is certain to sort behind everything already folded into `association`. Equal times are not certain: fold anew.
[[nodiscard]] bool sorts_last(const Association& association, const FoldEvent& event) noexcept;

/// Folds one more event onto a state; its body is not looked at. REQUIRES sorts_last(association, event), and a sequence above
/// association.last_sequence.
void extend(Association& association, FoldEvent event);

/// What is remarkable about recording an event of this kind and time now, given the association as it was before (null: never seen).
[[nodiscard]] EventFlags arrival_flags(const Association* before, EventKind kind, Timestamp effective_at) noexcept;

}  // namespace ledger
