// Ed25519 signatures (RFC 8032), verified by libsodium.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ledger {

/// As encoded in section 5.1.2 of the RFC.
using Ed25519PublicKey = std::array<std::uint8_t, 32>;

/// Whether `key` is a point of the curve in its only encoding, and generates the group of prime order. Every key made as the RFC says is. For some of
/// the other points anybody can make signatures. Throws std::runtime_error if libsodium cannot start.
[[nodiscard]] bool is_sound_ed25519_key(const Ed25519PublicKey& key);

/// Whether `signature` is a signature of `key` over exactly `message`. A signature has one valid encoding: an S at or above the group's order, and an
/// R in another encoding or of small order, are refused. What is accepted here is accepted by OpenSSL, too. Thread-safe. REQUIRES
/// is_sound_ed25519_key(key).
[[nodiscard]] bool verify_ed25519(const Ed25519PublicKey& key, std::string_view message, std::string_view signature) noexcept;

}  // namespace ledger
