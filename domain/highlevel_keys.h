// The platform's published public keys, the same for all apps, built in so that a first start needs no key file.
#pragma once

#include <string_view>

namespace ledger {

/// PEM, Ed25519: vouches in X-GHL-Signature. As published in the platform's webhook guide (2026).
[[nodiscard]] std::string_view highlevel_ed25519_pem() noexcept;

/// PEM, RSA-4096: vouches in X-WH-Signature, which the platform has announced to end on 2026-09-01.
[[nodiscard]] std::string_view highlevel_rsa_pem() noexcept;

}  // namespace ledger
