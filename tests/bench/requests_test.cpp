// Tests of the streams of requests.
#include "tests/bench/requests.h"

#include <gtest/gtest.h>

namespace ledger::bench::requests_test {
namespace {

std::unique_ptr<Pool> pool(std::vector<std::string> requests, Pool::Repeat repeat) {
  return std::make_unique<Pool>(std::move(requests), repeat, Expected{304, "x"});
}

TEST(Requests, OfAPoolEndOrStartAnew) {
  const auto once = pool({"a", "b"}, Pool::Repeat::once);
  EXPECT_EQ(once->next(), "a");
  EXPECT_EQ(once->next(), "b");
  EXPECT_EQ(once->next(), "");
  once->rewind();
  EXPECT_EQ(once->next(), "a");
  EXPECT_EQ(once->expected().status, 304);

  const auto for_ever = pool({"a", "b"}, Pool::Repeat::for_ever);
  std::string all;
  for (int i = 0; i < 5; ++i) all += for_ever->next();
  EXPECT_EQ(all, "ababa");
  EXPECT_EQ(pool({}, Pool::Repeat::for_ever)->next(), "");
}

TEST(Requests, AreMixedInTheirProportion) {
  Mixed mixed(pool({"o"}, Pool::Repeat::for_ever), 3, pool({"s"}, Pool::Repeat::for_ever));
  std::string all;
  for (int i = 0; i < 8; ++i) all += mixed.next();
  EXPECT_EQ(all, "ooosooos");
}

TEST(Requests, ForNewAssociationsGoToEveryLocation) {
  const auto locations = location_ids(7, 3);
  EXPECT_EQ(locations, (std::vector<std::string>{location_id(7), location_id(8), location_id(9)}));
  NewAssociations requests(1, locations, IdOrder::time);
  std::vector<int> seen(locations.size());
  for (int i = 0; i < 300; ++i) {
    const std::string_view request = requests.next();
    for (std::size_t k = 0; k < locations.size(); ++k) seen[k] += request.find(locations[k]) != std::string_view::npos ? 1 : 0;
  }
  EXPECT_EQ(seen[0] + seen[1] + seen[2], 300);
  for (const int count : seen) EXPECT_GT(count, 50);
}

}  // namespace
}  // namespace ledger::bench::requests_test
