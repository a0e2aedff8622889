// Who may write to the ledger: public keys, and the decision whether a delivery is authentic.
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

/// A key that signs deliveries. Immutable after construction; verify() may be called from any thread.
class PublicKey {
 public:
  /// Reads one PEM "PUBLIC KEY": Ed25519, or RSA of 2048 to 8192 bits. Errors: invalid_request.
  [[nodiscard]] static Result<PublicKey> from_pem(std::string_view pem);

  PublicKey(PublicKey&&) noexcept;
  PublicKey& operator=(PublicKey&&) noexcept;
  ~PublicKey();

  [[nodiscard]] SignatureScheme scheme() const noexcept { return scheme_; }
  [[nodiscard]] const KeyId& id() const noexcept { return id_; }
  /// Length of every signature of this key, raw.
  [[nodiscard]] std::size_t signature_bytes() const noexcept;

  /// True when `signature` (raw bytes) is this key's over exactly `body`.
  [[nodiscard]] bool verify(std::string_view body, std::string_view signature) const;

 private:
  struct Impl;
  PublicKey(std::unique_ptr<Impl> impl, SignatureScheme scheme, KeyId id);

  std::unique_ptr<Impl> impl_;
  SignatureScheme scheme_;
  KeyId id_;
};

/// Every value that a request had for each signature header, as received; none when the header was missing.
struct SignatureHeaders {
  std::vector<std::string> ed25519;  ///< X-GHL-Signature
  std::vector<std::string> rsa;      ///< X-WH-Signature
};

/// Whether a delivery without any signature is accepted. `accept` is for development on a loopback listener.
enum class UnsignedDeliveries { refuse, accept };

/// The decision. Immutable; authenticate() may be called from any thread.
///
/// The current header, if present, alone decides: a wrong one is never rescued by the legacy one. The legacy header counts only while an RSA
/// key is configured. A header whose value is the literal "N/A" is absent (so the platform's own guide says); one that stands twice is malformed.
/// Several keys of a scheme are a rotation: any of them may vouch.
class SignaturePolicy {
 public:
  SignaturePolicy(std::vector<PublicKey> keys, UnsignedDeliveries unsigned_deliveries);

  /// Who vouched for `body`; nullopt where nobody did and the policy accepts that. Errors: unauthenticated, with one of the reasons
  /// "signature-missing", "signature-malformed", "signature-wrong"; the detail reveals nothing about keys or expected values.
  [[nodiscard]] Result<std::optional<Signature>> authenticate(const SignatureHeaders& headers, std::string_view body) const;

 private:
  std::vector<PublicKey> keys_;
  UnsignedDeliveries unsigned_deliveries_;
};

}  // namespace ledger
