// Finds the lives that a late event changes, from the Creates and Deletes around it.
#include "storage/sqlite/life_reader.h"

#include <algorithm>
#include <utility>

namespace ledger::storage {
namespace {

bool is_relation(EventKind kind) noexcept {
  return kind == EventKind::relation_create || kind == EventKind::relation_delete;
}

}  // namespace

// 2 is the kind of an Update, 8 and 9 are observations. The index has the kinds, so SQLite passes over an Update in a few steps and reads no row.
LifeReader::LifeReader(SQLite::Database& database)
    : tie_order_(database),
      later_(database,
             "SELECT effective_at, kind FROM event INDEXED BY event_by_subject WHERE subject_ref = ? AND kind <> 2 AND (kind = ? OR kind > 7)"
             " AND effective_at > ? AND (? OR kind > 7 OR occurred_at IS NOT NULL AND NOT flags & 128) AND NOT flags & 16 ORDER BY effective_at "
             "LIMIT 1"),
      earlier_(database,
               "SELECT effective_at, kind FROM event INDEXED BY event_by_subject WHERE subject_ref = ? AND kind <> 2 AND (kind = ? OR kind > 7)"
               " AND effective_at < ? AND (? OR kind > 7 OR occurred_at IS NOT NULL AND NOT flags & 128) AND NOT flags & 16 ORDER BY effective_at "
               "DESC LIMIT 1"),
      at_(database, std::string(kFoldColumns) +
                        "INDEXED BY event_by_subject WHERE subject_ref = ? AND kind IN (?, ?, 8, 9) AND effective_at = ? AND NOT flags & 16") {}

std::optional<ChangedLives> LifeReader::changed_by(SubjectRef subject, const FoldEvent& event) {
  subject_ = subject;
  create_ = is_relation(event.kind) ? EventKind::relation_create : EventKind::association_create;
  end_ = is_relation(event.kind) ? EventKind::relation_delete : EventKind::association_delete;
  late_ = {event.effective_at, event.is_dated, event.kind, event.sequence};
  has_observation_ = false;
  std::optional<ChangedLives> changed = walk();
  return has_observation_ ? std::nullopt : std::move(changed);
}

std::optional<ChangedLives> LifeReader::walk() {
  leaves_out_late_ = true;
  const std::optional<EventPlace> begin = begin_of_life_at(late_);
  ChangedLives changed;
  changed.before.push_back(life(begin));
  leaves_out_late_ = false;
  changed.after.push_back(life(begin));
  while (!has_observation_) {
    const auto& before = changed.before.back();
    const auto& after = changed.after.back();
    for (const Life* const last : {&before, &after}) {
      if (last->end && !last->end->is_dated) return std::nullopt;
    }
    if (!before.next && !after.next) return changed;
    if (before.next && after.next && before.next->sequence == after.next->sequence) return changed;
    leaves_out_late_ = before.next && (!after.next || is_before(*before.next, *after.next));
    std::vector<Life>& behind = leaves_out_late_ ? changed.before : changed.after;
    behind.push_back(life(behind.back().next));
  }
  return std::nullopt;
}

Life LifeReader::life(std::optional<EventPlace> begin) {
  Life life;
  life.begin = begin;
  life.end = next(Kind::end, life.begin);
  if (life.end) life.next = next(Kind::dated_create, life.end);
  if (life.begin) {
    life.created_at = life.begin->effective_at;
  } else if (const auto create = next(Kind::create, std::nullopt); create && (!life.next || create->sequence != life.next->sequence)) {
    life.created_at = create->effective_at;
  }
  return life;
}

std::optional<EventPlace> LifeReader::begin_of_life_at(const EventPlace& place) {
  auto end = previous(Kind::end, place);
  if (!end) return std::nullopt;
  const auto create = next(Kind::dated_create, end);
  if (create && is_before(*create, place)) return create;
  // The life has ended: the last Create before the Delete belongs to it, and the Delete before that to another one.
  const auto created = previous(Kind::dated_create, *end);
  if (created) end = previous(Kind::end, *created);
  return created && end ? next(Kind::dated_create, end) : std::nullopt;
}

std::optional<EventPlace> LifeReader::next(Kind kind, const std::optional<EventPlace>& place) {
  bool is_behind = !place;
  for (std::optional<Timestamp> time = place ? place->effective_at : moment(later_, kind, Timestamp::min()); time;
       time = moment(later_, kind, *time)) {
    for (const EventPlace& other : at(*time)) {
      if (is_behind && is(other, kind)) return other;
      is_behind = is_behind || other.sequence == place->sequence;
    }
    is_behind = true;
  }
  return std::nullopt;
}

std::optional<EventPlace> LifeReader::previous(Kind kind, const EventPlace& place) {
  bool is_in_front = false;
  for (std::optional<Timestamp> time = place.effective_at; time; time = moment(earlier_, kind, *time)) {
    std::vector<EventPlace> places = at(*time);
    std::reverse(places.begin(), places.end());
    for (const EventPlace& other : places) {
      if (is_in_front && is(other, kind)) return other;
      is_in_front = is_in_front || other.sequence == place.sequence;
    }
    is_in_front = true;
  }
  return std::nullopt;
}

std::optional<Timestamp> LifeReader::moment(SQLite::Statement& statement, Kind kind, Timestamp from) {
  Query row(statement);
  row.bind(subject_.value()).bind(static_cast<std::int64_t>(kind == Kind::end ? end_ : create_)).bind(to_column(from));
  row.bind(std::int64_t{kind == Kind::dated_create ? 0 : 1});
  if (!row.next()) return std::nullopt;
  if (is_observation(read_kind(row.integer(1)))) {
    has_observation_ = true;
    return std::nullopt;
  }
  return to_timestamp(row.integer(0));
}

std::vector<EventPlace> LifeReader::at(Timestamp time) {
  std::vector<EventPlace> places;
  if (time == late_.effective_at) places.push_back(late_);
  {
    Query row(at_);
    row.bind(subject_.value()).bind(static_cast<std::int64_t>(create_)).bind(static_cast<std::int64_t>(end_)).bind(to_column(time));
    while (row.next()) {
      const EventPlace place = read_place(row);
      has_observation_ = has_observation_ || is_observation(place.kind);
      if (place.sequence != late_.sequence) places.push_back(place);
    }
  }
  tie_order_.sort(places);
  return places;
}

bool LifeReader::is_before(const EventPlace& left, const EventPlace& right) {
  if (left.effective_at != right.effective_at) return left.effective_at < right.effective_at;
  std::vector<EventPlace> both = {left, right};
  tie_order_.sort(both);
  return left.sequence != right.sequence && both.front().sequence == left.sequence;
}

bool LifeReader::is(const EventPlace& place, Kind kind) const {
  if (leaves_out_late_ && place.sequence == late_.sequence) return false;
  if (kind == Kind::end) return place.kind == end_;
  return place.kind == create_ && (place.is_dated || kind == Kind::create);
}

}  // namespace ledger::storage
