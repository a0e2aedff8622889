// Decides whether a delivery is authentic, by public keys.
#pragma once

#include "domain/event.h"
#include "domain/result.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledger {

/// A public key of a sender. Immutable; verify() may be called from any thread.
class PublicKey {
 public:
  /// Reads one PEM "PUBLIC KEY" of at most 16 KiB: Ed25519, or RSA of 2048 to 8192 bits. Errors: invalid_request, "invalid-public-key".
  [[nodiscard]] static Result<PublicKey> from_pem(std::string_view pem);

  PublicKey(PublicKey&&) noexcept;
  PublicKey& operator=(PublicKey&&) noexcept;
  ~PublicKey();

  [[nodiscard]] SignatureScheme scheme() const noexcept { return scheme_; }
  [[nodiscard]] const KeyId& id() const noexcept { return id_; }
  /// Length of every raw signature of this key.
  [[nodiscard]] std::size_t signature_bytes() const noexcept;

  /// True if `signature` (raw bytes) is a signature of this key over exactly `body`.
  [[nodiscard]] bool verify(std::string_view body, std::string_view signature) const;

 private:
  struct Impl;
  PublicKey(std::unique_ptr<Impl> impl, SignatureScheme scheme, KeyId id);

  std::unique_ptr<Impl> impl_;
  SignatureScheme scheme_;
  KeyId id_;
};

/// All values that a request had for each signature header, as received. Empty if the header is missing.
struct SignatureHeaders {
  std::vector<std::string> ed25519;  ///< X-GHL-Signature
  std::vector<std::string> rsa;      ///< X-WH-Signature
};

/// What happens to a delivery without any signature. `accept` is for development on a loopback listener.
enum class UnsignedDeliveries { refuse, accept };

/// Decides whether deliveries are authentic. Immutable; authenticate() may be called from any thread.
///
/// If the current header is present, it alone decides: a valid legacy header does not make up for a wrong current one. The legacy header counts only
/// if an RSA key is configured. A header with the value "N/A" counts as absent (the platform's guide says so); a header that occurs twice is
/// malformed. During a key rotation there are several keys of a scheme, and a signature of any of them is accepted.
class SignaturePolicy {
 public:
  SignaturePolicy(std::vector<PublicKey> keys, UnsignedDeliveries unsigned_deliveries);

  /// The signature that was verified; nullopt if there is none and the policy accepts that. Errors: unauthenticated, with one of the reasons
  /// "signature-missing", "signature-malformed", "signature-wrong". The detail reveals nothing about keys or expected values.
  [[nodiscard]] Result<std::optional<Signature>> authenticate(const SignatureHeaders& headers, std::string_view body) const;

 private:
  std::vector<PublicKey> keys_;
  UnsignedDeliveries unsigned_deliveries_;
};

}  // namespace ledger
