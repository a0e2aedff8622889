// Answers which associations a location lost.
#include "storage/sqlite/deletion_reader.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace ledger::storage {
namespace {

/// The order of a deletion history: newest first, then by id.
bool is_listed_before(const Association& left, const Association& right) {
  if (left.state.deleted_at != right.state.deleted_at) return left.state.deleted_at > right.state.deleted_at;
  return left.key.id < right.key.id;
}

bool is_after(const Association& association, const DeletionPosition& position) {
  if (association.state.deleted_at != position.deleted_at) return association.state.deleted_at < position.deleted_at;
  return association.key.id > position.id;
}

bool is_wanted(const Association& association, const DeletionQuery& query) {
  if (!association.is_deleted()) return false;
  const Timestamp deleted_at = *association.state.deleted_at;
  return (!query.from || deleted_at >= *query.from) && (!query.to || deleted_at < *query.to) && (!query.after || is_after(association, *query.after));
}

/// Keeps the first associations of a list, up to its bounds, while they come in any order.
class FirstOfList {
 public:
  FirstOfList(std::size_t limit, std::size_t bytes_max) : limit_(limit), bytes_max_(bytes_max) {}

  void add(Association association) {
    bytes_ += text_bytes(association.state.definition);
    heap_.push_back(std::move(association));
    std::push_heap(heap_.begin(), heap_.end(), is_listed_before);
    // The last one is dropped when those before it fill the page.
    while (heap_.size() > limit_ || bytes_ - bytes_of_last() >= bytes_max_) {
      bytes_ -= bytes_of_last();
      std::pop_heap(heap_.begin(), heap_.end(), is_listed_before);
      heap_.pop_back();
      has_dropped_ = true;
    }
  }

  [[nodiscard]] bool has_dropped() const noexcept { return has_dropped_; }
  [[nodiscard]] std::vector<Association> take() {
    std::sort_heap(heap_.begin(), heap_.end(), is_listed_before);
    return std::move(heap_);
  }

 private:
  [[nodiscard]] std::size_t bytes_of_last() const { return text_bytes(heap_.front().state.definition); }

  const std::size_t limit_;
  const std::size_t bytes_max_;
  std::vector<Association> heap_;  ///< The last of the list is its front.
  std::size_t bytes_ = 0;
  bool has_dropped_ = false;
};

}  // namespace

// A deleted association may have been active before; an active one was never deleted. So the index of the deleted ones has all that were ever
// deleted.
DeletionReader::DeletionReader(ReadConnection& connection, StateAsOf& states)
    : connection_(connection),
      states_(states),
      deleted_(connection.database(),
               std::string("SELECT ") + kStateAsOfColumns +
                   " FROM association_state t INDEXED BY association_state_deleted JOIN association a ON a.association_ref = t.association_ref"
                   " WHERE t.location_ref = ? AND t.association_ref <= ? AND t.deleted_at IS NOT NULL"),
      evidence_(connection.database(), "SELECT webhook_id, webhook_uuid, trace_id, recorded_at FROM event WHERE sequence = ?") {}

Result<DeletionPage> DeletionReader::list_deletions(const DeletionQuery& query) {
  const auto location = connection_.find_location(query.location);
  const Result<Sequence> through = connection_.resolve(query.as_of, location);
  if (!through) return through.error();
  DeletionPage page;
  page.as_of = *through;
  if (!location) return page;
  const AssociationRef newest = *through < location->last_sequence ? connection_.newest_by(*through) : kNewestOfAll;

  // Every deleted association is read, since a late Delete may have moved any of them, but only one page is held.
  FirstOfList first(query.limit, query.bytes_max);
  Query row(deleted_);
  row.bind(location->ref.value()).bind(newest.value());
  while (row.next()) {
    Association association = states_.read(row, query.location, *through);
    if (is_wanted(association, query)) first.add(std::move(association));
  }
  for (Association& association : first.take()) page.deletions.push_back(with_evidence(std::move(association)));
  if (first.has_dropped()) {
    const Association& last = page.deletions.back().association;
    page.next = DeletionPosition{*last.state.deleted_at, last.key.id};
  }
  return page;
}

Deletion DeletionReader::with_evidence(Association association) {
  Deletion deletion;
  Query row(evidence_);
  row.bind(association.deleted_by.value_or(Sequence{}).value());
  if (row.next()) {
    deletion.webhook_id = read_webhook_id(row, 0);
    if (auto id = row.optional_bytes(2)) deletion.trace_id = TraceId(*std::move(id));
    deletion.recorded_at = to_timestamp(row.integer(3));
  }
  deletion.association = std::move(association);
  return deletion;
}

}  // namespace ledger::storage
