// The ledger as it would be if disks were free: a vector of events, and every answer folded anew from it. The oracle for every other store.
#include "tests/support/model_event_store.h"

#include "tests/support/blocking_store.h"
#include "tests/support/fold_oracle.h"
#include "tests/support/generators.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace ledger::test {
namespace {

const Error kClosing{Errc::unavailable, "closing", "closed"};
const Error kAsOfInFuture{Errc::invalid_request, "as-of-in-future", "not yet"};
const Error kUnknownAssociation{Errc::not_found, "association-not-found", "never seen"};

const Error kUnknownRelation{Errc::not_found, "relation-not-found", "never seen"};

void count(LocationSummary& summary, const SubjectState& state) {
  if (state.association) ++(state.association->is_deleted() ? summary.deleted_associations : summary.active_associations);
  if (state.relation) ++(state.relation->is_deleted() ? summary.deleted_relations : summary.active_relations);
  if (state.installs) summary.installs = *state.installs;
}

}  // namespace

bool ModelEventStore::repeats(const Delivery& known, const Delivery& delivery) {
  return known.body == delivery.body && (known.signature || !delivery.signature);
}

std::optional<Sequence> ModelEventStore::find_duplicate(const NewEvent& event, const SubjectState& before) const {
  const DecodedEvent& decoded = event.decoded;
  for (const RecordedEvent& recorded : log_) {
    if (recorded.kind != decoded.kind || !repeats(recorded.delivery, event.delivery)) continue;
    if (decoded.webhook_id) return recorded.sequence;
    if (ended_by(before) == recorded.sequence) return recorded.sequence;
  }
  return std::nullopt;
}

EventFlags ModelEventStore::flags_of_known_bytes(const NewEvent& event) const {
  EventFlags flags;
  for (const RecordedEvent& recorded : log_) {
    if (!repeats(recorded.delivery, event.delivery)) continue;
    if (recorded.kind == event.decoded.kind) flags.set(EventFlag::repeat);
    if (recorded.kind != event.decoded.kind && event.decoded.webhook_id) flags.set(EventFlag::kind_conflict);
  }
  return flags;
}

// Bytes that are known as another kind with the same webhook id are about what the first recording is about.
ModelEventStore::Subject ModelEventStore::subject_of(const NewEvent& event) const {
  Subject own{subject_kind(event.decoded.kind), event.decoded.association};
  if (!event.decoded.webhook_id) return own;
  const auto first =
      std::find_if(log_.begin(), log_.end(), [&event](const RecordedEvent& recorded) { return repeats(recorded.delivery, event.delivery); });
  return first == log_.end() ? own : Subject{first->subject, first->association};
}

std::vector<FoldEvent> ModelEventStore::events_of(const Subject& subject, Sequence through) const {
  const auto found = by_subject_.find(subject);
  if (found == by_subject_.end()) return {};
  std::vector<FoldEvent> events = found->second;
  std::erase_if(events, [through](const FoldEvent& event) { return event.sequence > through; });
  return events;
}

std::optional<FoldedAssociation> ModelEventStore::folded(const AssociationKey& key, Sequence through) const {
  std::vector<FoldEvent> events = events_of({SubjectKind::association, key}, through);
  if (events.empty()) return std::nullopt;
  return fold(key, std::move(events));
}

SubjectState ModelEventStore::state(const Subject& subject, Sequence through) const {
  SubjectState state;
  std::vector<FoldEvent> events = events_of(subject, through);
  if (events.empty()) return state;
  FoldedSubject folded = fold(std::move(events));
  switch (subject.first) {
    case SubjectKind::association: state.association = std::move(folded.association.association); break;
    case SubjectKind::relation: state.relation = std::move(folded.relation); break;
    case SubjectKind::location: state.installs = folded.installs; break;
  }
  return state;
}

std::optional<Association> ModelEventStore::state(const AssociationKey& key, Sequence through) const {
  auto found = folded(key, through);
  if (!found) return std::nullopt;
  return std::move(found->association);
}

std::vector<Association> ModelEventStore::states(const LocationId& location, Sequence through) const {
  std::vector<Association> found;
  for (const auto& [subject, events] : by_subject_) {
    const auto& [kind, key] = subject;
    if (kind != SubjectKind::association || key.location != location) continue;
    if (auto association = state(key, through)) found.push_back(*std::move(association));
  }
  return found;
}

Sequence ModelEventStore::last_of(const LocationId& location) const {
  Sequence last;
  for (const RecordedEvent& event : log_) {
    if (event.association.location == location) last = event.sequence;
  }
  return last;
}

Result<Sequence> ModelEventStore::resolve(const AsOf& as_of, const LocationId& location) const {
  if (std::holds_alternative<Latest>(as_of)) return last_of(location);
  Sequence through;
  if (const auto* sequence = std::get_if<Sequence>(&as_of)) {
    if (*sequence > head()) return kAsOfInFuture;
    through = *sequence;
  } else {
    for (const RecordedEvent& event : log_) {
      if (event.recorded_at <= std::get<Timestamp>(as_of)) through = event.sequence;
    }
  }
  if (through < Sequence(1)) return Error{Errc::invalid_request, "as-of-before-log", "before the log"};
  return through;
}

Result<Appended> ModelEventStore::record(const NewEvent& event) {
  const DecodedEvent& decoded = event.decoded;
  const Subject subject = subject_of(event);
  const SubjectState before = state(subject, head());
  if (const auto first = find_duplicate(event, before)) return Appended{Appended::Status::duplicate, *first};

  RecordedEvent recorded;
  recorded.sequence = Sequence(head().value() + 1);
  recorded.kind = decoded.kind;
  std::tie(recorded.subject, recorded.association) = subject;
  recorded.webhook_id = decoded.webhook_id;
  recorded.trace_id = decoded.trace_id;
  recorded.occurred_at = decoded.occurred_at;
  recorded.recorded_at = log_.empty() ? clock_.now() : std::max(clock_.now(), log_.back().recorded_at);
  recorded.received_at = recorded.recorded_at;
  if (event.admission) {
    recorded.received_at = event.admission->received_at;
    recorded.quarantine = event.admission->quarantine;
  }
  FoldEvent folding = fold_event(event, recorded.sequence, recorded.received_at);
  recorded.flags = decoded.flags | flags_of_known_bytes(event);
  if (decoded.occurred_at && is_ahead(*decoded.occurred_at, event.admission ? event.admission->received_at : clock_.now())) {
    recorded.flags.set(EventFlag::ahead);
    folding.is_dated = false;
    folding.effective_at = recorded.received_at;
  }
  folding.is_conflict = recorded.flags.has(EventFlag::kind_conflict);
  if (!folding.is_conflict) recorded.flags = recorded.flags | arrival_flags(before, folding);
  recorded.effective_at = folding.effective_at;
  recorded.delivery = event.delivery;
  by_subject_[subject].push_back(std::move(folding));
  log_.push_back(recorded);
  return Appended{Appended::Status::recorded, recorded.sequence, recorded.flags};
}

void ModelEventStore::append(NewEvent event, Callback<Appended> done) {
  MutexLock lock(mutex_);
  Result<Appended> appended = kClosing;
  if (!closed_) appended = event.admission ? admit(event) : record(event);
  lock.unlock();
  done(std::move(appended));
}

void ModelEventStore::list_associations(AssociationQuery query, Callback<AssociationPage> done) {
  MutexLock lock(mutex_);
  const Result<Sequence> through = resolve(query.as_of, query.location);
  AssociationPage page;
  if (through) {
    page.as_of = *through;
    std::size_t bytes = 0;
    for (Association& association : states(query.location, *through)) {
      if ((query.after && association.key.id <= *query.after) || !query.filter.matches(association)) continue;
      if (page.associations.size() == query.limit || bytes >= query.bytes_max) {
        page.next = page.associations.back().key.id;
        break;
      }
      bytes += text_bytes(*association.state.definition);
      page.associations.push_back(std::move(association));
    }
  }
  lock.unlock();
  if (!through) return done(through.error());
  done(std::move(page));
}

void ModelEventStore::find_association(AssociationKey key, Callback<Association> done) {
  MutexLock lock(mutex_);
  auto found = state(key, head());
  lock.unlock();
  if (!found) return done(kUnknownAssociation);
  done(*std::move(found));
}

std::vector<Deletion> ModelEventStore::deletions_of(const AssociationKey& key, Sequence through) const {
  const auto found = folded(key, through);
  const Association& present = found->association;
  std::vector<EndedLife> lives = found->former_lives;
  if (present.is_deleted()) lives.push_back({present.state.definition, present.state.created_at, *present.state.deleted_at, *present.deleted_by});
  std::vector<Deletion> deletions;
  for (EndedLife& life : lives) {
    const RecordedEvent& event = log_[static_cast<std::size_t>(life.deleted_by.value() - 1)];
    deletions.push_back(
        {key, std::move(life), event.kind, event.sequence == present.deleted_by, event.webhook_id, event.trace_id, event.recorded_at});
  }
  return deletions;
}

void ModelEventStore::list_deletions(DeletionQuery query, Callback<DeletionPage> done) {
  MutexLock lock(mutex_);
  const auto place = [](const Deletion& deletion) { return DeletionPosition{deletion.life.deleted_at, deletion.life.deleted_by}; };
  std::vector<Deletion> wanted;
  for (const auto& [subject, events] : by_subject_) {
    const auto& [kind, key] = subject;
    if (kind != SubjectKind::association || key.location != query.location) continue;
    for (Deletion& deletion : deletions_of(key, head())) {
      const Timestamp deleted_at = deletion.life.deleted_at;
      if ((query.from && deleted_at < *query.from) || (query.to && deleted_at >= *query.to)) continue;
      if (!query.after || place(deletion) < *query.after) wanted.push_back(std::move(deletion));
    }
  }
  std::sort(wanted.begin(), wanted.end(), [&place](const Deletion& left, const Deletion& right) { return place(left) > place(right); });
  DeletionPage page;
  page.as_of = last_of(query.location);
  std::size_t bytes = 0;
  for (Deletion& deletion : wanted) {
    if (page.deletions.size() == query.limit || bytes >= query.bytes_max) {
      page.next = place(page.deletions.back());
      break;
    }
    bytes += text_bytes(*deletion.life.definition);
    page.deletions.push_back(std::move(deletion));
  }
  lock.unlock();
  done(std::move(page));
}

EventPage ModelEventStore::page_of(const std::vector<RecordedEvent>& events, std::size_t limit, std::size_t bytes_max) const {
  EventPage page;
  std::size_t bytes = 0;
  for (const RecordedEvent& event : events) {
    if (page.events.size() == limit || bytes >= bytes_max) {
      page.has_more = true;
      break;
    }
    page.events.push_back(event);
    bytes += event.delivery.body.size();
  }
  return page;
}

void ModelEventStore::list_history(HistoryQuery query, Callback<EventPage> done) {
  MutexLock lock(mutex_);
  std::vector<RecordedEvent> wanted;
  Sequence last;
  for (const RecordedEvent& event : log_) {
    if (event.subject != query.subject || event.association != query.association || (query.through && event.sequence > *query.through)) continue;
    last = event.sequence;
    if (event.sequence > query.after) wanted.push_back(event);
  }
  EventPage page = page_of(wanted, query.limit, query.bytes_max);
  page.last_sequence = last;
  const bool is_known = by_subject_.contains({query.subject, query.association});
  lock.unlock();
  if (!is_known) return done(query.subject == SubjectKind::association ? kUnknownAssociation : kUnknownRelation);
  done(std::move(page));
}

void ModelEventStore::list_events(EventQuery query, Callback<EventPage> done) {
  MutexLock lock(mutex_);
  if (query.after > head()) {
    lock.unlock();
    return done(Error{Errc::invalid_request, "after-in-future", "not yet"});
  }
  std::vector<RecordedEvent> wanted;
  for (const RecordedEvent& event : log_) {
    if (event.sequence > query.after) wanted.push_back(event);
  }
  EventPage page = page_of(wanted, query.limit, query.bytes_max);
  page.last_sequence = head();
  lock.unlock();
  done(std::move(page));
}

void ModelEventStore::find_event(Sequence sequence, Callback<RecordedEvent> done) {
  MutexLock lock(mutex_);
  std::optional<RecordedEvent> found;
  if (sequence >= Sequence(1) && sequence <= head()) found = log_[static_cast<std::size_t>(sequence.value() - 1)];
  lock.unlock();
  if (!found) return done(Error{Errc::not_found, "event-not-found", "no such event"});
  done(*std::move(found));
}

void ModelEventStore::list_locations(LocationQuery query, Callback<LocationPage> done) {
  MutexLock lock(mutex_);
  LocationPage page;
  page.as_of = head();
  std::set<LocationId> ids;
  for (const RecordedEvent& event : log_) ids.insert(event.association.location);
  for (const LocationId& id : ids) {
    if (query.after && id <= *query.after) continue;
    LocationSummary summary;
    summary.location = id;
    for (const auto& [subject, events] : by_subject_) {
      if (subject.second.location == id) count(summary, state(subject, head()));
    }
    summary.last_sequence = last_of(id);
    if (page.locations.size() == query.limit) {
      page.next = page.locations.back().location;
      break;
    }
    summary.last_recorded_at = log_[static_cast<std::size_t>(summary.last_sequence.value() - 1)].recorded_at;
    page.locations.push_back(std::move(summary));
  }
  lock.unlock();
  done(std::move(page));
}

/// Answers inside the call, as the model does itself. Refuses long pages and the past as a reader of a database does.
class ModelEventStore::Reader final : public ShortReader {
 public:
  explicit Reader(ModelEventStore& model) : model_(model), blocking_(model) {}

  [[nodiscard]] Result<AssociationPage> list_associations(const AssociationQuery& query) override {
    if (query.limit > 100 || !std::holds_alternative<Latest>(query.as_of)) return Error{Errc::unavailable, "question-not-short", "Ask the store."};
    return blocking_.list_associations(query);
  }
  [[nodiscard]] Result<Association> find_association(const AssociationKey& key) override { return blocking_.find_association(key); }
  [[nodiscard]] Result<RecordedEvent> find_event(Sequence sequence) override { return blocking_.find_event(sequence); }
  [[nodiscard]] Result<Sequence> head() override {
    const MutexLock lock(model_.mutex_);
    return model_.head();
  }
  [[nodiscard]] Result<Sequence> resolve(const LocationId& location, const AsOf& as_of) override {
    const MutexLock lock(model_.mutex_);
    return model_.resolve(as_of, location);
  }

 private:
  ModelEventStore& model_;
  BlockingStore blocking_;
};

Result<std::unique_ptr<ShortReader>> ModelEventStore::open_short_reader() {
  return std::make_unique<Reader>(*this);
}

const std::string& ModelEventStore::log_identity() const noexcept {
  static const std::string kIdentity = "model";
  return kIdentity;
}

StoreHealth ModelEventStore::health() {
  const MutexLock lock(mutex_);
  return {!closed_, closed_ ? "closed" : "", head(), 0, 0};
}

void ModelEventStore::close() noexcept {
  const MutexLock lock(mutex_);
  closed_ = true;
}

}  // namespace ledger::test
