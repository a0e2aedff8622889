// Addresses as people write them, and which of them stay on this machine.
#include "server/http/endpoint.h"

#include <gtest/gtest.h>

namespace ledger::endpoint_test {
namespace {

using server::Endpoint;
using server::is_loopback;
using server::parse_endpoint;

TEST(Endpoint, ReadsBothFamilies) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:8080").value(), (Endpoint{"127.0.0.1", 8080}));
  EXPECT_EQ(parse_endpoint("[::1]:0").value(), (Endpoint{"::1", 0}));
  EXPECT_EQ(parse_endpoint("0.0.0.0:65535").value(), (Endpoint{"0.0.0.0", 65535}));
}

TEST(Endpoint, RefusesAnythingElse) {
  for (const char* const text : {"", ":", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:x",
                                 "127.0.0.1:80 ", "::1:80", "[::1]", "[127.0.0.1]:80", "localhost:80", "127.0.0:80", "[::1:80"}) {
    const Result<Endpoint> endpoint = parse_endpoint(text);
    ASSERT_FALSE(endpoint) << text;
    EXPECT_EQ(endpoint.error().reason, "invalid-endpoint");
  }
}

TEST(Endpoint, IsWrittenAsItIsRead) {
  for (const char* const text : {"127.0.0.1:8080", "[::1]:8080"}) EXPECT_EQ(to_string(parse_endpoint(text).value()), text);
}

TEST(IsLoopback, KnowsAllFormsOfLoopbackAndNothingElse) {
  for (const char* const address : {"127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"}) EXPECT_TRUE(is_loopback(address)) << address;
  for (const char* const address : {"0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "::ffff:10.0.0.1", "localhost", ""})
    EXPECT_FALSE(is_loopback(address)) << address;
}

}  // namespace
}  // namespace ledger::endpoint_test
