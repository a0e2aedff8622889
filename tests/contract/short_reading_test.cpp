// Short questions: each store answers them on the calling thread as it answers them by callback.
#include "tests/contract/backends.h"
#include "tests/support/describe.h"

#include <gtest/gtest.h>

#include <memory>

namespace ledger::test::short_reading_test {
namespace {

class ShortReading : public EventStoreContract {
 protected:
  std::unique_ptr<ShortReader> reader_ = opened_->store().open_short_reader().value();
};
INSTANTIATE_TEST_SUITE_P(Stores, ShortReading, testing::ValuesIn(backends()),
                         [](const testing::TestParamInfo<Backend>& backend) { return backend.param.name; });

TEST_P(ShortReading, SeesAllThatWasAcknowledged) {
  EXPECT_EQ(reader_->head().value(), Sequence(0));
  EXPECT_EQ(reader_->find_association(key("L", "a")).error().reason, "association-not-found");
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'L'}")));
  EXPECT_EQ(reader_->head().value(), Sequence(1));
  EXPECT_EQ(describe(reader_->find_association(key("L", "a"))), describe(store_.find_association(key("L", "a"))));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationDelete','id':'a','locationId':'L'}")));
  EXPECT_TRUE(reader_->find_association(key("L", "a"))->is_deleted());
}

TEST_P(ShortReading, FindsOneEvent) {
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'L'}")));
  EXPECT_EQ(reader_->find_event(Sequence(1))->delivery.body, store_.find_event(Sequence(1))->delivery.body);
  EXPECT_EQ(reader_->find_event(Sequence(2)).error().reason, "event-not-found");
}

TEST_P(ShortReading, ListsTheAssociationsOfALocation) {
  for (const char* body : {"{'type':'AssociationCreate','id':'a','locationId':'L'}", "{'type':'AssociationCreate','id':'b','locationId':'L'}",
                           "{'type':'AssociationDelete','id':'a','locationId':'L'}", "{'type':'AssociationCreate','id':'c','locationId':'M'}"}) {
    ASSERT_TRUE(store_.append(event(body)));
  }
  for (const char* location : {"L", "M", "nowhere"}) {
    AssociationQuery query;
    query.location = LocationId(location);
    EXPECT_EQ(describe(reader_->list_associations(query)), describe(store_.list_associations(query))) << location;
  }
}

TEST_P(ShortReading, NamesThePrefixThatAPageWouldShow) {
  const Timestamp noon = clock_.now();
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'L'}")));
  clock_.advance(std::chrono::seconds(1));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'M'}")));
  const LocationId location("L");
  EXPECT_EQ(reader_->resolve(location, Latest{}).value(), Sequence(1));
  EXPECT_EQ(reader_->resolve(LocationId("nowhere"), Latest{}).value(), Sequence(0));
  EXPECT_EQ(reader_->resolve(location, Sequence(2)).value(), Sequence(2));
  EXPECT_EQ(reader_->resolve(location, noon).value(), Sequence(1));
  EXPECT_EQ(reader_->resolve(location, Sequence(3)).error().reason, "as-of-in-future");
  EXPECT_EQ(reader_->resolve(location, noon - std::chrono::seconds(1)).error().reason, "as-of-before-log");
}

TEST_P(ShortReading, ALogKeepsItsIdentityWhateverIsRecorded) {
  const std::string identity = opened_->store().log_identity();
  EXPECT_FALSE(identity.empty());
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'L'}")));
  EXPECT_EQ(opened_->store().log_identity(), identity);
}

}  // namespace
}  // namespace ledger::test::short_reading_test
