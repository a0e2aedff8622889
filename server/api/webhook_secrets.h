// Secrets in the paths of webhooks.
#pragma once

#include "domain/digest.h"

#include <string>
#include <string_view>
#include <vector>

namespace ledger::server {

inline constexpr std::size_t kWebhookSecretCharactersMin = 16;
/// The longest segment that a route captures.
inline constexpr std::size_t kWebhookSecretCharactersMax = 256;

/// Whether `text` can be a secret: 16 to 256 letters, digits, '-' and '_'. It is then the same with and without percent-encoding.
[[nodiscard]] bool is_webhook_secret(std::string_view text) noexcept;

/// The secrets that a path may have. Immutable.
class WebhookSecrets {
 public:
  /// REQUIRES is_webhook_secret() of each.
  explicit WebhookSecrets(std::vector<std::string> secrets);

  [[nodiscard]] bool empty() const noexcept { return secrets_.empty(); }

  /// Takes the same time whatever `candidate` has in common with a secret.
  [[nodiscard]] bool contain(std::string_view candidate) const;

  /// `path` as the log may show it. Where a webhook's path has its secret, and wherever else a secret occurs, it says "{secret}", also for a wrong
  /// one: it may be nearly right.
  [[nodiscard]] std::string hide_in(std::string_view path) const;

 private:
  const std::vector<std::string> secrets_;
  std::vector<Sha256> hashes_;
};

}  // namespace ledger::server
