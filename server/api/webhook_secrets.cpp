// Comparing secrets by their hashes, and hiding them.
#include "server/api/webhook_secrets.h"

#include "server/http/ascii.h"
#include "server/http/target.h"

#include <boost/algorithm/string/replace.hpp>

#include <algorithm>
#include <utility>

namespace ledger::server {
namespace {

constexpr std::string_view kHidden = "{secret}";

/// "/webhooks/highlevel/x/y" with kHidden in the place of x. Other paths are unchanged.
std::string without_third_segment(std::string_view path) {
  std::string shown;
  int names = 0;
  bool is_webhook = false;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, end);  // with the slash before it
    const bool is_empty = segment == "/";
    if (!is_empty && ++names == 1) is_webhook = segment == "/webhooks";
    if (is_webhook && names == 3 && !is_empty) {
      shown.append("/").append(kHidden);
    } else {
      shown.append(segment);
    }
    path.remove_prefix(end);
  }
  return shown;
}

}  // namespace

bool is_webhook_secret(std::string_view text) noexcept {
  const auto is_allowed = [](char c) { return is_ascii_alnum(c) || c == '-' || c == '_'; };
  return text.size() >= kWebhookSecretCharactersMin && text.size() <= kWebhookSecretCharactersMax && all_of(text, is_allowed);
}

WebhookSecrets::WebhookSecrets(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {
  for (const std::string& secret : secrets_) hashes_.push_back(sha256(secret));
}

bool WebhookSecrets::contain(std::string_view candidate) const {
  const Sha256 hash = sha256(candidate);
  bool found = false;
  for (const Sha256& secret : hashes_) found |= equal_in_constant_time(hash, secret);
  return found;
}

std::string WebhookSecrets::hide_in(std::string_view path) const {
  if (empty()) return std::string(path);
  std::string shown = without_third_segment(path);
  std::string decoded = percent_decode(shown);
  for (const std::string& secret : secrets_) {
    if (decoded.find(secret) == std::string::npos) continue;
    boost::replace_all(decoded, secret, kHidden);
    shown = decoded;
  }
  return shown;
}

}  // namespace ledger::server
