// The fold of all events of a subject at once, and a second implementation of it to hold the first one against.
#include "tests/support/fold_oracle.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace ledger::test {
namespace {

constexpr std::array kTexts = {&Definition::key,
                               &Definition::association_type,
                               &Definition::first_object_key,
                               &Definition::first_object_label,
                               &Definition::first_to_second_cardinality,
                               &Definition::second_object_key,
                               &Definition::second_object_label,
                               &Definition::second_to_first_cardinality};

bool is_signed_kind(const FoldEvent& event) {
  return event.kind != EventKind::observed && event.kind != EventKind::missing;
}

bool is_end(const FoldEvent& event) {
  return event.kind == EventKind::association_delete || event.kind == EventKind::missing;
}

auto place(const FoldEvent& event) {
  return std::tuple(event.effective_at, event.is_dated ? 0 : 1, event.is_dated ? event.body : std::string(),
                    event.is_dated ? static_cast<int>(event.kind) : 0, event.sequence);
}

struct Life {
  std::vector<const FoldEvent*> events;
  std::vector<const FoldEvent*> while_alive;
  const FoldEvent* end = nullptr;
};

bool begins_another(const Life& life, const FoldEvent& event) {
  if (event.kind == EventKind::association_create) return event.is_dated && life.end->is_dated;
  return event.kind == EventKind::observed && event.effective_at > life.end->effective_at + std::chrono::minutes(10);
}

bool refutes_end(const Life& life, const FoldEvent& event) {
  return life.end->kind == EventKind::missing && is_signed_kind(event) && (event.is_dated || is_end(event));
}

std::vector<Life> lives_of(const std::vector<const FoldEvent*>& sorted) {
  std::vector<Life> lives(1);
  for (const FoldEvent* event : sorted) {
    if (lives.back().end != nullptr) {
      if (begins_another(lives.back(), *event)) {
        lives.emplace_back();
      } else if (refutes_end(lives.back(), *event)) {
        lives.back().end = nullptr;
      }
    }
    Life& life = lives.back();
    life.events.push_back(event);
    if (life.end != nullptr) continue;
    life.while_alive.push_back(event);
    if (is_end(*event)) life.end = event;
  }
  return lives;
}

const FoldEvent* last_carrier(const Life& life, std::optional<std::string> Definition::*text) {
  const auto found =
      std::find_if(life.events.rbegin(), life.events.rend(), [text](const FoldEvent* event) { return (event->definition.*text).has_value(); });
  return found == life.events.rend() ? nullptr : *found;
}

AssociationState state_of(const Life& life) {
  AssociationState state;
  Definition definition;
  for (std::size_t i = 0; i < kTexts.size(); ++i) {
    const FoldEvent* carrier = last_carrier(life, kTexts[i]);
    if (carrier == nullptr) continue;
    definition.*kTexts[i] = carrier->definition.*kTexts[i];
    if (!is_signed_kind(*carrier)) state.inferred |= 1U << i;
  }
  state.definition = std::move(definition);
  const auto create =
      std::find_if(life.events.begin(), life.events.end(), [](const FoldEvent* event) { return event->kind == EventKind::association_create; });
  if (create != life.events.end()) state.created_at = (*create)->effective_at;
  state.updated_at = life.events.back()->effective_at;
  if (life.end != nullptr) {
    state.deleted_at = life.end->effective_at;
    state.deleted_at_is_dated = life.end->is_dated;
  }
  // Observed says nothing about the life unless it begins it.
  const auto witness = std::find_if(life.while_alive.rbegin(), life.while_alive.rend(), [&life](const FoldEvent* event) {
    return is_signed_kind(*event) || event->kind == EventKind::missing || event == life.events.front();
  });
  if (witness != life.while_alive.rend() && !is_signed_kind(**witness)) state.inferred |= kInferredLife;
  return state;
}

}  // namespace

FoldedSubject fold(std::vector<FoldEvent> events) {
  std::sort(events.begin(), events.end(), [](const FoldEvent& left, const FoldEvent& right) { return fold_order(left, right) < 0; });
  FoldedSubject folded;
  for (FoldEvent& event : events) extend(folded, std::move(event));
  return folded;
}

FoldedAssociation fold(AssociationKey key, std::vector<FoldEvent> events) {
  FoldedAssociation folded = fold(std::move(events)).association;
  folded.association.key = std::move(key);
  return folded;
}

FoldedAssociation fold_by_oracle(const AssociationKey& key, const std::vector<FoldEvent>& events) {
  std::vector<const FoldEvent*> sorted;
  FoldedAssociation folded;
  Association& association = folded.association;
  association.key = key;
  for (const FoldEvent& event : events) {
    association.last_sequence = std::max(association.last_sequence, event.sequence);
    if (!event.is_conflict) sorted.push_back(&event);
  }
  if (sorted.empty()) return folded;
  std::sort(sorted.begin(), sorted.end(), [](const FoldEvent* left, const FoldEvent* right) { return place(*left) < place(*right); });
  const std::vector<Life> lives = lives_of(sorted);
  for (std::size_t i = 0; i + 1 < lives.size(); ++i) {
    const AssociationState state = state_of(lives[i]);
    folded.former_lives.push_back({state.definition, state.created_at, *state.deleted_at, lives[i].end->sequence});
  }
  association.state = state_of(lives.back());
  association.state.former_lives = static_cast<std::int64_t>(lives.size()) - 1;
  if (lives.back().end != nullptr) association.deleted_by = lives.back().end->sequence;
  return folded;
}

}  // namespace ledger::test
