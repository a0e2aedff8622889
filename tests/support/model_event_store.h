// The ledger as it would be if disks were free: a vector of events, and every answer folded anew from it. The oracle for every other store.
#pragma once

#include "domain/clock.h"
#include "domain/event_store.h"
#include "domain/subject.h"
#include "sync/mutex.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ledger::test {

/// Answers inside the call. Thread-safe through one lock, which callbacks are called without. `clock` outlives it.
class ModelEventStore final : public EventStore {
 public:
  explicit ModelEventStore(const Clock& clock) : clock_(clock) {}

  void append(NewEvent event, Callback<Appended> done) override;
  void quarantine(NewQuarantine delivery, Callback<QuarantineId> done) override;
  void dismiss(QuarantineId id, Callback<QuarantineId> done) override;
  void list_associations(AssociationQuery query, Callback<AssociationPage> done) override;
  void find_association(AssociationKey key, Callback<Association> done) override;
  void list_relations(RelationQuery query, Callback<RelationPage> done) override;
  void list_deletions(DeletionQuery query, Callback<DeletionPage> done) override;
  void list_history(HistoryQuery query, Callback<EventPage> done) override;
  void list_events(EventQuery query, Callback<EventPage> done) override;
  void find_event(Sequence sequence, Callback<RecordedEvent> done) override;
  void list_locations(LocationQuery query, Callback<LocationPage> done) override;
  void list_quarantine(QuarantineQuery query, Callback<QuarantinePage> done) override;
  void find_quarantined(QuarantineId id, Callback<QuarantinedDelivery> done) override;
  [[nodiscard]] Result<std::unique_ptr<ShortReader>> open_short_reader() override;
  [[nodiscard]] const std::string& log_identity() const noexcept override;
  [[nodiscard]] StoreHealth health() override;
  void close() noexcept override;

 private:
  class Reader;
  /// Whether the second says nothing that the first does not.
  [[nodiscard]] static bool repeats(const Delivery& known, const Delivery& delivery);
  [[nodiscard]] Result<Appended> record(const NewEvent& event) LEDGER_REQUIRES(mutex_);
  [[nodiscard]] Result<Appended> admit(const NewEvent& event) LEDGER_REQUIRES(mutex_);
  /// Null if there is none.
  [[nodiscard]] QuarantinedDelivery* quarantined(QuarantineId id) LEDGER_REQUIRES(mutex_);
  using Subject = std::pair<SubjectKind, AssociationKey>;
  [[nodiscard]] Subject subject_of(const NewEvent& event) const LEDGER_REQUIRES(mutex_);
  [[nodiscard]] SubjectState state(const Subject& subject, Sequence through) const LEDGER_REQUIRES(mutex_);
  [[nodiscard]] std::vector<FoldEvent> events_of(const Subject& subject, Sequence through) const LEDGER_REQUIRES(mutex_);
  [[nodiscard]] std::optional<Sequence> find_duplicate(const NewEvent& event, const SubjectState& before) const LEDGER_REQUIRES(mutex_);
  [[nodiscard]] EventFlags flags_of_known_bytes(const NewEvent& event) const LEDGER_REQUIRES(mutex_);
  [[nodiscard]] std::optional<FoldedAssociation> folded(const AssociationKey& key, Sequence through) const LEDGER_REQUIRES(mutex_);
  /// The relations of a location, in the order of their first events.
  [[nodiscard]] std::vector<ShownRelation> relations_of(const LocationId& location, Sequence through) const LEDGER_REQUIRES(mutex_);
  [[nodiscard]] std::vector<Deletion> deletions_of(const AssociationKey& key, Sequence through) const LEDGER_REQUIRES(mutex_);
  [[nodiscard]] std::optional<Association> state(const AssociationKey& key, Sequence through) const LEDGER_REQUIRES(mutex_);
  [[nodiscard]] std::vector<Association> states(const LocationId& location, Sequence through) const LEDGER_REQUIRES(mutex_);
  [[nodiscard]] Sequence head() const LEDGER_REQUIRES(mutex_) { return Sequence(static_cast<std::int64_t>(log_.size())); }
  [[nodiscard]] Sequence last_of(const LocationId& location) const LEDGER_REQUIRES(mutex_);
  [[nodiscard]] Result<Sequence> resolve(const AsOf& as_of, const LocationId& location) const LEDGER_REQUIRES(mutex_);
  [[nodiscard]] EventPage page_of(const std::vector<RecordedEvent>& events, std::size_t limit, std::size_t bytes_max) const;

  const Clock& clock_;
  mutable Mutex mutex_;
  std::vector<RecordedEvent> log_ LEDGER_GUARDED_BY(mutex_);
  std::map<Subject, std::vector<FoldEvent>> by_subject_ LEDGER_GUARDED_BY(mutex_);
  std::vector<QuarantinedDelivery> quarantine_ LEDGER_GUARDED_BY(mutex_);
  bool closed_ LEDGER_GUARDED_BY(mutex_) = false;
};

}  // namespace ledger::test
