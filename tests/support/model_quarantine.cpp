// The quarantine of the model: a vector of deliveries.
#include "tests/support/model_event_store.h"

#include <algorithm>
#include <utility>

namespace ledger::test {
namespace {

const Error kNotOpen{Errc::unavailable, "closing", "closed"};
const Error kUnknownDelivery{Errc::not_found, "quarantined-not-found", "never seen"};
const Error kAlreadyDismissed{Errc::conflict, "already-dismissed", "dismissed"};

}  // namespace

void ModelEventStore::quarantine(NewQuarantine delivery, Callback<QuarantineId> done) {
  MutexLock lock(mutex_);
  if (closed_) {
    lock.unlock();
    return done(kNotOpen);
  }
  const auto same = [&delivery](const QuarantinedDelivery& known) {
    return known.path_event == delivery.path_event && repeats(known.delivery, delivery.delivery);
  };
  auto found = std::find_if(quarantine_.begin(), quarantine_.end(), same);
  const QuarantineId id(found - quarantine_.begin() + 1);
  if (found == quarantine_.end()) {
    const std::size_t bytes = delivery.delivery.body.size();
    quarantine_.push_back({id, delivery.path_event, delivery.reason, clock_.now(), bytes, std::move(delivery.delivery)});
  }
  lock.unlock();
  done(id);
}

QuarantinedDelivery* ModelEventStore::quarantined(QuarantineId id) {
  const bool is_known = id >= QuarantineId(1) && id <= QuarantineId(static_cast<std::int64_t>(quarantine_.size()));
  return is_known ? &quarantine_[static_cast<std::size_t>(id.value() - 1)] : nullptr;
}

void ModelEventStore::dismiss(QuarantineId id, Callback<QuarantineId> done) {
  MutexLock lock(mutex_);
  QuarantinedDelivery* const delivery = quarantined(id);
  Result<QuarantineId> dismissed = id;
  if (closed_) {
    dismissed = kNotOpen;
  } else if (delivery == nullptr) {
    dismissed = kUnknownDelivery;
  } else if (delivery->decision) {
    dismissed = delivery->decision->sequence ? already_admitted(*delivery->decision->sequence) : kAlreadyDismissed;
  } else {
    delivery->decision = QuarantineDecision{QuarantineDecision::Kind::dismissed, clock_.now()};
  }
  lock.unlock();
  done(std::move(dismissed));
}

void ModelEventStore::list_quarantine(QuarantineQuery query, Callback<QuarantinePage> done) {
  MutexLock lock(mutex_);
  QuarantinePage page;
  for (QuarantinedDelivery delivery : quarantine_) {
    if (delivery.id <= query.after || (query.reason && delivery.reason != *query.reason) || (query.only_open && delivery.decision)) continue;
    if (page.deliveries.size() == query.limit) {
      page.next = page.deliveries.back().id;
      break;
    }
    delivery.delivery.body.clear();
    page.deliveries.push_back(std::move(delivery));
  }
  lock.unlock();
  done(std::move(page));
}

void ModelEventStore::find_quarantined(QuarantineId id, Callback<QuarantinedDelivery> done) {
  MutexLock lock(mutex_);
  const QuarantinedDelivery* const delivery = quarantined(id);
  Result<QuarantinedDelivery> found = kUnknownDelivery;
  if (delivery != nullptr) found = *delivery;
  lock.unlock();
  done(std::move(found));
}

Result<Appended> ModelEventStore::admit(const NewEvent& event) {
  using Kind = QuarantineDecision::Kind;
  QuarantinedDelivery* const delivery = quarantined(event.admission->quarantine);
  if (delivery == nullptr) return kUnknownDelivery;
  if (delivery->decision && delivery->decision->sequence) return already_admitted(*delivery->decision->sequence);
  if (event.admission->mode == Admission::Mode::dry_run) {
    if (const auto first = find_duplicate(event, state(subject_of(event), head()))) return Appended{Appended::Status::duplicate, *first};
    return Appended{Appended::Status::recorded, Sequence(head().value() + 1), event.decoded.flags | flags_of_known_bytes(event)};
  }
  Result<Appended> appended = record(event);
  const Kind kind = appended->status == Appended::Status::recorded ? Kind::admitted : Kind::duplicate;
  delivery->decision = QuarantineDecision{kind, clock_.now(), appended->sequence};
  return appended;
}

}  // namespace ledger::test
