// A cache with a bound.
#include "storage/bounded_cache.h"

#include <gtest/gtest.h>

#include <string>

namespace ledger::storage::bounded_cache_test {
namespace {

TEST(BoundedCache, FindsWhatWasPut) {
  BoundedCache<std::string, int> cache(2);
  EXPECT_EQ(cache.find("a"), nullptr);
  cache.put("a", 1);
  ASSERT_NE(cache.find("a"), nullptr);
  EXPECT_EQ(*cache.find("a"), 1);
  EXPECT_EQ(cache.find("b"), nullptr);
}

TEST(BoundedCache, ForgetsEverythingWhenOneMoreComes) {
  BoundedCache<int, int> cache(2);
  cache.put(1, 1);
  cache.put(2, 2);
  EXPECT_NE(cache.find(1), nullptr) << "at the bound";
  cache.put(3, 3);
  EXPECT_EQ(cache.find(1), nullptr);
  EXPECT_EQ(cache.find(2), nullptr);
  EXPECT_NE(cache.find(3), nullptr);
}

TEST(BoundedCache, ForgetsEverythingWhenCleared) {
  BoundedCache<int, int> cache(2);
  cache.put(1, 1);
  cache.clear();
  EXPECT_EQ(cache.find(1), nullptr);
}

}  // namespace
}  // namespace ledger::storage::bounded_cache_test
