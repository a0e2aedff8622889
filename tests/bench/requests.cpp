// The streams, one after the other.
#include "tests/bench/requests.h"

#include <chrono>

namespace ledger::bench {
namespace {

Timestamp now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

std::vector<std::string> location_ids(std::uint64_t first, std::size_t count) {
  std::vector<std::string> ids;
  ids.reserve(count);
  for (std::uint64_t index = first; index < first + count; ++index) ids.push_back(location_id(index));
  return ids;
}

NewAssociations::NewAssociations(std::uint64_t seed, std::vector<std::string> locations, IdOrder order)
    : writer_(seed), locations_(std::move(locations)), order_(order) {}

std::string_view NewAssociations::next() {
  return writer_.request_of_new_association(locations_[writer_.random()() % locations_.size()], now(), order_);
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

std::string_view Mixed::next() {
  return ++position_ % (many_ + 1) == 0 ? seldom_->next() : often_->next();
}

}  // namespace ledger::bench
