// Fuzzes the decision whether a delivery is authentic. The first line of the input is the body. Each further line is a header: 'e' (the current one)
// or 'r' (the legacy one) and a value. In a value "$E" is replaced by the genuine signature of the current key, "$N" by that of the next key of a
// rotation,
// "$R" of the RSA key, "$X" of a key that is not configured, and "$B" by the current key's signature of another body. "$e" and "$f" are the halves of
// "$E".
// "^" and two characters replace one character of the value before it. So inputs can be close to genuine signatures. Every process makes its own
// keys.
#include "tests/fuzz/input.h"
#include "tests/fuzz/targets.h"
#include "tests/support/signing_key.h"

#include "domain/base64.h"
#include "domain/check.h"
#include "domain/signature_policy.h"

#include <string>
#include <utility>
#include <vector>

namespace ledger::fuzz {
namespace {

using test::SigningKey;

constexpr std::size_t kHeaderBytesMax = 4096;  // domain/README.md, Limits

SignaturePolicy make_policy(const std::vector<const SigningKey*>& keys, UnsignedDeliveries unsigned_deliveries) {
  std::vector<PublicKey> public_keys;
  public_keys.reserve(keys.size());
  for (const SigningKey* key : keys) public_keys.push_back(PublicKey::from_pem(key->public_pem()).value());
  return {std::move(public_keys), unsigned_deliveries};
}

struct Keys {
  SigningKey current = SigningKey::ed25519();
  SigningKey next = SigningKey::ed25519();
  SigningKey foreign = SigningKey::ed25519();
  SigningKey legacy = SigningKey::rsa(2048);

  SignaturePolicy strict = make_policy({&current, &next}, UnsignedDeliveries::refuse);
  SignaturePolicy transitional = make_policy({&legacy, &current, &next}, UnsignedDeliveries::refuse);
  SignaturePolicy development = make_policy({&current, &next, &legacy}, UnsignedDeliveries::accept);
};

const Keys& keys() {
  static const Keys made;
  return made;
}

std::string genuine(const SigningKey& key, std::string_view body) {
  return base64_encode(key.sign(body));
}

/// The replacement of "$" and `name`.
std::string expand(char name, std::string_view body) {
  switch (name) {
    case 'E': return genuine(keys().current, body);
    case 'N': return genuine(keys().next, body);
    case 'R': return genuine(keys().legacy, body);
    case 'X': return genuine(keys().foreign, body);
    case 'B': return genuine(keys().current, std::string(body) + " ");
    case 'e': return genuine(keys().current, body).substr(0, 44);
    case 'f': return genuine(keys().current, body).substr(44);
    default: return "$";
  }
}

std::string read_value(std::string_view line, std::string_view body) {
  Input input(line);
  std::string value;
  // The bound is above that of the policy, and low enough to limit the time that signing takes.
  while (!input.at_end() && value.size() < 2 * kHeaderBytesMax) {
    const char next = input.character();
    if (next == '$') {
      value += expand(input.character(), body);
    } else if (next == '^' && !value.empty()) {
      const auto place = static_cast<unsigned char>(input.character()) % value.size();
      value[place] = input.character();
    } else {
      value += next;
    }
  }
  return value;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_present(const std::vector<std::string>& values) {
  return values.size() > 1 || (values.size() == 1 && (values.front().size() > kHeaderBytesMax || trim(values.front()) != "N/A"));
}

/// Whether the only value of the header is the genuine signature of `key`. There is one signature for each body.
bool is_genuine(const std::vector<std::string>& values, const SigningKey& key, std::string_view body) {
  return values.size() == 1 && values.front().size() <= kHeaderBytesMax && trim(values.front()) == genuine(key, body);
}

enum class Legacy { counts, ignored };

void check_decision(const SignaturePolicy& policy, Legacy legacy, UnsignedDeliveries unsigned_deliveries, const SignatureHeaders& headers,
                    std::string_view body) {
  const Result<std::optional<Signature>> decision = policy.authenticate(headers, body);
  const bool is_current = is_present(headers.ed25519);
  const bool is_legacy = !is_current && legacy == Legacy::counts && is_present(headers.rsa);
  const SigningKey* signer = nullptr;
  if (is_current && is_genuine(headers.ed25519, keys().current, body)) signer = &keys().current;
  if (is_current && is_genuine(headers.ed25519, keys().next, body)) signer = &keys().next;
  if (is_legacy && is_genuine(headers.rsa, keys().legacy, body)) signer = &keys().legacy;

  if (!decision) {
    LEDGER_CHECK(signer == nullptr);
    LEDGER_CHECK(decision.error().code == Errc::unauthenticated);
    const std::string_view reason = decision.error().reason;
    LEDGER_CHECK(reason == "signature-missing" || reason == "signature-malformed" || reason == "signature-wrong");
    LEDGER_CHECK((reason == "signature-missing") == (!is_current && !is_legacy));
    LEDGER_CHECK(reason != "signature-missing" || unsigned_deliveries == UnsignedDeliveries::refuse);
    return;
  }
  if (!*decision) {
    LEDGER_CHECK(!is_current && !is_legacy);
    LEDGER_CHECK(unsigned_deliveries == UnsignedDeliveries::accept);
    return;
  }
  LEDGER_CHECK(signer != nullptr);
  const PublicKey key = PublicKey::from_pem(signer->public_pem()).value();
  LEDGER_CHECK(**decision == (Signature{key.scheme(), key.id(), signer->sign(body)}));
}

/// Each value has one encoding, in both alphabets.
void check_base64(std::string_view bytes) {
  LEDGER_CHECK(base64_decode(base64_encode(bytes)) == bytes);
  LEDGER_CHECK(base64url_decode(base64url_encode(bytes)) == bytes);
  if (const auto decoded = base64_decode(bytes)) LEDGER_CHECK(base64_encode(*decoded) == bytes);
  if (const auto decoded = base64url_decode(bytes)) LEDGER_CHECK(base64url_encode(*decoded) == bytes);
}

void check_pem(std::string_view pem) {
  const Result<PublicKey> key = PublicKey::from_pem(pem);
  if (!key) {
    LEDGER_CHECK(key.error().reason == "invalid-public-key" && !key.error().detail.empty());
    return;
  }
  LEDGER_CHECK(key->id().value().size() == 64);
  LEDGER_CHECK(!key->verify("body", std::string(key->signature_bytes(), 'x')));
}

}  // namespace

void fuzz_signature(std::string_view input) {
  check_base64(input);
  if (input.starts_with("-----BEGIN")) return check_pem(input);

  Input lines(input);
  const std::string_view body = lines.line();
  SignatureHeaders headers;
  while (!lines.at_end() && headers.ed25519.size() + headers.rsa.size() < 4) {
    const std::string_view line = lines.line();
    if (line.empty()) continue;
    auto& values = line.front() == 'r' ? headers.rsa : headers.ed25519;
    values.push_back(read_value(line.substr(1), body));
    check_base64(values.back());
  }
  check_decision(keys().strict, Legacy::ignored, UnsignedDeliveries::refuse, headers, body);
  check_decision(keys().transitional, Legacy::counts, UnsignedDeliveries::refuse, headers, body);
  check_decision(keys().development, Legacy::counts, UnsignedDeliveries::accept, headers, body);
}

}  // namespace ledger::fuzz
