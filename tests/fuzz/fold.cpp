// Fuzzes the fold. The input is a history of one association, one event on each line, in the order of arrival. A line is: "C", "U" or "D"; a digit,
// the milliseconds since the previous arrival; and the body. A body is: a digit, the millisecond of its timestamp (any other character: no
// timestamp), and pairs of a letter "a" to "h", which names a field, and a character, its value.
#include "tests/fuzz/input.h"
#include "tests/fuzz/targets.h"

#include "domain/check.h"
#include "domain/fold.h"

#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <vector>

namespace ledger::fuzz {
namespace {

constexpr std::size_t kEventsMax = 16;
constexpr Timestamp kStart = std::chrono::sys_days{std::chrono::year{2026} / 11 / 7};
const AssociationKey kKey{LocationId{"l"}, AssociationId{"a"}};

using Field = std::optional<std::string> Definition::*;
constexpr std::array<Field, 8> kFields = {&Definition::key,
                                          &Definition::association_type,
                                          &Definition::first_object_key,
                                          &Definition::first_object_label,
                                          &Definition::first_to_second_cardinality,
                                          &Definition::second_object_key,
                                          &Definition::second_object_label,
                                          &Definition::second_to_first_cardinality};

std::optional<std::chrono::milliseconds> digit(char c) {
  if (c < '0' || c > '9') return std::nullopt;
  return std::chrono::milliseconds(c - '0');
}

EventKind kind_of(char letter) {
  if (letter == 'C') return EventKind::association_create;
  return letter == 'D' ? EventKind::association_delete : EventKind::association_update;
}

std::vector<FoldEvent> read_history(std::string_view text) {
  std::vector<FoldEvent> events;
  Timestamp now = kStart;
  for (Input lines(text); !lines.at_end() && events.size() < kEventsMax;) {
    Input line(lines.line());
    FoldEvent event;
    event.sequence = Sequence(static_cast<std::int64_t>(events.size()) + 1);
    event.kind = kind_of(line.character());
    now += digit(line.character()).value_or(std::chrono::milliseconds(0));
    event.recorded_at = now;
    event.body = line.rest();
    if (const auto moment = digit(line.character())) event.occurred_at = kStart + *moment;
    while (!line.at_end()) {
      const char name = line.character();
      if (name >= 'a' && name <= 'h') event.definition.*kFields[static_cast<std::size_t>(name - 'a')] = std::string(1, line.character());
    }
    events.push_back(std::move(event));
  }
  return events;
}

/// A second implementation of the rules without sorting: for each field of the state it searches all events for the greatest or the least.
Association reference(const std::vector<FoldEvent>& events) {
  const auto place = [](const FoldEvent& event) {
    const bool dated = event.occurred_at.has_value();
    return std::tuple(event.effective_at(), dated ? 0 : 1, dated ? event.body : std::string(), event.sequence);
  };
  const auto before = [&](const FoldEvent* left, const FoldEvent& right) { return place(*left) < place(right); };
  std::array<const FoldEvent*, kFields.size()> carriers{};
  const FoldEvent* last = nullptr;
  const FoldEvent* create = nullptr;
  const FoldEvent* remove = nullptr;
  Association association;
  association.key = kKey;
  for (const FoldEvent& event : events) {
    if (last == nullptr || before(last, event)) last = &event;
    if (event.kind == EventKind::association_create && (create == nullptr || !before(create, event))) create = &event;
    if (event.kind == EventKind::association_delete && (remove == nullptr || !before(remove, event))) remove = &event;
    for (std::size_t field = 0; field < kFields.size(); ++field) {
      if (event.definition.*kFields[field] && (carriers[field] == nullptr || before(carriers[field], event))) carriers[field] = &event;
    }
    association.last_sequence = std::max(association.last_sequence, event.sequence);
  }
  for (std::size_t field = 0; field < kFields.size(); ++field) {
    if (carriers[field] != nullptr) association.state.definition.*kFields[field] = carriers[field]->definition.*kFields[field];
  }
  association.state.updated_at = last->effective_at();
  if (create != nullptr) association.state.created_at = create->effective_at();
  if (remove != nullptr) {
    association.state.deleted_at = remove->effective_at();
    association.deleted_by = remove->sequence;
  }
  return association;
}

/// As the store does it: extends the state if the event sorts last, and folds all events otherwise. Both ways must agree after every event.
void check_arrival(const std::vector<FoldEvent>& events) {
  std::vector<FoldEvent> seen;
  std::optional<Association> state;
  for (const FoldEvent& event : events) {
    const EventFlags flags = arrival_flags(state ? &*state : nullptr, event.kind, event.effective_at());
    const bool is_late = std::ranges::any_of(seen, [&](const FoldEvent& other) { return other.effective_at() > event.effective_at(); });
    const bool is_deleted = std::ranges::any_of(seen, [](const FoldEvent& other) { return other.kind == EventKind::association_delete; });
    LEDGER_CHECK(flags.has(EventFlag::late) == is_late);
    LEDGER_CHECK(flags.has(EventFlag::after_delete) == (is_deleted && event.kind != EventKind::association_delete));

    seen.push_back(event);
    const Association at_once = fold(kKey, seen);
    LEDGER_CHECK(at_once == reference(seen));
    if (state && sorts_last(*state, event)) {
      extend(*state, event);
      LEDGER_CHECK(*state == at_once);
    }
    state = at_once;
  }
}

/// The same deliveries in another order: sequences and times of recording keep their places. Events with timestamps give the same state.
void check_other_arrival(const std::vector<FoldEvent>& events, const std::vector<FoldEvent>& order) {
  LEDGER_CHECK(fold(kKey, order) == fold(kKey, events));
  const bool is_dated = std::ranges::all_of(events, [](const FoldEvent& event) { return event.occurred_at.has_value(); });
  if (!is_dated) return;
  std::vector<FoldEvent> arrived = order;
  for (std::size_t i = 0; i < arrived.size(); ++i) {
    arrived[i].sequence = events[i].sequence;
    arrived[i].recorded_at = events[i].recorded_at;
  }
  LEDGER_CHECK(fold(kKey, arrived).state == fold(kKey, events).state);
}

bool is_before(const FoldEvent& left, const FoldEvent& right) {
  return left.sequence < right.sequence;
}

}  // namespace

void fuzz_fold(std::string_view input) {
  const std::vector<FoldEvent> events = read_history(input);
  if (events.empty()) return;
  check_arrival(events);

  std::vector<FoldEvent> order = events;
  if (events.size() <= 4) {
    while (std::next_permutation(order.begin(), order.end(), is_before)) check_other_arrival(events, order);
    return;
  }
  std::reverse(order.begin(), order.end());
  check_other_arrival(events, order);
  for (std::size_t turn = 1; turn < events.size(); turn += 3) {
    std::rotate(order.begin(), order.begin() + 2, order.end());
    std::swap(order.front(), order[turn]);
    check_other_arrival(events, order);
  }
}

}  // namespace ledger::fuzz
