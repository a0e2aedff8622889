// Ed25519 against the vectors of RFC 8032, those in which libraries are known to differ, and damaged signatures.
#include "domain/ed25519.h"

#include "tests/support/ed25519_vectors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace ledger::ed25519_test {
namespace {

using test::Ed25519Vector;
using test::from_hex;
using test::kRfc8032Vectors;

Ed25519PublicKey key_from(std::string_view hex) {
  Ed25519PublicKey key{};
  const std::string bytes = from_hex(hex);
  EXPECT_EQ(bytes.size(), key.size());
  std::copy_n(bytes.begin(), std::min(bytes.size(), key.size()), key.begin());
  return key;
}

bool is_accepted(const Ed25519Vector& vector) {
  const Ed25519PublicKey key = key_from(vector.key);
  return is_sound_ed25519_key(key) && verify_ed25519(key, from_hex(vector.message), from_hex(vector.signature));
}

TEST(Ed25519, VerifiesTheVectorsOfItsRfc) {
  for (const Ed25519Vector& vector : kRfc8032Vectors) EXPECT_TRUE(is_accepted(vector)) << vector.name;
}

TEST(Ed25519, RefusesEveryVectorInWhichLibrariesDiffer) {
  for (const Ed25519Vector& vector : test::kEdgeVectors) EXPECT_FALSE(is_accepted(vector)) << vector.name;
}

TEST(Ed25519, RefusesAnyFlippedBit) {
  for (const Ed25519Vector& vector : kRfc8032Vectors) {
    const Ed25519PublicKey key = key_from(vector.key);
    const std::string message = from_hex(vector.message);
    std::string signature = from_hex(vector.signature);
    for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
      const auto flip = [&] { signature[bit / 8] = static_cast<char>(static_cast<unsigned char>(signature[bit / 8]) ^ (1U << bit % 8)); };
      flip();
      EXPECT_FALSE(verify_ed25519(key, message, signature)) << vector.name << ", bit " << bit;
      flip();
    }
    EXPECT_FALSE(verify_ed25519(key, message + '\0', signature)) << vector.name;
  }
}

TEST(Ed25519, RefusesTheSignatureOfAnotherKey) {
  EXPECT_FALSE(is_accepted({"keys exchanged", kRfc8032Vectors[0].key, kRfc8032Vectors[1].message, kRfc8032Vectors[1].signature}));
}

TEST(Ed25519, RefusesAnotherLength) {
  const Ed25519PublicKey key = key_from(kRfc8032Vectors[0].key);
  const std::string signature = from_hex(kRfc8032Vectors[0].signature);
  EXPECT_FALSE(verify_ed25519(key, "", ""));
  EXPECT_FALSE(verify_ed25519(key, "", signature.substr(0, 63)));
  EXPECT_FALSE(verify_ed25519(key, "", signature + '\0'));
}

TEST(Ed25519, RefusesKeysForWhichAnybodyCanSign) {
  // The eight points of small order: 1, 2, 4, 4, 8, 8, 8, 8.
  for (const std::string_view hex :
       {"0100000000000000000000000000000000000000000000000000000000000000", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000", "0000000000000000000000000000000000000000000000000000000000000080",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"}) {
    EXPECT_FALSE(is_sound_ed25519_key(key_from(hex))) << hex;
  }
}

TEST(Ed25519, RefusesKeysThatAreNoPointOfTheGroup) {
  EXPECT_FALSE(is_sound_ed25519_key(key_from("0200000000000000000000000000000000000000000000000000000000000000"))) << "no x for this y";
  EXPECT_FALSE(is_sound_ed25519_key(key_from("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"))) << "minus 0";
  EXPECT_FALSE(is_sound_ed25519_key(key_from("f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"))) << "y = p + 3";
  EXPECT_FALSE(is_sound_ed25519_key(key_from("cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d"))) << "mixed order";
}

}  // namespace
}  // namespace ledger::ed25519_test
