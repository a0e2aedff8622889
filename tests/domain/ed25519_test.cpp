// Tests of Ed25519: the vectors of RFC 8032, those in which libraries are known to differ, and damaged signatures.
#include "domain/ed25519.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace ledger::ed25519_test {
namespace {

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t at = 0; at < hex.size(); at += 2) bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16)));
  return bytes;
}

std::optional<Ed25519Key> key_from(std::string_view hex) {
  Ed25519Key::Encoded encoded{};
  const std::string bytes = from_hex(hex);
  EXPECT_EQ(bytes.size(), encoded.size());
  std::copy_n(bytes.begin(), std::min(bytes.size(), encoded.size()), encoded.begin());
  return Ed25519Key::from_encoded(encoded);
}

struct Vector {
  std::string_view name;
  std::string_view key;
  std::string_view message;
  std::string_view signature;
};

bool is_right(const Vector& vector) {
  const auto key = key_from(vector.key);
  EXPECT_TRUE(key) << vector.name;
  return key && key->verify(from_hex(vector.message), from_hex(vector.signature));
}

/// Section 7.1 of the RFC, tests 1 to 3 and the last.
constexpr std::array<Vector, 4> kRfc8032 = {{
    {"test 1", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"test 2", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"test 3", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
    {"test SHA(abc)", "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"},
}};

TEST(Ed25519, VerifiesTheVectorsOfItsRfc) {
  for (const Vector& vector : kRfc8032) EXPECT_TRUE(is_right(vector)) << vector.name;
}

TEST(Ed25519, FailsOnAnyFlippedBit) {
  for (const Vector& vector : kRfc8032) {
    const auto key = key_from(vector.key);
    ASSERT_TRUE(key);
    const std::string message = from_hex(vector.message);
    std::string signature = from_hex(vector.signature);
    for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
      const auto flip = [&] { signature[bit / 8] = static_cast<char>(static_cast<unsigned char>(signature[bit / 8]) ^ (1U << bit % 8)); };
      flip();
      EXPECT_FALSE(key->verify(message, signature)) << vector.name << ", bit " << bit;
      flip();
    }
    EXPECT_FALSE(key->verify(message + '\0', signature)) << vector.name;
  }
}

TEST(Ed25519, FailsWithTheKeyOfAnother) {
  EXPECT_FALSE(is_right({"keys exchanged", kRfc8032[0].key, kRfc8032[1].message, kRfc8032[1].signature}));
}

TEST(Ed25519, FailsOnAnotherLength) {
  const auto key = key_from(kRfc8032[0].key);
  const std::string signature = from_hex(kRfc8032[0].signature);
  EXPECT_FALSE(key->verify("", ""));
  EXPECT_FALSE(key->verify("", signature.substr(0, 63)));
  EXPECT_FALSE(key->verify("", signature + '\0'));
}

// What follows is of Chalkias, Garillot and Nikolaenko, "Taming the many EdDSAs" (2020), table 5: S beyond the order, and R not as it is encoded.
TEST(Ed25519, TakesOneEncodingOfASignature) {
  constexpr std::string_view kKey = "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623";
  constexpr std::string_view kMessage = "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40";
  constexpr std::string_view kMixedKey = "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43";
  constexpr std::string_view kMixedMessage = "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41";
  const std::array<Vector, 4> vectors = {{
      {"6: S above L", kKey, kMessage,
       "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514"},
      {"7: S far above L", kKey, kMessage,
       "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22"},
      {"8: R above p, reduced where it is hashed", kMixedKey, kMixedMessage,
       "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff03be9678ac102edcd92b0210bb34d7428d12ffc5df5f37e359941266a4e35f0f"},
      {"9: R above p, hashed as it is", kMixedKey, kMixedMessage,
       "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffca8c5b64cd208982aa38d4936621a4775aa233aa0505711d8fdcfdaa943d4908"},
  }};
  for (const Vector& vector : vectors) EXPECT_FALSE(is_right(vector)) << vector.name;
}

// Of the same table. Only who has the private key can make these; the RFC's equation, with its factor of 8, has them right.
TEST(Ed25519, AsksTheEquationWithItsCofactor) {
  constexpr std::string_view kKey = "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d";
  constexpr std::string_view kMessage = "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c";
  const std::array<Vector, 3> vectors = {{
      {"3: right without the factor as well", kKey, "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
       "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009"},
      {"4: right with it only", kKey, kMessage,
       "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09"},
      {"5: the same, R of the group's order", kKey, kMessage,
       "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405"},
  }};
  for (const Vector& vector : vectors) EXPECT_TRUE(is_right(vector)) << vector.name;
}

TEST(Ed25519, RefusesKeysForWhichAnybodyCanSign) {
  // The eight points of small order: 1, 2, 4, 4, 8, 8, 8, 8.
  for (const std::string_view hex :
       {"0100000000000000000000000000000000000000000000000000000000000000", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000", "0000000000000000000000000000000000000000000000000000000000000080",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"}) {
    EXPECT_FALSE(key_from(hex)) << hex;
  }
}

TEST(Ed25519, RefusesKeysThatAreNoPointOrNotEncodedAsOne) {
  EXPECT_FALSE(key_from("0200000000000000000000000000000000000000000000000000000000000000")) << "no x for this y";
  EXPECT_FALSE(key_from("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")) << "minus 0";
  EXPECT_FALSE(key_from("f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")) << "y = p + 3";
}

TEST(Ed25519, SurvivesAMove) {
  auto key = key_from(kRfc8032[0].key);
  Ed25519Key moved = *std::move(key);
  EXPECT_TRUE(moved.verify("", from_hex(kRfc8032[0].signature)));
  moved = *key_from(kRfc8032[1].key);
  EXPECT_TRUE(moved.verify("r", from_hex(kRfc8032[1].signature)));
}

}  // namespace
}  // namespace ledger::ed25519_test
