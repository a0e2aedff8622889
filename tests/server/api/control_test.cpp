// Who reaches the quarantine, and how.
#include "server/api/control.h"

#include "tests/server/api/api_fixture.h"

#include <gtest/gtest.h>

#include <new>

namespace ledger::control_test {
namespace {

struct ControlTest : testing::Test, test::ApiFixture {
  server::Control control{store, counters};
  test::Answering client{control, store.open_short_reader().value()};
};

TEST_F(ControlTest, ServesTheQuarantineAndNothingElse) {
  EXPECT_EQ(client.get("/v1/quarantine").status, 200);
  EXPECT_EQ(client.get("/v1/quarantine/1").status, 404);
  for (const char* target : {"/v1/events", "/v1/locations", "/livez", "/webhooks/highlevel"}) EXPECT_EQ(client.get(target).status, 404) << target;
  EXPECT_EQ(api_client.get("/v1/quarantine").status, 404) << "not for the network";
}

// A prefetched link must not admit anything.
TEST_F(ControlTest, DecidesOnlyWhenItIsPosted) {
  for (const char* target : {"/v1/quarantine/1/admit", "/v1/quarantine/1/dismiss"}) {
    EXPECT_EQ(client.get(target).status, 405) << target;
    EXPECT_EQ(client.post({}, target).reason, "quarantined-not-found") << target;
  }
}

TEST_F(ControlTest, TellsAClientOfADefectWithoutDetails) {
  const server::Response failed = control.failed({});
  EXPECT_EQ(failed.status, 500);
  EXPECT_EQ(failed.reason, "internal-error");
}

}  // namespace
}  // namespace ledger::control_test
