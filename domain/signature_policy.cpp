// Public keys read by OpenSSL, signatures verified by libsodium and OpenSSL, and the decision whether a delivery is authentic.
#include "domain/signature_policy.h"

#include "domain/base64.h"
#include "domain/digest.h"
#include "domain/ed25519.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <new>
#include <stdexcept>
#include <utility>

namespace ledger {
namespace {

constexpr std::size_t kPemBytesMax = std::size_t{16} * 1024;
constexpr std::size_t kHeaderBytesMax = 4096;
constexpr int kRsaBitsMin = 2048;
constexpr int kRsaBitsMax = 8192;

constexpr std::string_view kPemBegin = "-----BEGIN PUBLIC KEY-----";
constexpr std::string_view kPemEnd = "-----END PUBLIC KEY-----";

struct KeyDeleter {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
struct DigestContextDeleter {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using KeyPointer = std::unique_ptr<EVP_PKEY, KeyDeleter>;
using DigestContextPointer = std::unique_ptr<EVP_MD_CTX, DigestContextDeleter>;

const unsigned char* as_bytes(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string_view trim(std::string_view text, std::string_view blanks) noexcept {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

Error bad_key(std::string detail) {
  return {Errc::invalid_request, "invalid-public-key", std::move(detail)};
}

/// The DER between the two PEM lines. OpenSSL's own reader skips what it does not understand, so it is not used.
Result<std::string> der_from_pem(std::string_view pem) {
  if (pem.size() > kPemBytesMax) return bad_key("The key is larger than 16 KiB.");
  if (pem.find("PRIVATE KEY-----") != std::string_view::npos) return bad_key("This is a private key; only its public key belongs here.");
  constexpr std::string_view kBlanks = " \t\r\n";
  pem = trim(pem, kBlanks);
  if (!pem.starts_with(kPemBegin)) return bad_key("The key does not begin with a PEM \"PUBLIC KEY\" line.");
  pem.remove_prefix(kPemBegin.size());
  const std::size_t end = pem.find(kPemEnd);
  if (end == std::string_view::npos) return bad_key("The key has no PEM line that ends it.");
  if (end + kPemEnd.size() != pem.size()) return bad_key("Something follows the key: one PEM block holds one key.");
  std::string base64;
  for (const char character : pem.substr(0, end)) {
    if (kBlanks.find(character) == std::string_view::npos) base64.push_back(character);
  }
  auto der = base64_decode(base64);
  if (!der) return bad_key("The key's PEM block is not base64.");
  return *std::move(der);
}

Result<SignatureScheme> scheme_of(const EVP_PKEY& key) {
  const int algorithm = EVP_PKEY_get_base_id(&key);
  if (algorithm == EVP_PKEY_ED25519) return SignatureScheme::ed25519;
  if (algorithm != EVP_PKEY_RSA) return bad_key("The key's algorithm is neither Ed25519 nor RSA.");
  const int bits = EVP_PKEY_get_bits(&key);
  if (bits < kRsaBitsMin || bits > kRsaBitsMax) return bad_key("The RSA key has less than 2048 or more than 8192 bits.");
  return SignatureScheme::rsa_pkcs1_sha256;
}

/// Hashes the encoding that OpenSSL writes, so that a key has the same id in every encoding.
KeyId id_of(const EVP_PKEY& key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(&key, &der);
  if (size <= 0) throw std::runtime_error("OpenSSL cannot encode a public key");
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner{der, [](unsigned char* bytes) { OPENSSL_free(bytes); }};
  return KeyId{to_hex(sha256({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)}))};
}

/// The value of a header; nullopt if it counts as absent. Errors: "signature-malformed".
Result<std::optional<std::string_view>> header_value(const std::vector<std::string>& values) {
  const auto malformed = [] { return Error{Errc::unauthenticated, "signature-malformed", "The signature header is malformed."}; };
  if (values.empty()) return std::optional<std::string_view>{};
  if (values.size() > 1 || values.front().size() > kHeaderBytesMax) return malformed();
  const std::string_view value = trim(values.front(), " \t");
  if (value == "N/A") return std::optional<std::string_view>{};
  return std::optional<std::string_view>{value};
}

/// Verifies the signature in `base64` with each key of `scheme`.
Result<std::optional<Signature>> verify(const std::vector<PublicKey>& keys, SignatureScheme scheme, std::string_view base64, std::string_view body) {
  auto value = base64_decode(base64);
  bool has_key = false;
  bool has_length = false;
  for (const PublicKey& key : keys) {
    if (key.scheme() != scheme) continue;
    has_key = true;
    if (!value || value->size() != key.signature_bytes()) continue;
    has_length = true;
    if (key.verify(body, *value)) return std::optional<Signature>{Signature{scheme, key.id(), *std::move(value)}};
  }
  if (!value || (has_key && !has_length)) {
    return Error{Errc::unauthenticated, "signature-malformed", "The signature is not base64 of a signature's length."};
  }
  return Error{Errc::unauthenticated, "signature-wrong", "The signature does not match the body."};
}

}  // namespace

struct PublicKey::Impl {
  KeyPointer key;
  std::optional<Ed25519PublicKey> ed25519;  ///< The same key; absent for RSA.
};

PublicKey::PublicKey(std::unique_ptr<Impl> impl, SignatureScheme scheme, KeyId id) : impl_(std::move(impl)), scheme_(scheme), id_(std::move(id)) {}
PublicKey::PublicKey(PublicKey&&) noexcept = default;
PublicKey& PublicKey::operator=(PublicKey&&) noexcept = default;
PublicKey::~PublicKey() = default;

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
  const auto der = der_from_pem(pem);
  if (!der) return der.error();
  const unsigned char* next = as_bytes(*der);
  KeyPointer key{d2i_PUBKEY(nullptr, &next, static_cast<long>(der->size()))};
  ERR_clear_error();
  if (!key) return bad_key("The PEM block holds no public key that OpenSSL can read.");
  if (next != as_bytes(*der) + der->size()) return bad_key("Something follows the key inside its PEM block.");
  const auto scheme = scheme_of(*key);
  if (!scheme) return scheme.error();
  KeyId id = id_of(*key);
  auto impl = std::make_unique<Impl>(Impl{std::move(key), std::nullopt});
  if (*scheme == SignatureScheme::ed25519) {
    Ed25519PublicKey encoded{};
    std::size_t size = encoded.size();
    if (EVP_PKEY_get_raw_public_key(impl->key.get(), encoded.data(), &size) != 1 || size != encoded.size()) {
      throw std::runtime_error("OpenSSL does not give the bytes of an Ed25519 key");
    }
    if (!is_sound_ed25519_key(encoded)) return bad_key("The Ed25519 key is not a point of its curve, or one for which anybody can sign.");
    impl->ed25519 = encoded;
  }
  return PublicKey{std::move(impl), *scheme, std::move(id)};
}

std::size_t PublicKey::signature_bytes() const noexcept {
  return static_cast<std::size_t>(EVP_PKEY_get_size(impl_->key.get()));
}

bool PublicKey::verify(std::string_view body, std::string_view signature) const {
  if (impl_->ed25519) return verify_ed25519(*impl_->ed25519, body, signature);
  const DigestContextPointer context{EVP_MD_CTX_new()};
  if (!context) throw std::bad_alloc();
  // The default padding for RSA is PKCS #1 v1.5.
  const bool valid = EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, impl_->key.get()) == 1 &&
                     EVP_DigestVerify(context.get(), as_bytes(signature), signature.size(), as_bytes(body), body.size()) == 1;
  ERR_clear_error();  // A wrong signature leaves entries in the thread's error queue.
  return valid;
}

SignaturePolicy::SignaturePolicy(std::vector<PublicKey> keys, UnsignedDeliveries unsigned_deliveries)
    : keys_(std::move(keys)), unsigned_deliveries_(unsigned_deliveries) {}

Result<std::optional<Signature>> SignaturePolicy::authenticate(const SignatureHeaders& headers, std::string_view body) const {
  const auto current = header_value(headers.ed25519);
  if (!current) return current.error();
  if (*current) return verify(keys_, SignatureScheme::ed25519, **current, body);

  for (const PublicKey& key : keys_) {
    if (key.scheme() != SignatureScheme::rsa_pkcs1_sha256) continue;
    const auto legacy = header_value(headers.rsa);
    if (!legacy) return legacy.error();
    if (*legacy) return verify(keys_, SignatureScheme::rsa_pkcs1_sha256, **legacy, body);
    break;
  }
  if (unsigned_deliveries_ == UnsignedDeliveries::accept) return std::optional<Signature>{};
  return Error{Errc::unauthenticated, "signature-missing", "The delivery carries no signature that this ledger accepts."};
}

}  // namespace ledger
