// Keeps the current state beside the log: derives it with each event, marks a subject as stale if that fails, and repairs it later.
#include "storage/sqlite/derivation.h"

#include "storage/sqlite/sqlite_error.h"

#include <SQLiteCpp/Exception.h>

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

namespace ledger::storage {
namespace {

constexpr std::chrono::milliseconds kRepairAgainAfter{60'000};

const Sequence kWholeLog(std::numeric_limits<std::int64_t>::max());

/// Calls `derive`, and throws a StateFault in place of an exception that only wrong rows can cause.
template <class Derive>
auto derived(Derive derive) {
  try {
    return derive();
  } catch (const SQLite::Exception& thrown) {
    if (failure_of(thrown).fault == Fault::bad_row) throw StateFault(thrown.what());
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& thrown) {
    throw StateFault(thrown.what());
  }
}

}  // namespace

Derivation::Derivation(SQLite::Database& database, const Clock& clock, Log& log)
    : clock_(clock),
      log_(log),
      projection_(database),
      stored_fold_(database),
      savepoint_(database, "SAVEPOINT derived"),
      release_(database, "RELEASE derived"),
      roll_back_to_(database, "ROLLBACK TO derived"),
      find_mark_(database, "SELECT 1 FROM stale_subject WHERE subject_ref = ?"),
      insert_mark_(database, "INSERT INTO stale_subject (subject_ref) VALUES (?) ON CONFLICT DO NOTHING"),
      remove_mark_(database, "DELETE FROM stale_subject WHERE subject_ref = ?"),
      next_(database,
            "SELECT s.subject_ref, b.location_ref, b.kind, l.location_id, b.subject_id FROM stale_subject s JOIN subject b ON b.subject_ref = "
            "s.subject_ref"
            " JOIN location l ON l.location_ref = b.location_ref WHERE s.subject_ref > ? ORDER BY s.subject_ref LIMIT 1"),
      count_(database, "SELECT count(*) FROM stale_subject"),
      stale_(count_stale()),
      committed_stale_(stale_) {}

SubjectState Derivation::find(const EventLog::Interned& refs, const AssociationKey& key, Sequence head) {
  if (!is_stale(refs.subject)) {
    try {
      return derived([&] {
        SubjectState before = projection_.find(refs, key);
        if (!before.association && !before.relation && !before.installs) throw std::runtime_error("it has events and no state");
        return before;
      });
    } catch (const StateFault& fault) {
      if (!is_careful_) throw;
      mark(refs, key, fault.what());
    }
  }
  SubjectState before;
  try {
    FoldedSubject folded = derived([&] { return stored_fold_.fold_subject(refs.subject, head); });
    switch (refs.kind) {
      case SubjectKind::association: before.association = std::move(folded.association.association); break;
      case SubjectKind::relation: before.relation = std::move(folded.relation); break;
      case SubjectKind::location: before.installs = folded.installs; break;
    }
  } catch (const StateFault&) {
    // The event is recorded without the flags that compare it with what was there before.
  }
  return before;
}

void Derivation::apply(const EventLog::Interned& refs, const AssociationKey& key, const SubjectState& before, FoldEvent event) {
  const Sequence sequence = event.sequence;
  if (!is_stale(refs.subject)) {
    const auto project = [&] { projection_.apply(refs, key, before, std::move(event)); };
    if (!is_careful_) return derived(project);
    Query(savepoint_).run();
    try {
      derived(project);
      Query(release_).run();
      return;
    } catch (const StateFault& fault) {
      Query(roll_back_to_).run();
      Query(release_).run();
      projection_.forget();
      mark(refs, key, fault.what());
    }
  }
  // Readers take the prefix that a list shows, and its ETag, from the row of the location.
  projection_.touch(refs.location, sequence);
}

std::optional<std::chrono::milliseconds> Derivation::due_in() const noexcept {
  if (stale_ == 0) return std::nullopt;
  return std::max(std::chrono::milliseconds(0), retry_at_ - clock_.elapsed());
}

void Derivation::repair_next() {
  AssociationKey key;
  EventLog::Interned refs;
  {
    Query row(next_);
    row.bind(tried_up_to_);
    if (!row.next()) {
      tried_up_to_ = 0;
      if (!std::exchange(is_pass_useful_, false)) retry_at_ = clock_.elapsed() + kRepairAgainAfter;
      return;
    }
    refs.subject = SubjectRef(row.integer(0));
    refs.location = LocationRef(row.integer(1));
    refs.kind = read_subject_kind(row.integer(2));
    key = {LocationId(row.bytes(3)), AssociationId(row.bytes(4))};
  }
  tried_up_to_ = refs.subject.value();
  Query(remove_mark_).bind(refs.subject.value()).run();
  try {
    derived([&] {
      // What was read before the fault may not be in the file any more.
      projection_.forget();
      projection_.replace(refs, stored_fold_.fold_subject(refs.subject, kWholeLog));
    });
  } catch (const StateFault& fault) {
    write({LogLevel::error, "state_not_repaired", refs.kind, key, fault.what()});
    throw;
  }
  --stale_;
  is_pass_useful_ = true;
  pending_.push_back({LogLevel::info, "state_repaired", refs.kind, std::move(key), ""});
}

void Derivation::committed() {
  committed_stale_.store(stale_, std::memory_order_relaxed);
  for (const Line& line : pending_) write(line);
  pending_.clear();
}

void Derivation::rolled_back() {
  pending_.clear();
  projection_.forget();
  stale_ = count_stale();
}

bool Derivation::is_stale(SubjectRef subject) {
  if (stale_ == 0) return false;
  Query mark(find_mark_);
  return mark.bind(subject.value()).next();
}

void Derivation::mark(const EventLog::Interned& refs, const AssociationKey& key, const char* reason) {
  Query(insert_mark_).bind(refs.subject.value()).run();
  ++stale_;
  is_pass_useful_ = true;
  retry_at_ = std::chrono::milliseconds(0);
  pending_.push_back({LogLevel::error, "state_stale", refs.kind, key, reason});
}

void Derivation::write(const Line& line) {
  log_.write(line.level, line.event,
             {{"location_id", std::string_view(line.key.location.value())},
              {"subject", name(line.kind)},
              {"subject_id", std::string_view(line.key.id.value())},
              {"reason", std::string_view(line.reason)}});
}

std::int64_t Derivation::count_stale() {
  Query row(count_);
  return row.next() ? row.integer(0) : 0;
}

}  // namespace ledger::storage
