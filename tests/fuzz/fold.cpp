// Fuzzes the fold. The input is a history of one association, one event on each line, in the order of arrival. A line is: "C", "U", "D", "O"
// (observed) or "M" (missing); a digit, the ticks since the previous arrival; and the body. A body is: a digit, the tick of its timestamp (any other
// character: no timestamp), and pairs of a letter "a" to "h", which names a field, and a character, its value.
#include "tests/fuzz/input.h"
#include "tests/fuzz/targets.h"
#include "tests/support/fold_oracle.h"

#include "domain/check.h"
#include "domain/fold.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace ledger::fuzz {
namespace {

constexpr std::size_t kEventsMax = 16;
// Less than the ten minutes of an observation, so that two ticks are more.
constexpr std::chrono::minutes kTick{6};
constexpr Timestamp kStart = std::chrono::sys_days{std::chrono::year{2026} / 11 / 7};
const AssociationKey kKey{LocationId{"l"}, AssociationId{"a"}};

using test::fold;
using Field = std::optional<std::string> Definition::*;
constexpr std::array<Field, 8> kFields = {&Definition::key,
                                          &Definition::association_type,
                                          &Definition::first_object_key,
                                          &Definition::first_object_label,
                                          &Definition::first_to_second_cardinality,
                                          &Definition::second_object_key,
                                          &Definition::second_object_label,
                                          &Definition::second_to_first_cardinality};

std::optional<int> digit(char c) {
  if (c < '0' || c > '9') return std::nullopt;
  return c - '0';
}

EventKind kind_of(char letter) {
  switch (letter) {
    case 'C': return EventKind::association_create;
    case 'D': return EventKind::association_delete;
    case 'O': return EventKind::observed;
    case 'M': return EventKind::missing;
    default: return EventKind::association_update;
  }
}

std::vector<FoldEvent> read_history(std::string_view text) {
  std::vector<FoldEvent> events;
  Timestamp now = kStart;
  for (Input lines(text); !lines.at_end() && events.size() < kEventsMax;) {
    Input line(lines.line());
    FoldEvent event;
    event.sequence = Sequence(static_cast<std::int64_t>(events.size()) + 1);
    event.kind = kind_of(line.character());
    now += digit(line.character()).value_or(0) * kTick;
    event.body = line.rest();
    const auto moment = digit(line.character());
    event.is_dated = moment.has_value();
    event.effective_at = moment ? kStart + *moment * kTick : now;
    while (!line.at_end()) {
      const char name = line.character();
      if (name >= 'a' && name <= 'h') event.definition.*kFields[static_cast<std::size_t>(name - 'a')] = std::string(1, line.character());
    }
    events.push_back(std::move(event));
  }
  return events;
}

/// As the store does it: extends the state if the event sorts last, sets fields if it only does that, and folds all events otherwise. Both ways must
/// agree after every event.
void check_arrival(const std::vector<FoldEvent>& events) {
  std::vector<FoldEvent> seen;
  std::optional<Association> state;
  for (const FoldEvent& event : events) {
    const EventFlags flags = arrival_flags(state ? &*state : nullptr, event);
    const bool is_late = std::ranges::any_of(seen, [&](const FoldEvent& other) { return other.effective_at > event.effective_at; });
    LEDGER_CHECK(flags.has(EventFlag::late) == is_late);

    std::vector<FoldEvent> all = seen;
    all.push_back(event);
    const FoldedAssociation at_once = fold(kKey, all);
    LEDGER_CHECK(at_once == test::fold_by_oracle(kKey, all));
    if (state && sorts_last(*state, event)) {
      extend(*state, event);
      LEDGER_CHECK(*state == at_once.association);
    } else if (state && only_sets_fields(*state, event)) {
      Definition fields = event.definition;
      for (const FoldEvent& other : seen) {
        if (fold_order(other, event) > 0) remove_overridden(fields, other.definition);
      }
      insert_late(*state, event, fields);
      LEDGER_CHECK(*state == at_once.association);
    }
    seen = std::move(all);
    state = at_once.association;
  }
}

/// The same deliveries in another order: sequences and times of recording keep their places. Events with timestamps give the same state.
void check_other_arrival(const std::vector<FoldEvent>& events, const std::vector<FoldEvent>& order) {
  LEDGER_CHECK(fold(kKey, order) == fold(kKey, events));
  if (!std::ranges::all_of(events, &FoldEvent::is_dated)) return;
  std::vector<FoldEvent> arrived = order;
  for (std::size_t i = 0; i < arrived.size(); ++i) arrived[i].sequence = events[i].sequence;
  LEDGER_CHECK(fold(kKey, arrived).association.state == fold(kKey, events).association.state);
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
