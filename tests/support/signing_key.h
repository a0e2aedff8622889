// Keys of our own to sign deliveries with: the platform publishes no signed body, so tests make theirs.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace ledger::test {

/// A freshly generated key pair. Throws std::runtime_error when OpenSSL fails. Generating RSA takes tens of milliseconds and more: share one key.
class SigningKey {
 public:
  [[nodiscard]] static SigningKey ed25519();
  [[nodiscard]] static SigningKey rsa(unsigned bits);
  /// The reverse of private_pem().
  [[nodiscard]] static SigningKey from_pem(std::string_view private_pem);

  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();

  /// As --public-key reads it.
  [[nodiscard]] std::string public_pem() const;
  [[nodiscard]] std::string private_pem() const;

  /// Raw signature over `body`: Ed25519, or RSA PKCS#1 v1.5 with SHA-256.
  [[nodiscard]] std::string sign(std::string_view body) const;

 private:
  struct Impl;
  explicit SigningKey(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace ledger::test
