// Key generation and signing by OpenSSL.
#include "tests/support/signing_key.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <stdexcept>
#include <utility>

namespace ledger::test {
namespace {

struct KeyDeleter {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
struct BioDeleter {
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};
using KeyPointer = std::unique_ptr<EVP_PKEY, KeyDeleter>;
using BioPointer = std::unique_ptr<BIO, BioDeleter>;

void require(bool succeeded) {
  if (!succeeded) throw std::runtime_error("OpenSSL failed in a test key");
}

std::string text_of(BIO& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(&bio, &data);
  require(size > 0);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

struct SigningKey::Impl {
  KeyPointer key;
};

SigningKey::SigningKey(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  require(impl_->key != nullptr);
}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

SigningKey SigningKey::ed25519() {
  return SigningKey{std::make_unique<Impl>(Impl{KeyPointer{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")}})};
}

SigningKey SigningKey::rsa(unsigned bits) {
  return SigningKey{std::make_unique<Impl>(Impl{KeyPointer{EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(bits))}})};
}

SigningKey SigningKey::from_pem(std::string_view private_pem) {
  const BioPointer bio{BIO_new_mem_buf(private_pem.data(), static_cast<int>(private_pem.size()))};
  require(bio != nullptr);
  return SigningKey{std::make_unique<Impl>(Impl{KeyPointer{PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr)}})};
}

std::string SigningKey::public_pem() const {
  const BioPointer bio{BIO_new(BIO_s_mem())};
  require(bio && PEM_write_bio_PUBKEY(bio.get(), impl_->key.get()) == 1);
  return text_of(*bio);
}

std::string SigningKey::private_pem() const {
  const BioPointer bio{BIO_new(BIO_s_mem())};
  require(bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), impl_->key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return text_of(*bio);
}

std::string SigningKey::sign(std::string_view body) const {
  const std::unique_ptr<EVP_MD_CTX, ContextDeleter> context{EVP_MD_CTX_new()};
  const bool is_rsa = EVP_PKEY_get_base_id(impl_->key.get()) == EVP_PKEY_RSA;
  require(context && EVP_DigestSignInit(context.get(), nullptr, is_rsa ? EVP_sha256() : nullptr, nullptr, impl_->key.get()) == 1);
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(impl_->key.get())), '\0');
  std::size_t size = signature.size();
  require(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                         reinterpret_cast<const unsigned char*>(body.data()), body.size()) == 1);
  signature.resize(size);
  return signature;
}

}  // namespace ledger::test
