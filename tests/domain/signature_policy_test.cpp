// Public keys, and the decision whether a delivery is authentic.
#include "domain/signature_policy.h"

#include "domain/base64.h"
#include "tests/support/signing_key.h"

#include <gtest/gtest.h>

#include <utility>

namespace ledger::signature_policy_test {
namespace {

using test::SigningKey;

constexpr std::string_view kBody = R"({"id":"1","locationId":"2"})";

/// The tests share their RSA keys, because generating one is slow.
const SigningKey& rsa_key() {
  static const SigningKey key = SigningKey::rsa(2048);
  return key;
}
const SigningKey& ed25519_key() {
  static const SigningKey key = SigningKey::ed25519();
  return key;
}

PublicKey public_part(const SigningKey& key) {
  return PublicKey::from_pem(key.public_pem()).value();
}

template <class... Keys>
SignaturePolicy policy(UnsignedDeliveries unsigned_deliveries, const Keys&... keys) {
  std::vector<PublicKey> parts;
  (parts.push_back(public_part(keys)), ...);
  return {std::move(parts), unsigned_deliveries};
}

SignatureHeaders current(std::string value) {
  return {{std::move(value)}, {}};
}
SignatureHeaders legacy(std::string value) {
  return {{}, {std::move(value)}};
}
std::string signed_by(const SigningKey& key, std::string_view body = kBody) {
  return base64_encode(key.sign(body));
}

/// "unsigned", the scheme of the accepted signature, or the reason of the refusal.
std::string_view verdict(const SignaturePolicy& policy, const SignatureHeaders& headers, std::string_view body = kBody) {
  const auto signature = policy.authenticate(headers, body);
  if (!signature) {
    EXPECT_EQ(signature.error().code, Errc::unauthenticated);
    return signature.error().reason;
  }
  return *signature ? name((*signature)->scheme) : "unsigned";
}

TEST(PublicKey, VerifiesEd25519OverExactlyTheBody) {
  const PublicKey key = public_part(ed25519_key());
  const std::string signature = ed25519_key().sign(kBody);
  EXPECT_EQ(key.scheme(), SignatureScheme::ed25519);
  EXPECT_EQ(key.signature_bytes(), 64U);
  EXPECT_TRUE(key.verify(kBody, signature));
  EXPECT_FALSE(key.verify(std::string(kBody) + "\n", signature));
  EXPECT_FALSE(key.verify(kBody, ed25519_key().sign("{}")));
}

TEST(PublicKey, VerifiesRsaOverExactlyTheBody) {
  const PublicKey key = public_part(rsa_key());
  const std::string signature = rsa_key().sign(kBody);
  EXPECT_EQ(key.scheme(), SignatureScheme::rsa_pkcs1_sha256);
  EXPECT_EQ(key.signature_bytes(), 256U);
  EXPECT_TRUE(key.verify(kBody, signature));
  EXPECT_FALSE(key.verify(kBody.substr(1), signature));
}

TEST(PublicKey, VerifiesBodiesThatAreEmptyOrHoldNul) {
  const PublicKey key = public_part(ed25519_key());
  const std::string_view body{"\0{}", 3};
  EXPECT_TRUE(key.verify("", ed25519_key().sign("")));
  EXPECT_TRUE(key.verify(body, ed25519_key().sign(body)));
  EXPECT_FALSE(key.verify("", ed25519_key().sign(body)));
}

TEST(PublicKey, FailsOnEachFlippedBitOfASignature) {
  const PublicKey key = public_part(ed25519_key());
  const std::string signature = ed25519_key().sign(kBody);
  for (std::size_t bit = 0; bit < 8 * signature.size(); ++bit) {
    std::string wrong = signature;
    wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(key.verify(kBody, wrong)) << bit;
  }
}

TEST(PublicKey, FailsOnASignatureOfAnotherLength) {
  const PublicKey key = public_part(ed25519_key());
  const std::string signature = ed25519_key().sign(kBody);
  EXPECT_FALSE(key.verify(kBody, ""));
  EXPECT_FALSE(key.verify(kBody, signature.substr(0, 63)));
  EXPECT_FALSE(key.verify(kBody, signature + "x"));
}

TEST(PublicKey, HasOneIdHoweverItsFileIsWrapped) {
  const std::string pem = ed25519_key().public_pem();
  std::string wrapped = "\r\n ";
  for (const char character : pem) wrapped += character == '\n' ? std::string("\r\n") : std::string(1, character);
  EXPECT_EQ(PublicKey::from_pem(wrapped).value().id(), PublicKey::from_pem(pem).value().id());
  EXPECT_NE(public_part(ed25519_key()).id(), public_part(rsa_key()).id());
}

TEST(PublicKey, SurvivesAMove) {
  PublicKey key = public_part(ed25519_key());
  const PublicKey moved = std::move(key);
  EXPECT_TRUE(moved.verify(kBody, ed25519_key().sign(kBody)));
}

std::string from_pem_detail(std::string_view pem) {
  const auto key = PublicKey::from_pem(pem);
  if (key) return "read";
  EXPECT_EQ(key.error().code, Errc::invalid_request);
  EXPECT_EQ(key.error().reason, "invalid-public-key");
  return key.error().detail;
}

TEST(PublicKeyPem, IsRefusedWhenItHoldsAPrivateKey) {
  EXPECT_EQ(from_pem_detail(ed25519_key().private_pem()), "This is a private key; only its public key belongs here.");
  EXPECT_EQ(from_pem_detail(ed25519_key().public_pem() + ed25519_key().private_pem()), "This is a private key; only its public key belongs here.");
}

TEST(PublicKeyPem, IsRefusedWhenASecondKeyFollows) {
  EXPECT_EQ(from_pem_detail(ed25519_key().public_pem() + rsa_key().public_pem()), "Something follows the key: one PEM block holds one key.");
}

TEST(PublicKeyPem, IsRefusedWithAnotherAlgorithm) {
  // A P-256 key, made by the openssl command.
  constexpr std::string_view kEllipticCurve =
      "-----BEGIN PUBLIC KEY-----\n"
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8KCCe0Udsr9z8jkURjmBZNVXMBad\n"
      "+LvMbxO4I8rTS0ErOBRC2hy5Fh7nGzORcK0UkUreQrt77X3Q27ItUbPzRw==\n"
      "-----END PUBLIC KEY-----\n";
  EXPECT_EQ(from_pem_detail(kEllipticCurve), "The key's algorithm is neither Ed25519 nor RSA.");
}

TEST(PublicKeyPem, IsRefusedWhenAnybodyCanSignForItsEd25519Key) {
  const std::string algorithm = base64_decode("MCowBQYDK2VwAyEA").value();
  const auto block = [&algorithm](const std::string& key) {
    return "-----BEGIN PUBLIC KEY-----\n" + base64_encode(algorithm + key) + "\n-----END PUBLIC KEY-----\n";
  };
  constexpr std::string_view kRefusal = "The Ed25519 key is not a point of its curve, or one for which anybody can sign.";
  EXPECT_EQ(from_pem_detail(block('\x01' + std::string(31, '\0'))), kRefusal) << "the neutral point";
  EXPECT_EQ(from_pem_detail(block('\x02' + std::string(31, '\0'))), kRefusal) << "no point";
}

TEST(PublicKeyPem, IsRefusedWhenItsRsaKeyIsShort) {
  EXPECT_EQ(from_pem_detail(SigningKey::rsa(1024).public_pem()), "The RSA key has less than 2048 or more than 8192 bits.");
}

TEST(PublicKeyPem, IsRefusedWhenItIsGarbage) {
  const std::string pem = ed25519_key().public_pem();
  std::string damaged = pem;
  damaged[pem.find("MC")] = '*';
  for (const std::string& text : {std::string(), std::string("garbage"), "comment\n" + pem, pem + "comment", damaged, pem.substr(0, pem.size() / 2),
                                  std::string(20'000, 'x'), std::string("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"),
                                  std::string("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
                                  std::string("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")}) {
    EXPECT_NE(from_pem_detail(text), "read") << text;
  }
}

TEST(PublicKeyPem, IsRefusedWhenBytesFollowInsideItsBlock) {
  std::string der = base64_decode("MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=").value();
  const auto block = [](const std::string& bytes) { return "-----BEGIN PUBLIC KEY-----\n" + base64_encode(bytes) + "\n-----END PUBLIC KEY-----\n"; };
  EXPECT_EQ(from_pem_detail(block(der)), "read");
  EXPECT_EQ(from_pem_detail(block(der + '\0')), "Something follows the key inside its PEM block.");
}

TEST(SignaturePolicy, NamesTheKeyAndKeepsTheRawSignature) {
  const auto signature = policy(UnsignedDeliveries::refuse, ed25519_key()).authenticate(current(signed_by(ed25519_key())), kBody);
  ASSERT_TRUE(signature && *signature);
  EXPECT_EQ(**signature, (Signature{SignatureScheme::ed25519, public_part(ed25519_key()).id(), ed25519_key().sign(kBody)}));
}

TEST(SignaturePolicy, AcceptsTheLegacyHeaderOnlyWithAnRsaKey) {
  const SignatureHeaders headers = legacy(signed_by(rsa_key()));
  EXPECT_EQ(verdict(policy(UnsignedDeliveries::refuse, ed25519_key(), rsa_key()), headers), "rsa-pkcs1-sha256");
  EXPECT_EQ(verdict(policy(UnsignedDeliveries::refuse, ed25519_key()), headers), "signature-missing");
}

TEST(SignaturePolicy, NeverRescuesAWrongCurrentHeaderByTheLegacyOne) {
  const SignaturePolicy both = policy(UnsignedDeliveries::refuse, ed25519_key(), rsa_key());
  const std::string good_rsa = signed_by(rsa_key());
  EXPECT_EQ(verdict(both, {{signed_by(SigningKey::ed25519())}, {good_rsa}}), "signature-wrong");
  EXPECT_EQ(verdict(both, {{"nonsense"}, {good_rsa}}), "signature-malformed");
  EXPECT_EQ(verdict(both, {{""}, {good_rsa}}), "signature-malformed");
}

TEST(SignaturePolicy, DoesNotLookAtTheLegacyHeaderBesideAGoodCurrentOne) {
  const SignaturePolicy both = policy(UnsignedDeliveries::refuse, ed25519_key(), rsa_key());
  EXPECT_EQ(verdict(both, {{signed_by(ed25519_key())}, {"nonsense", "twice"}}), "ed25519");
}

TEST(SignaturePolicy, TakesTheLiteralNotApplicableForAbsent) {
  const SignaturePolicy both = policy(UnsignedDeliveries::refuse, ed25519_key(), rsa_key());
  EXPECT_EQ(verdict(both, {{"N/A"}, {signed_by(rsa_key())}}), "rsa-pkcs1-sha256");
  EXPECT_EQ(verdict(both, {{signed_by(ed25519_key())}, {"N/A"}}), "ed25519");
  EXPECT_EQ(verdict(both, {{" N/A "}, {"N/A"}}), "signature-missing");
  EXPECT_EQ(verdict(both, current("n/a")), "signature-malformed");
}

TEST(SignaturePolicy, RefusesAHeaderThatOccursTwice) {
  const std::string good = signed_by(ed25519_key());
  const SignaturePolicy both = policy(UnsignedDeliveries::refuse, ed25519_key(), rsa_key());
  EXPECT_EQ(verdict(both, {{good, good}, {}}), "signature-malformed");
  EXPECT_EQ(verdict(both, {{"N/A", good}, {}}), "signature-malformed");
  EXPECT_EQ(verdict(both, {{}, {signed_by(rsa_key()), "N/A"}}), "signature-malformed");
}

TEST(SignaturePolicy, AcceptsAnyKeyDuringARotation) {
  const SigningKey next = SigningKey::ed25519();
  const SignaturePolicy rotation = policy(UnsignedDeliveries::refuse, ed25519_key(), next);
  EXPECT_EQ(verdict(rotation, current(signed_by(ed25519_key()))), "ed25519");
  const auto signature = rotation.authenticate(current(signed_by(next)), kBody);
  ASSERT_TRUE(signature && *signature);
  EXPECT_EQ((*signature)->key_id, public_part(next).id());
  EXPECT_EQ(verdict(rotation, current(signed_by(SigningKey::ed25519()))), "signature-wrong");
}

TEST(SignaturePolicy, RefusesASignatureOfAnotherBody) {
  EXPECT_EQ(verdict(policy(UnsignedDeliveries::refuse, ed25519_key()), current(signed_by(ed25519_key())), "{}"), "signature-wrong");
  EXPECT_EQ(verdict(policy(UnsignedDeliveries::refuse, rsa_key()), legacy(signed_by(rsa_key())), "{}"), "signature-wrong");
}

TEST(SignaturePolicy, RefusesMalformedSignatures) {
  const std::string good = ed25519_key().sign(kBody);
  const SignaturePolicy both = policy(UnsignedDeliveries::refuse, ed25519_key(), rsa_key());
  for (const std::string& value :
       {std::string(), std::string("   "), std::string("not base64!"), base64_encode(good.substr(1)), base64_encode(good + "x"),
        base64_encode(good).substr(0, 86), base64url_encode(good), "ed25519=" + base64_encode(good), signed_by(rsa_key())}) {
    EXPECT_EQ(verdict(both, current(value)), "signature-malformed") << value;
  }
  EXPECT_EQ(verdict(both, legacy(base64_encode(good))), "signature-malformed");
}

TEST(SignaturePolicy, TrimsBlanksAndBoundsTheHeader) {
  const SignaturePolicy one = policy(UnsignedDeliveries::refuse, ed25519_key());
  const std::string good = signed_by(ed25519_key());
  EXPECT_EQ(verdict(one, current(" \t" + good + "\t ")), "ed25519");
  EXPECT_EQ(verdict(one, current(good + std::string(4096 - good.size(), ' '))), "ed25519");
  EXPECT_EQ(verdict(one, current(good + std::string(4097 - good.size(), ' '))), "signature-malformed");
}

TEST(SignaturePolicy, RefusesUnsignedDeliveriesUnlessToldOtherwise) {
  EXPECT_EQ(verdict(policy(UnsignedDeliveries::refuse, ed25519_key()), {}), "signature-missing");
  EXPECT_EQ(verdict(policy(UnsignedDeliveries::refuse), {}), "signature-missing");
  EXPECT_EQ(verdict(policy(UnsignedDeliveries::accept, ed25519_key()), {}), "unsigned");
  EXPECT_EQ(verdict(policy(UnsignedDeliveries::accept, ed25519_key()), {{"N/A"}, {"N/A"}}), "unsigned");
}

TEST(SignaturePolicy, VerifiesAPresentHeaderEvenWhereUnsignedDeliveriesAreAccepted) {
  const SignaturePolicy open = policy(UnsignedDeliveries::accept, ed25519_key(), rsa_key());
  EXPECT_EQ(verdict(open, current(signed_by(ed25519_key()))), "ed25519");
  EXPECT_EQ(verdict(open, current(signed_by(SigningKey::ed25519()))), "signature-wrong");
  EXPECT_EQ(verdict(open, current("nonsense")), "signature-malformed");
  EXPECT_EQ(verdict(open, legacy(signed_by(rsa_key(), "{}"))), "signature-wrong");
}

TEST(SignaturePolicy, RefusesTheCurrentHeaderWhereNoKeyCanCheckIt) {
  const std::string good = signed_by(ed25519_key());
  EXPECT_EQ(verdict(policy(UnsignedDeliveries::accept), current(good)), "signature-wrong");
  EXPECT_EQ(verdict(policy(UnsignedDeliveries::refuse, rsa_key()), {{good}, {signed_by(rsa_key())}}), "signature-wrong");
}

TEST(SignaturePolicy, IgnoresTheLegacyHeaderWhereNoKeyCanCheckIt) {
  EXPECT_EQ(verdict(policy(UnsignedDeliveries::accept, ed25519_key()), legacy("nonsense")), "unsigned");
  EXPECT_EQ(verdict(policy(UnsignedDeliveries::accept, ed25519_key()), {{}, {"twice", "twice"}}), "unsigned");
}

TEST(SignaturePolicy, RevealsNothingAboutKeysOrExpectedValues) {
  const PublicKey key = public_part(ed25519_key());
  const auto refused = policy(UnsignedDeliveries::refuse, ed25519_key()).authenticate(current(signed_by(SigningKey::ed25519())), kBody);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().detail.find(key.id().value().substr(0, 8)), std::string::npos);
  EXPECT_EQ(refused.error().detail, "The signature does not match the body.");
}

}  // namespace
}  // namespace ledger::signature_policy_test
