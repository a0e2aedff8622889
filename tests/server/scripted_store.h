// A store that fails or hesitates at a test's command, and otherwise does as the one behind it.
#pragma once

#include "domain/event_store.h"
#include "sync/mutex.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ledger::test {

/// Thread-safe. `behind` outlives it.
class ScriptedStore final : public EventStore {
 public:
  explicit ScriptedStore(EventStore& behind) : behind_(behind) {}

  /// Every call from now on is answered with `error`, until heal().
  void fail_with(Error error) {
    const MutexLock lock(mutex_);
    error_ = std::move(error);
  }
  /// Every call from now on throws, as where there is no memory, until heal().
  void throw_out_of_memory() {
    const MutexLock lock(mutex_);
    throwing_ = true;
  }
  void heal() {
    const MutexLock lock(mutex_);
    error_.reset();
    throwing_ = false;
  }

  /// Calls from now on are kept back until release().
  void hold() {
    const MutexLock lock(mutex_);
    holding_ = true;
  }
  void wait_for_held(std::size_t count) {
    MutexLock lock(mutex_);
    while (held_.size() < count) changed_.wait(lock);
  }
  /// Carries out what was held, on the caller's thread, and holds nothing more.
  void release() {
    std::vector<std::function<void()>> calls;
    {
      const MutexLock lock(mutex_);
      holding_ = false;
      calls.swap(held_);
    }
    for (const auto& call : calls) call();
  }

  /// How many times the store was called, its readers not counted.
  [[nodiscard]] std::size_t calls() {
    const MutexLock lock(mutex_);
    return calls_;
  }

  void set_health(StoreHealth health) {
    const MutexLock lock(mutex_);
    health_ = std::move(health);
  }

  void append(NewEvent event, Callback<Appended> done) override { pass(&EventStore::append, std::move(event), std::move(done)); }
  void quarantine(NewQuarantine delivery, Callback<QuarantineId> done) override {
    pass(&EventStore::quarantine, std::move(delivery), std::move(done));
  }
  void dismiss(QuarantineId id, Callback<QuarantineId> done) override { pass(&EventStore::dismiss, id, std::move(done)); }
  void list_quarantine(QuarantineQuery query, Callback<QuarantinePage> done) override {
    pass(&EventStore::list_quarantine, std::move(query), std::move(done));
  }
  void find_quarantined(QuarantineId id, Callback<QuarantinedDelivery> done) override { pass(&EventStore::find_quarantined, id, std::move(done)); }
  void list_associations(AssociationQuery query, Callback<AssociationPage> done) override {
    pass(&EventStore::list_associations, std::move(query), std::move(done));
  }
  void find_association(AssociationKey key, Callback<Association> done) override {
    pass(&EventStore::find_association, std::move(key), std::move(done));
  }
  void list_deletions(DeletionQuery query, Callback<DeletionPage> done) override {
    pass(&EventStore::list_deletions, std::move(query), std::move(done));
  }
  void list_history(HistoryQuery query, Callback<EventPage> done) override { pass(&EventStore::list_history, std::move(query), std::move(done)); }
  void list_events(EventQuery query, Callback<EventPage> done) override { pass(&EventStore::list_events, query, std::move(done)); }
  void find_event(Sequence sequence, Callback<RecordedEvent> done) override { pass(&EventStore::find_event, sequence, std::move(done)); }
  void list_relations(RelationQuery query, Callback<RelationPage> done) override {
    pass(&EventStore::list_relations, std::move(query), std::move(done));
  }
  void list_locations(LocationQuery query, Callback<LocationPage> done) override {
    pass(&EventStore::list_locations, std::move(query), std::move(done));
  }

  /// Its reader leaves every question to the store while calls are kept back.
  [[nodiscard]] Result<std::unique_ptr<ShortReader>> open_short_reader() override {
    auto behind = behind_.open_short_reader();
    if (!behind) return behind.error();
    return std::make_unique<Reader>(*this, std::move(*behind));
  }
  [[nodiscard]] const std::string& log_identity() const noexcept override { return behind_.log_identity(); }

  [[nodiscard]] StoreHealth health() override {
    const MutexLock lock(mutex_);
    return health_ ? *health_ : behind_.health();
  }
  void close() noexcept override { behind_.close(); }

 private:
  class Reader final : public ShortReader {
   public:
    Reader(ScriptedStore& store, std::unique_ptr<ShortReader> behind) : store_(store), behind_(std::move(behind)) {}

    [[nodiscard]] Result<AssociationPage> list_associations(const AssociationQuery& query) override {
      if (const auto error = store_.error_of_reader()) return *error;
      return behind_->list_associations(query);
    }
    [[nodiscard]] Result<Association> find_association(const AssociationKey& key) override {
      if (const auto error = store_.error_of_reader()) return *error;
      return behind_->find_association(key);
    }
    [[nodiscard]] Result<RecordedEvent> find_event(Sequence sequence) override {
      if (const auto error = store_.error_of_reader()) return *error;
      return behind_->find_event(sequence);
    }
    [[nodiscard]] Result<Sequence> head() override {
      if (const auto error = store_.error_of_reader()) return *error;
      return behind_->head();
    }
    [[nodiscard]] Result<Sequence> resolve(const LocationId& location, const AsOf& as_of) override {
      if (const auto error = store_.error_of_reader()) return *error;
      return behind_->resolve(location, as_of);
    }

   private:
    ScriptedStore& store_;
    std::unique_ptr<ShortReader> behind_;
  };

  std::optional<Error> error_of_reader() {
    const MutexLock lock(mutex_);
    if (throwing_) throw std::bad_alloc();
    if (holding_) return Error{Errc::unavailable, "question-not-short", "Ask the store."};
    return error_;
  }

  template <class Question, class T>
  void pass(void (EventStore::*method)(Question, Callback<T>), Question question, Callback<T> done) {
    std::optional<Error> error;
    {
      const MutexLock lock(mutex_);
      ++calls_;
      if (throwing_) throw std::bad_alloc();
      error = error_;
      if (!error && holding_) {
        held_.push_back([this, method, question = std::move(question), done = std::move(done)] { (behind_.*method)(question, done); });
        changed_.notify_all();
        return;
      }
    }
    if (error) {
      done(*error);
    } else {
      (behind_.*method)(std::move(question), std::move(done));
    }
  }

  EventStore& behind_;
  Mutex mutex_;
  CondVar changed_;
  std::optional<Error> error_ LEDGER_GUARDED_BY(mutex_);
  std::optional<StoreHealth> health_ LEDGER_GUARDED_BY(mutex_);
  std::size_t calls_ LEDGER_GUARDED_BY(mutex_) = 0;
  bool throwing_ LEDGER_GUARDED_BY(mutex_) = false;
  bool holding_ LEDGER_GUARDED_BY(mutex_) = false;
  std::vector<std::function<void()>> held_ LEDGER_GUARDED_BY(mutex_);
};

}  // namespace ledger::test
