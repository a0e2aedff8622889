// Reads events of the log in the order of the fold (domain/fold.h), one body at a time.
#include "storage/sqlite/ordered_events.h"

#include "domain/check.h"
#include "domain/webhook_decoder.h"

#include <algorithm>
#include <utility>

namespace ledger::storage {
namespace {

constexpr std::size_t kRestBytes = 256;

}  // namespace

EventPlace read_place(Query& row) {
  EventPlace place;
  place.sequence = Sequence(row.integer(0));
  place.kind = read_kind(row.integer(1));
  place.effective_at = to_timestamp(row.integer(2));
  place.is_dated = is_dated(to_timestamp(row.optional_integer(3)), read_flags(row.integer(4)));
  return place;
}

FoldEvent read_undecoded(Query& row) {
  const EventPlace place = read_place(row);
  FoldEvent event;
  event.sequence = place.sequence;
  event.kind = place.kind;
  event.effective_at = place.effective_at;
  event.is_dated = place.is_dated;
  event.is_conflict = read_flags(row.integer(4)).has(EventFlag::kind_conflict);
  event.body = row.bytes(6);
  return event;
}

/// A body, by what tells it from the first one of its time.
struct TieOrder::Tie {
  EventPlace place;
  int side = 0;            ///< Below 0 if it is less than the first one, above 0 if greater.
  std::size_t common = 0;  ///< How many bytes are equal to those of the first one.
  std::string rest;        ///< The beginning of what follows them.
};

TieOrder::TieOrder(SQLite::Database& database)
    : compare_(database,
               "SELECT CASE WHEN a.body < b.body THEN -1 ELSE a.body > b.body END FROM event a, event b WHERE a.sequence = ? AND b.sequence = ?"),
      read_(database, std::string(kFoldColumns) + "WHERE sequence = ?") {}

void TieOrder::sort(std::vector<EventPlace>& places) {
  if (places.size() < 2) return;
  std::optional<std::string> first;
  std::vector<Tie> ties;
  ties.reserve(places.size());
  for (const EventPlace& place : places) {
    Tie& tie = ties.emplace_back();
    tie.place = place;
    if (!place.is_dated) continue;
    std::string body = read(place.sequence).body;
    if (!first) first = body;
    tie.side = body.compare(*first) < 0 ? -1 : static_cast<int>(body != *first);
    tie.common = static_cast<std::size_t>(std::mismatch(body.begin(), body.end(), first->begin(), first->end()).first - body.begin());
    tie.rest = body.substr(tie.common, kRestBytes);
  }
  std::sort(ties.begin(), ties.end(), [this](const Tie& left, const Tie& right) { return is_before(left, right); });
  std::transform(ties.begin(), ties.end(), places.begin(), [](const Tie& tie) { return tie.place; });
}

// As fold_order() of domain/fold.h.
bool TieOrder::is_before(const Tie& left, const Tie& right) {
  const EventPlace& a = left.place;
  const EventPlace& b = right.place;
  if (a.is_dated != b.is_dated) return a.is_dated;
  if (!a.is_dated) return a.sequence < b.sequence;
  if (left.side != right.side) return left.side < right.side;
  if (left.common != right.common) return (left.common < right.common) == (left.side < 0);
  if (left.rest != right.rest) return left.rest < right.rest;
  if (left.rest.size() == kRestBytes && a.sequence != b.sequence) {
    Query row(compare_);
    const std::int64_t order = row.bind(a.sequence.value()).bind(b.sequence.value()).next() ? row.integer(0) : 0;
    if (order != 0) return order < 0;
  }
  if (a.kind != b.kind) return a.kind < b.kind;
  return a.sequence < b.sequence;
}

FoldEvent TieOrder::read(Sequence sequence) {
  Query row(read_);
  LEDGER_CHECK(row.bind(sequence.value()).next());
  return read_undecoded(row);
}

std::optional<OrderedEvents::Item> OrderedEvents::next() {
  if (ties_.empty()) {
    if (!has_row_) return std::nullopt;
    subject_ = SubjectRef(rows_.integer(5));
    const EventPlace first = read_place(rows_);
    FoldEvent event = read_undecoded(rows_);
    while ((has_row_ = rows_.next()) && SubjectRef(rows_.integer(5)) == subject_) {
      const EventPlace place = read_place(rows_);
      if (place.effective_at != first.effective_at) break;
      if (ties_.empty()) ties_.push_back(first);
      ties_.push_back(place);
    }
    if (ties_.empty()) return Item{subject_, std::move(event)};
    tie_order_.sort(ties_);
    if (order_ == ReadingOrder::oldest_first) std::reverse(ties_.begin(), ties_.end());
  }
  const EventPlace place = ties_.back();
  ties_.pop_back();
  return Item{subject_, tie_order_.read(place.sequence)};
}

void decode_body(FoldEvent& event) {
  if (event.kind == EventKind::relation_create || event.kind == EventKind::relation_delete) {
    event.relation = decode_relation(event.body);
  } else {
    event.definition = decode_definition(event.body);
  }
  event.body.clear();
}

}  // namespace ledger::storage
