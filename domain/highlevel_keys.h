// The platform's published public keys. They are the same for all apps and built in, so the first start needs no key file.
#pragma once

#include <string_view>

namespace ledger {

/// PEM, Ed25519, for X-GHL-Signature. As published in the platform's webhook guide (2026).
[[nodiscard]] std::string_view highlevel_ed25519_pem() noexcept;

/// PEM, RSA-4096, for X-WH-Signature, whose end the platform announced for 2026-09-01.
[[nodiscard]] std::string_view highlevel_rsa_pem() noexcept;

}  // namespace ledger
