// The streams.
#include "tests/bench/requests.h"

#include <chrono>
#include <utility>

namespace ledger::bench {
namespace {

Timestamp body_time() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

std::vector<std::string> location_ids(std::uint64_t first, std::size_t count) {
  std::vector<std::string> ids;
  ids.reserve(count);
  for (std::uint64_t index = first; index < first + count; ++index) ids.push_back(location_id(index));
  return ids;
}

Deliveries::Deliveries(Kind kind, std::uint64_t seed, std::vector<std::string> locations)
    : kind_(kind), writer_(seed), locations_(std::move(locations)) {}

std::string_view Deliveries::next() {
  const std::string& location = locations_[writer_.random()() % locations_.size()];
  switch (kind_) {
    case Kind::new_associations: return writer_.request_of_new_association(location, body_time());
    case Kind::unknown_deletions: return writer_.request_of_unknown_deletion(location, body_time());
    case Kind::late_updates: return writer_.request_of_late_update(locations_.front(), body_time());
    case Kind::new_relations: return writer_.request_of_new_relation(location, body_time());
  }
  return {};
}

Pool::Pool(std::vector<std::string> requests, Repeat repeat, Expected expected)
    : expected_(std::move(expected)), requests_(std::move(requests)), repeat_(repeat) {}

std::string_view Pool::next() {
  if (position_ == requests_.size()) {
    if (repeat_ == Repeat::once || requests_.empty()) return {};
    position_ = 0;
  }
  return requests_[position_++];
}

}  // namespace ledger::bench
