// What the ledger accepts as a signature, the openssl command accepts, too: an auditor needs nothing of ours to check a delivery.
#include "tests/e2e/service.h"
#include "tests/support/ed25519_vectors.h"
#include "tests/support/temp_directory.h"

#include "domain/base64.h"
#include "domain/signature_policy.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

namespace ledger::test::openssl_test {
namespace {

std::string pem_of(std::string_view key) {
  const std::string der = from_hex("302a300506032b6570032100") + std::string(key);  // RFC 8410, section 4.
  return "-----BEGIN PUBLIC KEY-----\n" + base64_encode(der) + "\n-----END PUBLIC KEY-----\n";
}

bool ledger_accepts(const std::string& pem, const std::string& message, const std::string& signature) {
  const auto key = PublicKey::from_pem(pem);
  return key && key->verify(message, signature);
}

bool openssl_accepts(const std::string& pem, const std::string& message, const std::string& signature) {
  const TempDirectory directory;
  std::ofstream(directory.file("key.pem")) << pem;
  std::ofstream(directory.file("message"), std::ios::binary) << message;
  std::ofstream(directory.file("signature"), std::ios::binary) << signature;
  const ToolResult result = run_tool("openssl", {"pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", directory.file("key.pem"), "-in",
                                                 directory.file("message"), "-sigfile", directory.file("signature")});
  return result.end.exit_code == 0;
}

TEST(OpenSslCommand, AcceptsEveryEd25519SignatureThatTheLedgerAccepts) {
  if (run_tool("openssl", {"version"}).end.exit_code != 0) GTEST_SKIP() << "the openssl command is not installed";
  std::vector<Ed25519Vector> vectors(kRfc8032Vectors.begin() + 1, kRfc8032Vectors.end());  // The command takes no empty message.
  vectors.insert(vectors.end(), kEdgeVectors.begin(), kEdgeVectors.end());
  int accepted = 0;
  for (const Ed25519Vector& vector : vectors) {
    const std::string pem = pem_of(from_hex(vector.key));
    const std::string message = from_hex(vector.message);
    const std::string signature = from_hex(vector.signature);
    if (!ledger_accepts(pem, message, signature)) continue;
    EXPECT_TRUE(openssl_accepts(pem, message, signature)) << vector.name;
    ++accepted;
  }
  EXPECT_EQ(accepted, 3) << "those of the RFC";
}

}  // namespace
}  // namespace ledger::test::openssl_test
