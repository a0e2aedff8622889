// A ledger on a simulated disk and, beside it, the record of what it promised.
#include "tests/durability/ledger_rig.h"

#include "storage/sqlite/migrations.h"
#include "storage/sqlite/rebuild.h"
#include "storage/sqlite/verify.h"
#include "tests/support/blocking_store.h"
#include "tests/support/describe.h"
#include "tests/support/failing_memory.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

namespace ledger::test {
namespace {

constexpr int kReadDeadlineMs = 600'000;  // No run waits for anything, so none is ever late.
constexpr std::size_t kRepeatsMax = 16;
constexpr std::size_t kPage = 1000;

NewQuarantine undecodable(Random& random) {
  NewQuarantine delivery;
  delivery.delivery.body = "{" + std::to_string(random.below(6));
  delivery.delivery.body_sha256 = sha256(delivery.delivery.body);
  delivery.reason = "malformed-json";
  return delivery;
}

}  // namespace

LedgerRig::LedgerRig(std::uint64_t seed, const Options& options)
    : random_(seed),
      vfs_(seed + 1, SimulatedVfs::Users::one_thread),
      connection_{"ledger.db", vfs_.name(), 10},
      options_(options),
      model_(std::make_unique<ModelEventStore>(model_clock_)) {
  // SQLite draws the salts of its logs from one generator for the whole process: a seed that replays must fix them, too.
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(seed % 1'000'000'007) + 1, nullptr);
}

LedgerRig::~LedgerRig() {
  drop();
}

void LedgerRig::report(const std::string& problem) {
  if (problem_.empty()) problem_ = problem;
}

bool LedgerRig::has_fault() const {
  // What poisoned it was a fault, or has been reported; from then on it refuses by right.
  return poisoned_ || vfs_.has_struck() || vfs_.has_ended() || (options_.has_other_fault && options_.has_other_fault());
}

void LedgerRig::expect_fault(const std::string& what) {
  if (!has_fault()) report("without any fault: " + what);
}

void LedgerRig::expect_same(const std::string& what, const std::string& actual, const std::string& expected) {
  if (const std::string found = difference(actual, expected); !found.empty()) report(what + " is not what was promised:" + found);
}

Sha256 LedgerRig::fingerprint() {
  std::string text = describe(BlockingStore(*model_).list_events({Sequence(0), kPage})) + std::to_string(quarantined_) + (is_unborn_ ? "unborn" : "");
  for (const InDoubt& doubt : in_doubt_) {
    text += "in doubt at " + format_rfc3339(doubt.at);
    for (const Request& request : doubt.requests) {
      text += std::visit([](const auto& delivered) { return delivered.delivery.body; }, request);
    }
  }
  const SimulatedDisk disk = vfs_.image();
  for (const char* ending : {"", "-wal", "-journal"}) {
    const SimulatedDisk::FilePtr file = disk.find(connection_.path + ending);
    text += file ? file->bytes() : "none";
  }
  return sha256(text);
}

bool LedgerRig::start() {
  storage::GroupCommitter::Options options;
  options.connection = connection_;
  options.checkpoints = options_.checkpoints;
  options.disk_free_bytes_min = 0;
  poisoned_ = false;
  if (vfs_.file_bytes(connection_.path) == 0 && history_.empty()) is_unborn_ = true;
  try {
    auto committer = std::make_unique<storage::GroupCommitter>(options, clock_, log_);
    reader_ = std::make_unique<storage::Reader>(connection_, kReadDeadlineMs, log_);
    committer_ = committer.get();
    writer_ = std::make_unique<storage::Writer>(std::move(committer), options_.queue, [this] {
      expect_fault("poisoned");
      poisoned_ = true;
    });
    is_unborn_ = false;
    compare_with_disk();
    return true;
  } catch (const std::exception& failure) {
    const bool begins_anew = is_unborn_ && !has_fault();
    if (begins_anew) {
      drop();
      vfs_.load({});
      return false;
    }
    expect_fault(std::string("the ledger did not open: ") + failure.what());
    drop();
    return false;
  }
}

void LedgerRig::send() {
  if (!again_.empty() && random_.chance(30)) {
    Request request = std::move(again_.front());
    again_.pop_front();
    return submit(std::move(request));
  }
  if (random_.chance(8)) return submit(undecodable(random_));
  const NewEvent event = random_delivery(random_, places_);
  submit(event);
  // The platform sends some deliveries twice, at once: both are often in one group.
  if (random_.chance(10)) submit(event);
}

void LedgerRig::submit(Request request) {
  ++waiting_;
  if (const auto* event = std::get_if<NewEvent>(&request)) {
    writer_->submit(storage::AppendTicket{*event, [this, request](const Result<Appended>& outcome) { settle(request, outcome); }});
  } else {
    writer_->submit(storage::QuarantineTicket{std::get<NewQuarantine>(request),
                                              [this, request](const Result<QuarantineId>& outcome) { settle(request, outcome); }});
  }
}

template <class Outcome>
void LedgerRig::settle(const Request& request, const Result<Outcome>& outcome) {
  --waiting_;
  if (outcome) {
    const std::size_t known_before = history_.size();
    expect_same("an acknowledgement", describe(outcome), apply(request, clock_.now()));
    if (history_.size() != known_before) in_doubt_.clear();
    return;
  }
  const Error& error = outcome.error();
  if (error.reason == "queue-full") return;
  expect_fault("refused as " + std::string(error.reason));
  if (error.code == Errc::outcome_unknown) {
    if (!std::exchange(doubt_is_open_, true)) in_doubt_.push_back({{}, clock_.now()});
    in_doubt_.back().requests.push_back(request);
  }
  if (again_.size() < kRepeatsMax) again_.push_back(request);
}

std::string LedgerRig::apply(const Request& request, Timestamp at) {
  model_clock_.set(at);
  BlockingStore model(*model_);
  if (const auto* event = std::get_if<NewEvent>(&request)) {
    const Result<Appended> appended = model.append(*event);
    if (appended->status == Appended::Status::recorded) history_.push_back({request, at});
    return describe(appended);
  }
  const Result<QuarantineId> id = model.quarantine(std::get<NewQuarantine>(request));
  if (id->value() > quarantined_) history_.push_back({request, at});
  quarantined_ = std::max(quarantined_, id->value());
  return describe(id);
}

void LedgerRig::replay(const std::vector<Stored>& history) {
  model_ = std::make_unique<ModelEventStore>(model_clock_);
  quarantined_ = 0;
  history_.clear();
  for (const Stored& stored : history) static_cast<void>(apply(stored.request, stored.at));
}

void LedgerRig::run_writer() {
  doubt_is_open_ = false;
  if (waiting_ > 0) static_cast<void>(writer_->run_once());
}

void LedgerRig::idle() {
  clock_.advance(std::chrono::milliseconds(5000));
  if (waiting_ == 0 && committer_->idle_wait() == std::chrono::milliseconds(0)) static_cast<void>(writer_->run_once());
}

void LedgerRig::check_health() {
  if (writer_->health().can_record || poisoned_) return;
  clock_.advance(std::chrono::milliseconds(2000));
  static_cast<void>(writer_->run_once());
  if (!writer_->health().can_record) expect_fault("a degraded ledger does not recover");
}

void LedgerRig::commit(std::size_t size) {
  for (std::size_t sent = 0; sent < size; ++sent) send();
  run_writer();
}

void LedgerRig::stop() {
  doubt_is_open_ = false;
  writer_->close();
  static_cast<void>(writer_->run_once());
  if (waiting_ != 0) report("the orderly end left " + std::to_string(waiting_) + " deliveries without an answer");
  drop();
}

void LedgerRig::rebuild() {
  try {
    SQLite::Database database = storage::open_writer(connection_);
    storage::migrate(database, storage::embedded_migrations(), clock_);
    storage::rebuild_state(database, [](std::int64_t, std::int64_t) {});
  } catch (const std::exception& failure) {
    expect_fault(std::string("rebuild failed: ") + failure.what());
  }
}

void LedgerRig::drop() {
  reader_.reset();
  writer_.reset();
  waiting_ = 0;
}

void LedgerRig::crash(Crash how) {
  drop();
  if (how == Crash::power_cut) {
    vfs_.cut_power();
  } else {
    vfs_.kill_process();
  }
}

void LedgerRig::compare_with_disk() {
  const FailingMemory::Pause oracle_has_memory;
  compare_log();
  if (problem_.empty()) compare_state();
}

std::int64_t LedgerRig::quarantined_on_disk() {
  SQLite::Database database = storage::open_reader(connection_);
  return database.execAndGet("SELECT count(*) FROM quarantine").getInt64();
}

bool LedgerRig::is_log(const EventPage& on_disk, std::int64_t quarantined) {
  return quarantined == quarantined_ && describe(on_disk) == describe(BlockingStore(*model_).list_events({Sequence(0), kPage}));
}

void LedgerRig::compare_log() {
  const auto on_disk = reader_->list_events({Sequence(0), kPage});
  if (!on_disk) return expect_fault("the log cannot be read: " + std::string(on_disk.error().reason));
  const std::int64_t quarantined = quarantined_on_disk();
  if (is_log(*on_disk, quarantined)) return;
  // All of one transaction that was in doubt may be there behind what was promised, and nothing else.
  const std::vector<Stored> promised = history_;
  for (const InDoubt& doubt : in_doubt_) {
    for (const Request& request : doubt.requests) static_cast<void>(apply(request, doubt.at));
    if (is_log(*on_disk, quarantined)) return in_doubt_.clear();
    replay(promised);
  }
  expect_same("the log", describe(on_disk), describe(BlockingStore(*model_).list_events({Sequence(0), kPage})));
  if (quarantined != quarantined_) report("quarantine holds " + std::to_string(quarantined) + ", promised were " + std::to_string(quarantined_));
}

void LedgerRig::compare_state() {
  BlockingStore model(*model_);
  const auto compare = [this](const auto& actual, const auto& expected) {
    if (!actual) return expect_fault("the state cannot be read: " + std::string(actual.error().reason));
    expect_same("the state", describe(actual), describe(expected));
  };
  for (const std::string& location : places_.locations) {
    AssociationQuery associations;
    associations.location = LocationId(location);
    associations.filter.status = StatusFilter::all;
    compare(reader_->list_associations(associations), model.list_associations(associations));
    RelationQuery relations;
    relations.location = LocationId(location);
    relations.filter.status = StatusFilter::all;
    compare(reader_->list_relations(relations), model.list_relations(relations));
    DeletionQuery deletions;
    deletions.location = LocationId(location);
    compare(reader_->list_deletions(deletions), model.list_deletions(deletions));
  }
  compare(reader_->list_locations({}), model.list_locations({}));
  SQLite::Database database = storage::open_reader(connection_);
  const storage::VerifyReport verified = storage::verify_snapshot({&database, 1}, {}, [](std::int64_t, std::int64_t) {});
  if (!verified.divergence) return;
  // A page that cannot be read now is a finding of verify, too; one that stays is found again once the disk is healed.
  if (vfs_.has_struck()) return;
  report("verify: " + *verified.divergence);
}

}  // namespace ledger::test
