// Keeps the store busy without overflowing its queue.
#include "tests/bench/fill.h"

#include "domain/clock.h"
#include "domain/digest.h"
#include "domain/log.h"
#include "domain/webhook_decoder.h"
#include "storage/sqlite/sqlite_event_store.h"
#include "sync/mutex.h"
#include "tests/bench/deliveries.h"
#include "tests/bench/requests.h"

#include <chrono>
#include <stdexcept>
#include <utility>
#include <variant>

namespace ledger::bench {
namespace {

constexpr std::size_t kOutstandingMax = 16'384;
constexpr std::uint64_t kProgressEvery = 100'000;
constexpr std::chrono::hours kLateBy{1};  // Longer than filling takes, so the event sorts before the Create.

class SystemClock final : public ledger::Clock {
 public:
  [[nodiscard]] Timestamp now() const noexcept override { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }
  [[nodiscard]] std::chrono::milliseconds elapsed() const noexcept override {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
  }
};

class SilentLog final : public Log {
 public:
  void write_line(LogLevel /*level*/, std::string_view /*event*/, std::span<const LogField> /*fields*/) noexcept override {}
};

/// Counts the outstanding appends and remembers a failure. Thread-safe.
class Outstanding {
 public:
  /// At the limit, blocks until half of the appends are done, because waking up for each one would be slow. Returns false if an append failed; then
  /// the caller must not append.
  bool begin() {
    MutexLock lock(mutex_);
    if (count_ == kOutstandingMax) {
      while (count_ > kOutstandingMax / 2) half_done_.wait(lock);
    }
    if (failure_.empty()) ++count_;
    return failure_.empty();
  }
  void end(const Result<Appended>& result) {
    bool is_half_done = false;
    {
      const MutexLock lock(mutex_);
      is_half_done = --count_ == kOutstandingMax / 2;
      if (!result) failure_ = result.error().detail;
      if (result && result->status != Appended::Status::recorded) failure_ = "an event was a duplicate";
    }
    if (is_half_done) half_done_.notify_all();
  }
  /// Why an event was not recorded; empty if all were.
  std::string failure() {
    const MutexLock lock(mutex_);
    return failure_;
  }

 private:
  Mutex mutex_;
  CondVar half_done_;
  std::size_t count_ LEDGER_GUARDED_BY(mutex_) = 0;
  std::string failure_ LEDGER_GUARDED_BY(mutex_);
};

NewEvent event_of(std::string_view body) {
  auto decoding = decode_webhook(body, std::nullopt);
  auto* const decoded = std::get_if<DecodedEvent>(&decoding);
  if (decoded == nullptr) throw std::runtime_error("a delivery cannot be decoded");
  return {std::move(*decoded), {Source::webhook, std::string(body), sha256(body), std::nullopt}};
}

}  // namespace

FillResult fill_database(const std::string& database, std::uint64_t events, std::size_t locations,
                         const std::function<void(std::uint64_t)>& progress) {
  const SystemClock clock;
  SilentLog log;
  storage::SqliteOptions options;
  options.database = database;
  // Large groups and few checkpoints halve the number of bytes written.
  options.queue_items_max = 2 * kOutstandingMax;
  options.checkpoint_pages_max = 64'000;
  Outstanding outstanding;  // Outlives the store, which calls it.
  auto store = storage::SqliteEventStore::open(options, clock, log, [] {});
  if (!store) throw std::runtime_error(store.error().detail);

  const Filling filling(locations);
  const auto location_names = location_ids(0, locations);
  DeliveryWriter writer(events);
  FillResult result;
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t index = 0; index < events && outstanding.begin(); ++index) {
    const Filling::Step step = Filling::step(index);
    const std::string& location = location_names[filling.location_of(step.association)];
    if (subject_kind(step.kind) == SubjectKind::relation) {
      static_cast<void>(
          writer.request_of_relation(step.kind, location, association_id(step.relation), association_id(step.association), clock.now()));
    } else {
      static_cast<void>(
          writer.request(step.kind, location, association_id(step.association), clock.now() - (step.is_late ? kLateBy : std::chrono::hours(0))));
    }
    result.body_bytes += writer.body().size();
    (*store)->append(event_of(writer.body()), [&outstanding](const Result<Appended>& appended) { outstanding.end(appended); });
    if ((index + 1) % kProgressEvery == 0) progress(index + 1);
  }
  (*store)->close();  // Completes the outstanding appends.
  const std::string failure = outstanding.failure();
  if (!failure.empty()) throw std::runtime_error("cannot fill the database: " + failure);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace ledger::bench
