// The fold: computes the state of an association from its events, independently of the order in which they arrived.
//
// The state is the fold of all events sorted by (effective time, body bytes). The effective time is the body's `timestamp`, or the time of recording
// if the body has none. In that order
//   - every event sets the definition fields that it carries; an absent field does not erase a known one;
//   - a Delete is final wherever it sorts; the earliest Delete gives deleted_at;
//   - the earliest Create gives created_at; the last event gives updated_at.
// Two more rules make the order total:
//   - Of two events with the same effective time, the one with a timestamp sorts first. Two without a timestamp are sorted by sequence, because their
//   order
//     of arrival is known and their bytes say nothing about it.
//   - Two events with the same time and the same bytes (one body, delivered to two paths) are sorted by sequence. The state does not depend on that.
#pragma once

#include "domain/association.h"

#include <compare>
#include <string>
#include <vector>

namespace ledger {

/// The part of an event that the fold needs.
struct FoldEvent {
  Sequence sequence;
  EventKind kind{};
  std::optional<Timestamp> occurred_at;
  Timestamp recorded_at;
  std::string body;
  Definition definition;

  [[nodiscard]] Timestamp effective_at() const noexcept { return occurred_at.value_or(recorded_at); }
};

/// The order of the fold. It is total over the events of one association.
[[nodiscard]] std::strong_ordering fold_order(const FoldEvent& left, const FoldEvent& right);

/// The association after all of `events`, which may be in any order. REQUIRES at least one event, all of the association `key`, with distinct
/// sequences.
[[nodiscard]] Association fold(AssociationKey key, std::vector<FoldEvent> events);

/// True if `event` surely sorts after all events in `association`. If the times are equal that is not sure, and all events must be folded again.
[[nodiscard]] bool sorts_last(const Association& association, const FoldEvent& event) noexcept;

/// Applies one more event. Its body is not used. REQUIRES sorts_last(association, event), and a sequence above association.last_sequence.
void extend(Association& association, FoldEvent event);

/// The flags `late` and `after_delete` of an event that is recorded now. `before` is the association without it, null if it has no event yet.
[[nodiscard]] EventFlags arrival_flags(const Association* before, EventKind kind, Timestamp effective_at) noexcept;

}  // namespace ledger
