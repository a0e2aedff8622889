// Versions of locations: when an answer may be remembered, and until when.
#include "storage/sqlite/location_versions.h"

#include <gtest/gtest.h>

namespace ledger::storage::location_versions_test {
namespace {

using Change = LocationVersions::Change;

const LocationId kLocation("L");
const LocationId kOther("M");

TEST(LocationVersions, StayWhileNothingChanges) {
  const LocationVersions versions;
  ASSERT_TRUE(versions.current(kLocation));
  EXPECT_EQ(versions.current(kLocation), versions.current(kLocation));
}

TEST(LocationVersions, GiveNothingToRememberUnderWhileAChangeIsUnderWay) {
  LocationVersions versions;
  Change change(versions);
  EXPECT_TRUE(versions.current(kLocation));
  change.mark(kLocation);
  EXPECT_FALSE(versions.current(kLocation));
  EXPECT_TRUE(versions.current(kOther));
}

TEST(LocationVersions, AreNewAfterAChange) {
  LocationVersions versions;
  const auto before = versions.current(kLocation);
  const auto other = versions.current(kOther);
  {
    Change change(versions);
    change.mark(kLocation);
  }
  ASSERT_TRUE(versions.current(kLocation));
  EXPECT_NE(versions.current(kLocation), before);
  EXPECT_EQ(versions.current(kOther), other);
}

TEST(LocationVersions, SettleALocationThatWasMarkedTwice) {
  LocationVersions versions;
  const auto before = versions.current(kLocation);
  {
    Change change(versions);
    change.mark(kLocation);
    change.mark(kLocation);
    EXPECT_FALSE(versions.current(kLocation));
  }
  ASSERT_TRUE(versions.current(kLocation));
  EXPECT_NE(versions.current(kLocation), before);
}

TEST(LocationVersions, StayWhereAChangeMarkedNothing) {
  LocationVersions versions;
  const auto before = versions.current(kLocation);
  { const Change change(versions); }
  EXPECT_EQ(versions.current(kLocation), before);
}

}  // namespace
}  // namespace ledger::storage::location_versions_test
