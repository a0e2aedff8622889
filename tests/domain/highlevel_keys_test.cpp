// The built-in keys are the published ones, by the fingerprints that the openssl command prints.
#include "domain/highlevel_keys.h"

#include "domain/signature_policy.h"

#include <gtest/gtest.h>

namespace ledger::highlevel_keys_test {
namespace {

// openssl pkey -pubin -in FILE -outform DER | sha256sum
TEST(HighLevelKeys, HoldThePublishedEd25519Key) {
  const auto key = PublicKey::from_pem(highlevel_ed25519_pem());
  ASSERT_TRUE(key) << key.error().detail;
  EXPECT_EQ(key->scheme(), SignatureScheme::ed25519);
  EXPECT_EQ(key->id(), KeyId{"5a2c1b2749d3efcc233fb27d4ab43d56b8d20818c42cd226f6c9a3ff20d3097c"});
  EXPECT_EQ(key->signature_bytes(), 64U);
}

TEST(HighLevelKeys, HoldThePublishedRsaKey) {
  const auto key = PublicKey::from_pem(highlevel_rsa_pem());
  ASSERT_TRUE(key) << key.error().detail;
  EXPECT_EQ(key->scheme(), SignatureScheme::rsa_pkcs1_sha256);
  EXPECT_EQ(key->id(), KeyId{"2f62045d413b1b7747e26770ce7f57840cbf86288cd20ceb90d299a62501fd25"});
  EXPECT_EQ(key->signature_bytes(), 512U);
}

}  // namespace
}  // namespace ledger::highlevel_keys_test
