// The fold: computes the state of an association from its events, independently of the order in which they arrived.
//
// The state is the fold of all events, sorted by (effective time, dated before undated, body bytes, kind, sequence). The effective time is the body's
// `timestamp`, or the time of arrival if the body has none that is believed: then the event is undated. Undated events of equal time are sorted by
// sequence, because their order of arrival is known and their bytes say nothing about it. In that order
//   - every event sets the definition fields that it carries; an absent field does not erase a known one;
//   - a Delete ends the life of the association. A dated Create after a dated Delete begins a new life with the fields that it carries. Nothing else
//     that a sender says brings an association back;
//   - the earliest Create of a life gives its created_at, the Delete that ended it its deleted_at; the last event gives updated_at.
// Observations of import and reconciliation are signed by nobody:
//   - Observed sets fields like an Update. If it saw the association more than ten minutes after its Delete, a new life began: its Create was lost.
//   - Missing ends a life like a Delete. A dated signed event that sorts after it shows that the life went on: a Create begins a new one.
// An event with the flag kind_conflict is never folded: the first kind in the log counts.
#pragma once

#include "domain/association.h"

#include <chrono>
#include <compare>
#include <string>
#include <vector>

namespace ledger {

/// How long after a Delete an observation begins a new life: the platform's list may lag behind its webhooks.
inline constexpr std::chrono::minutes kObservedAfterDelete{10};

/// The part of an event that the fold needs.
struct FoldEvent {
  Sequence sequence;
  EventKind kind{};
  Timestamp effective_at;
  bool is_dated = false;     ///< effective_at is the sender's.
  bool is_conflict = false;  ///< It has the flag kind_conflict.
  std::string body;
  Definition definition;  ///< Of an association; otherwise empty.
  Relation relation;      ///< Of a relation; otherwise empty.
};

/// Whether the effective time of an event is the body's timestamp.
[[nodiscard]] inline bool is_dated(const std::optional<Timestamp>& occurred_at, EventFlags flags) noexcept {
  return occurred_at.has_value() && !flags.has(EventFlag::ahead);
}

/// The order of the fold. It is total over the events of one subject.
[[nodiscard]] std::strong_ordering fold_order(const FoldEvent& left, const FoldEvent& right);

struct FoldedAssociation {
  Association association;
  std::vector<EndedLife> former_lives;  ///< In their order. The present life is not among them, even if it has ended.

  friend bool operator==(const FoldedAssociation&, const FoldedAssociation&) = default;
};

/// Applies the next event in the order of the fold. Its body is not used.
void extend(FoldedAssociation& folded, FoldEvent event);

/// True if `event` surely sorts after all events in `association`. If it is dated and the times are equal, the bodies decide.
[[nodiscard]] bool sorts_last(const Association& association, const FoldEvent& event) noexcept;

/// Applies one more event. Its body is not used. If it begins a new life, the one before is lost from `association`. REQUIRES a sequence above
/// association.last_sequence, and sorts_last() unless it is a conflict.
void extend(Association& association, FoldEvent event);

/// True if the event surely changes nothing but fields of the present life (and, if it is a Create, created_at).
[[nodiscard]] bool only_sets_fields(const Association& association, const FoldEvent& event) noexcept;

/// Removes from `fields` those that `later` carries.
void remove_overridden(Definition& fields, const Definition& later);

/// Adds to `fields` those that only `earlier` carries.
void add_earlier(Definition& fields, const Definition& earlier);

/// Whether `fields` has all that `wanted` has.
[[nodiscard]] bool has_fields_of(const Definition& fields, const Definition& wanted) noexcept;

/// Applies an event that does not sort last, of which `fields` are those that no later event carries. REQUIRES only_sets_fields().
void insert_late(Association& association, const FoldEvent& event, const Definition& fields);

/// The flags `late`, `after_delete` and `recreated` of an event that is recorded now. `before` is the association without it, null if it has no event
/// yet.
[[nodiscard]] EventFlags arrival_flags(const Association* before, const FoldEvent& event) noexcept;

}  // namespace ledger
