// Signatures of an Ed25519 key that is known long before: its multiples are computed once, and each verification is faster for it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace ledger {

/// A public key of RFC 8032, section 5.1, with a table of its multiples (some 9 KiB). Immutable; verify() may be called from any thread.
class Ed25519Key {
 public:
  using Encoded = std::array<std::uint8_t, 32>;
  static constexpr std::size_t kSignatureBytes = 64;

  /// nullopt where `encoded` is no point of the curve, or one of small order, for which anybody can make signatures.
  [[nodiscard]] static std::optional<Ed25519Key> from_encoded(const Encoded& encoded);

  Ed25519Key(Ed25519Key&&) noexcept;
  Ed25519Key& operator=(Ed25519Key&&) noexcept;
  ~Ed25519Key();

  /// By the equation of section 5.1.7, with its factor of 8. An S beyond the group's order and an R in another encoding than the RFC's are wrong,
  /// so from a signature nobody makes a second one without the private key.
  [[nodiscard]] bool verify(std::string_view message, std::string_view signature) const;

 private:
  struct Table;
  explicit Ed25519Key(std::unique_ptr<const Table> table) noexcept;

  std::unique_ptr<const Table> table_;
};

}  // namespace ledger
