// The filter of associations.
#include "domain/association.h"

#include <gtest/gtest.h>

namespace ledger::association_test {
namespace {

Association buyer_to_property() {
  Definition definition;
  definition.key = "buyer_property";
  definition.association_type = "USER_DEFINED";
  definition.first_object_key = "contact";
  definition.second_object_key = "custom_objects.property";
  Association association;
  association.state.definition = definition;
  return association;
}

Association deleted(Association association) {
  association.state.deleted_at = Timestamp{};
  return association;
}

TEST(AssociationFilter, ShowsOnlyActiveAssociationsByDefault) {
  EXPECT_TRUE(AssociationFilter{}.matches(buyer_to_property()));
  EXPECT_FALSE(AssociationFilter{}.matches(deleted(buyer_to_property())));
}

TEST(AssociationFilter, SelectsByStatus) {
  AssociationFilter filter;
  filter.status = StatusFilter::deleted;
  EXPECT_FALSE(filter.matches(buyer_to_property()));
  EXPECT_TRUE(filter.matches(deleted(buyer_to_property())));
  filter.status = StatusFilter::all;
  EXPECT_TRUE(filter.matches(buyer_to_property()));
  EXPECT_TRUE(filter.matches(deleted(buyer_to_property())));
}

TEST(AssociationFilter, SelectsByKey) {
  AssociationFilter filter;
  filter.key = "buyer_property";
  EXPECT_TRUE(filter.matches(buyer_to_property()));
  filter.key = "buyer";
  EXPECT_FALSE(filter.matches(buyer_to_property()));
}

TEST(AssociationFilter, FindsAnObjectKeyOnEitherSide) {
  AssociationFilter filter;
  filter.object_key = "contact";
  EXPECT_TRUE(filter.matches(buyer_to_property()));
  filter.object_key = "custom_objects.property";
  EXPECT_TRUE(filter.matches(buyer_to_property()));
  filter.object_key = "business";
  EXPECT_FALSE(filter.matches(buyer_to_property()));
}

TEST(AssociationFilter, SelectsByAssociationType) {
  AssociationFilter filter;
  filter.association_type = "USER_DEFINED";
  EXPECT_TRUE(filter.matches(buyer_to_property()));
  filter.association_type = "SYSTEM_DEFINED";
  EXPECT_FALSE(filter.matches(buyer_to_property()));
}

TEST(AssociationFilter, SelectsById) {
  Association association = buyer_to_property();
  association.key.id = AssociationId("a/b");
  AssociationFilter filter;
  filter.id = AssociationId("a/b");
  EXPECT_TRUE(filter.matches(association));
  EXPECT_FALSE(filter.matches(deleted(association))) << "other conditions hold too";
  filter.id = AssociationId("a");
  EXPECT_FALSE(filter.matches(association));
}

TEST(AssociationFilter, MatchesNoUnknownFieldAgainstAValueNotEvenTheEmptyOne) {
  AssociationFilter by_key;
  by_key.key = "";
  AssociationFilter by_object_key;
  by_object_key.object_key = "";
  EXPECT_FALSE(by_key.matches(Association{}));
  EXPECT_FALSE(by_object_key.matches(Association{}));
}

TEST(AssociationFilter, AsksForAllConditionsAtOnce) {
  AssociationFilter filter;
  filter.key = "buyer_property";
  filter.object_key = "contact";
  filter.association_type = "USER_DEFINED";
  EXPECT_TRUE(filter.matches(buyer_to_property()));
  EXPECT_FALSE(filter.matches(deleted(buyer_to_property())));
  filter.association_type = "SYSTEM_DEFINED";
  EXPECT_FALSE(filter.matches(buyer_to_property()));
}

}  // namespace
}  // namespace ledger::association_test
