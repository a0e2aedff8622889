// A whole ledger on one thread, in an order that a seed decides.
#include "tests/durability/simulation.h"

#include "storage/sqlite/connection.h"
#include "tests/durability/lives.h"
#include "tests/support/blocking_store.h"
#include "tests/support/describe.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace ledger::test {
namespace {

using Crash = LedgerRig::Crash;

const std::vector<std::string> kLocations = Places{}.locations;

LedgerRig::Options options_for(std::uint64_t seed, std::function<bool()> has_other_fault) {
  const int pages = static_cast<int>(1 + seed % 60);
  const int stall_ms_max = seed / 60 % 2 == 0 ? 0 : 40;  // With 0 every checkpoint is too slow, so the next one comes after the fewest pages.
  return {{pages * 2, pages, stall_ms_max}, {1 + seed % 12, 1'000'000}, std::move(has_other_fault)};
}

Fault random_fault(Random& random) {
  static const std::vector<Fault> faults = {
      {Operation::write, FileKind::log, SQLITE_IOERR_WRITE},
      {Operation::write, FileKind::log, SQLITE_FULL, 0, Fault::Extent::once, Fault::Effect::half},
      {Operation::write, FileKind::database, SQLITE_IOERR_WRITE},
      {Operation::write, FileKind::database, SQLITE_FULL, 0, Fault::Extent::once, Fault::Effect::half},
      {Operation::sync, FileKind::log, SQLITE_IOERR_FSYNC},
      {Operation::sync, FileKind::database, SQLITE_IOERR_FSYNC},
      {Operation::truncate, FileKind::log, SQLITE_IOERR_TRUNCATE},
      {Operation::open, FileKind::database, SQLITE_CANTOPEN},
      {Operation::open, FileKind::log, SQLITE_CANTOPEN},
      {Operation::read, FileKind::database, SQLITE_IOERR_READ},
      {Operation::read, FileKind::log, SQLITE_IOERR_READ},
      {Operation::measure, FileKind::log, SQLITE_IOERR_FSTAT},
      {Operation::lock, FileKind::database, SQLITE_IOERR_LOCK},
      {Operation::map_shared, FileKind::database, SQLITE_IOERR_SHMMAP},
      {Operation::lock_shared, FileKind::database, SQLITE_IOERR_SHMLOCK},
      {Operation::lock_shared, FileKind::database, SQLITE_BUSY},
  };
  Fault fault = random.pick(faults);
  fault.after = random.below(12);
  fault.extent = random.chance(70) ? Fault::Extent::once : Fault::Extent::from_then_on;
  return fault;
}

}  // namespace

Simulation::Simulation(std::uint64_t seed) : rig_(seed, options_for(seed, [this] { return foreign_.has_value(); })) {
  if (rig_.random().chance(90)) rig_.vfs().load(fresh_ledger());
  rig_.vfs().watch([this](const Access&) {
    if (writer_runs_ && !observing_ && rig_.random().chance(2)) observe();
  });
}

Simulation::~Simulation() {
  rig_.vfs().watch(nullptr);
  leave_alone();
}

void Simulation::leave_alone() {
  snapshot_.reset();
  foreign_.reset();
}

void Simulation::step() {
  ++counts_.steps;
  restart_if_ended();
  Random& random = rig_.random();
  if (rig_.is_running()) return step_of_running();
  if (random.chance(15)) rig_.vfs().heal();
  if (random.chance(5)) return rig_.rebuild();
  seen_ = Sequence(0);
  remembered_.clear();
  if (rig_.start()) ++counts_.restarts;
}

void Simulation::restart_if_ended() {
  if (rig_.vfs().has_ended()) {
    leave_alone();
    rig_.crash(rig_.random().chance(50) ? Crash::power_cut : Crash::killed);
  } else if (rig_.is_poisoned() && rig_.random().chance(30)) {
    // The service ends when its store is poisoned; others on the same machine live on.
    rig_.drop();
  }
}

void Simulation::step_of_running() {
  Random& random = rig_.random();
  const std::size_t dice = random.below(1000);
  if (dice < 420) return rig_.send();
  if (dice < 640) return run_writer();
  if (dice < 860) return ask();
  if (dice < 880) return rig_.idle();
  if (dice < 900) return rig_.clock().advance(std::chrono::milliseconds(static_cast<int>(random.below(9)) - 2));
  if (dice < 920) return rig_.check_health();
  if (dice < 935) return break_something();
  if (dice < 955) return rig_.vfs().heal();
  if (dice < 963) return set_an_end();
  if (dice < 980) return hold_or_release_snapshot();
  if (dice < 995) return lock_or_unlock_from_outside();
  rig_.stop();
}

void Simulation::run_writer() {
  writer_runs_ = true;
  rig_.run_writer();
  writer_runs_ = false;
  judge_observations();
}

void Simulation::ask() {
  ++counts_.questions;
  Random& random = rig_.random();
  BlockingStore model(rig_.model());
  const auto compare = [this](const auto& actual, const auto& expected) {
    if (!actual && actual.error().code != Errc::invalid_request) return rig_.expect_fault("a question was refused: " + describe(actual));
    rig_.expect_same("an answer", describe(actual), describe(expected));
  };
  const std::int64_t head = model.list_events({Sequence(0), 1})->last_sequence.value();
  const LocationId location(random.pick(kLocations));
  const AsOf as_of = random.chance(50) ? AsOf(Latest{}) : AsOf(Sequence(static_cast<std::int64_t>(random.below(static_cast<std::size_t>(head) + 2))));
  switch (random.below(5)) {
    case 0: {
      const AssociationQuery query{location, {StatusFilter::all, {}, {}, {}}, as_of, {}, 1 + random.below(5)};
      return compare(rig_.reader().list_associations(query), model.list_associations(query));
    }
    case 1: {
      const DeletionQuery query{location, {}, {}, {}, 1 + random.below(5)};
      return compare(rig_.reader().list_deletions(query), model.list_deletions(query));
    }
    case 2: {
      const EventQuery query{Sequence(std::max<std::int64_t>(0, head - 5)), 1 + random.below(8)};
      const auto page = rig_.reader().list_events(query);
      if (page && page->last_sequence < seen_) rig_.report("a later answer shows less of the log");
      if (page) seen_ = page->last_sequence;
      return compare(page, model.list_events(query));
    }
    case 3: return remember(location);
    default: return compare(rig_.reader().list_locations({}), model.list_locations({}));
  }
}

void Simulation::remember(const LocationId& location) {
  AssociationQuery query;
  query.location = location;
  query.filter.status = StatusFilter::all;
  const auto page = rig_.reader().list_associations(query);
  if (!page) return rig_.expect_fault("a question was refused: " + describe(page));
  const auto known = remembered_.find(location);
  if (known != remembered_.end() && known->second.first == page->as_of) {
    rig_.expect_same("an answer that names the same last event as an earlier one", known->second.second, describe(page));
  }
  remembered_.insert_or_assign(location, std::pair(page->as_of, describe(page)));
}

void Simulation::observe() {
  ++counts_.questions_within_commits;
  observing_ = true;
  Observation observation;
  observation.log = {Sequence(std::max<std::int64_t>(0, seen_.value() - 2)), 1000};
  const auto page = rig_.reader().list_events(observation.log);
  if (!page) {
    rig_.expect_fault("a question within a commit was refused: " + describe(page));
  } else {
    if (page->last_sequence < seen_) rig_.report("a later answer shows less of the log");
    seen_ = page->last_sequence;
    observation.through = page->last_sequence;
    observation.log_text = describe(page);
    observation.associations.location = LocationId(rig_.random().pick(kLocations));
    observation.associations.filter.status = StatusFilter::all;
    observation.associations.as_of = observation.through;
    const auto associations = rig_.reader().list_associations(observation.associations);
    if (associations || associations.error().code == Errc::invalid_request) {
      observation.associations_text = describe(associations);
    } else {
      rig_.expect_fault("a question within a commit was refused: " + describe(associations));
    }
    observations_.push_back(std::move(observation));
  }
  remember(LocationId(rig_.random().pick(kLocations)));
  observing_ = false;
}

void Simulation::judge_observations() {
  BlockingStore model(rig_.model());
  for (const Observation& observation : std::exchange(observations_, {})) {
    const auto log = model.list_events(observation.log);
    if (log->last_sequence < observation.through) {
      rig_.report("event " + std::to_string(observation.through.value()) + " was shown, and is not acknowledged by the end of the commit");
      return;
    }
    // What the model has beyond the prefix that was shown is not for this answer to hold.
    EventPage prefix = *log;
    std::erase_if(prefix.events, [&](const RecordedEvent& event) { return event.sequence > observation.through; });
    prefix.last_sequence = observation.through;
    rig_.expect_same("the log within a commit", observation.log_text, describe(Result<EventPage>(prefix)));
    if (observation.associations_text.empty()) continue;
    rig_.expect_same("the state within a commit", observation.associations_text, describe(model.list_associations(observation.associations)));
  }
}

void Simulation::break_something() {
  ++counts_.faults;
  rig_.vfs().fail(random_fault(rig_.random()));
}

void Simulation::set_an_end() {
  ++counts_.faults;
  rig_.vfs().end_at(rig_.vfs().changes() + rig_.random().below(40));
}

std::string Simulation::content_of(SQLite::Database& database) {
  return database.execAndGet("SELECT count(*) || ' events, last ' || coalesce(max(sequence), 0) FROM event").getString() + ", " +
         database.execAndGet("SELECT coalesce(sum(active_associations * 1000 + deleted_associations), 0) FROM location_state").getString();
}

void Simulation::hold_or_release_snapshot() {
  try {
    if (snapshot_) {
      if (content_of(snapshot_->database) != snapshot_->content) rig_.report("a snapshot that was held has moved from " + snapshot_->content);
      if (rig_.random().chance(50)) snapshot_.reset();
      return;
    }
    SQLite::Database database = storage::open_reader(rig_.connection());
    database.exec("BEGIN");
    std::string content = content_of(database);
    snapshot_.emplace(Snapshot{std::move(database), std::move(content)});
  } catch (const SQLite::Exception& failure) {
    rig_.expect_fault(std::string("a snapshot cannot be read: ") + failure.what());
    snapshot_.reset();
  }
}

void Simulation::lock_or_unlock_from_outside() {
  if (foreign_) return foreign_.reset();
  try {
    SQLite::Database other(rig_.connection().path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX, 0, rig_.connection().vfs);
    sqlite3_db_config(other.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    other.exec("BEGIN IMMEDIATE");
    foreign_.emplace(std::move(other));
  } catch (const SQLite::Exception& failure) {
    rig_.expect_fault(std::string("nobody else can lock: ") + failure.what());
  }
}

void Simulation::finish() {
  leave_alone();
  rig_.vfs().heal();
  come_back(rig_, rig_.random().chance(50) ? Crash::power_cut : Crash::killed);
}

}  // namespace ledger::test
