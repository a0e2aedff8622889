// SHA-256, by which bodies and keys are identified, and hex.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ledger {

using Sha256 = std::array<std::uint8_t, 32>;

[[nodiscard]] Sha256 sha256(std::string_view bytes);

/// Takes the same time wherever the digests differ.
[[nodiscard]] bool equal_in_constant_time(const Sha256& left, const Sha256& right) noexcept;

/// Lower-case hex digits, two for each byte.
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);

}  // namespace ledger
