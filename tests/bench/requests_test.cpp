// Tests of the streams of requests.
#include "tests/bench/requests.h"

#include <gtest/gtest.h>

#include <memory>

namespace ledger::bench::requests_test {
namespace {

std::unique_ptr<Pool> pool(std::vector<std::string> requests, Pool::Repeat repeat) {
  return std::make_unique<Pool>(std::move(requests), repeat, Expected{304, "x"});
}

TEST(Requests, OfAPoolEndOrRepeat) {
  const auto once = pool({"a", "b"}, Pool::Repeat::once);
  EXPECT_EQ(once->next(), "a");
  EXPECT_EQ(once->next(), "b");
  EXPECT_EQ(once->next(), "");
  once->rewind();
  EXPECT_EQ(once->next(), "a");
  EXPECT_EQ(once->expected().status, 304);

  const auto forever = pool({"a", "b"}, Pool::Repeat::forever);
  std::string all;
  for (int i = 0; i < 5; ++i) all += forever->next();
  EXPECT_EQ(all, "ababa");
  EXPECT_EQ(pool({}, Pool::Repeat::forever)->next(), "");
}

TEST(Requests, UseEveryLocation) {
  const auto locations = location_ids(7, 3);
  EXPECT_EQ(locations, (std::vector<std::string>{location_id(7), location_id(8), location_id(9)}));
  for (const auto kind : {Deliveries::Kind::new_associations, Deliveries::Kind::unknown_deletions}) {
    Deliveries requests(kind, 1, locations);
    std::vector<int> counts(locations.size());
    for (int i = 0; i < 300; ++i) {
      const std::string_view request = requests.next();
      for (std::size_t k = 0; k < locations.size(); ++k) counts[k] += request.find(locations[k]) != std::string_view::npos ? 1 : 0;
    }
    EXPECT_EQ(counts[0] + counts[1] + counts[2], 300);
    for (const int count : counts) EXPECT_GT(count, 50);
  }
}

TEST(Requests, AreOfTheirKind) {
  Deliveries creates(Deliveries::Kind::new_associations, 1, location_ids(0, 1));
  EXPECT_NE(creates.next().find("\"AssociationCreate\""), std::string_view::npos);
  Deliveries deletes(Deliveries::Kind::unknown_deletions, 1, location_ids(0, 1));
  EXPECT_NE(deletes.next().find("\"AssociationDelete\""), std::string_view::npos);
}

}  // namespace
}  // namespace ledger::bench::requests_test
