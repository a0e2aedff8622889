// SHA-256, under which bodies are kept and keys are named, and SHA-512, which Ed25519 asks for.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace ledger {

using Sha256 = std::array<std::uint8_t, 32>;

[[nodiscard]] Sha256 sha256(std::string_view bytes);

using Sha512 = std::array<std::uint8_t, 64>;

/// Of `parts`, one behind the other.
[[nodiscard]] Sha512 sha512(std::initializer_list<std::string_view> parts);

/// Lower-case hex digits, two for each byte.
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);

}  // namespace ledger
