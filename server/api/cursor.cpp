// Writes and reads cursors.
#include "server/api/cursor.h"

#include "server/http/ascii.h"
#include "server/http/target.h"

#include "domain/base64.h"
#include "domain/digest.h"

#include <algorithm>

namespace ledger::server {
namespace {

constexpr std::size_t kChecksumBytes = 8;

std::string checksum(std::string_view payload, const Routed& query) {
  std::vector<Parameter> parameters = query.parameters;
  std::erase_if(parameters, [](const Parameter& parameter) { return parameter.name == "limit" || parameter.name == "cursor"; });
  std::ranges::sort(parameters, {}, &Parameter::name);

  // Every part is percent-encoded, so no part can contain a separator.
  std::string text = "v1 ";
  text.append(query.route->path);
  for (const std::string& capture : query.captures) text.append("/").append(percent_encode(capture));
  for (const auto& [name, value] : parameters) text.append("&").append(name).append("=").append(percent_encode(value));
  text.append(" ").append(payload);
  const Sha256 digest = sha256(text);
  return {digest.begin(), digest.begin() + kChecksumBytes};
}

}  // namespace

std::string encode_cursor(const Cursor& cursor, const Routed& query) {
  const std::string payload = std::to_string(cursor.pinned.value()) + ":" + cursor.position;
  return base64url_encode(payload + checksum(payload, query));
}

Result<Cursor> decode_cursor(std::string_view text, const Routed& query) {
  const Error refused{Errc::invalid_request, "invalid-cursor", "The cursor is damaged, or belongs to another query. Start again without a cursor."};
  const std::optional<std::string> bytes = base64url_decode(text);
  if (!bytes || bytes->size() < kChecksumBytes) return refused;
  const std::string_view payload = std::string_view(*bytes).substr(0, bytes->size() - kChecksumBytes);
  if (checksum(payload, query) != bytes->substr(payload.size())) return refused;

  const std::size_t colon = payload.find(':');
  if (colon == std::string_view::npos) return refused;
  const Number pinned = parse_number(payload.substr(0, colon));
  if (pinned.fault != std::errc() || pinned.value < 0) return refused;
  return Cursor{Sequence(pinned.value), std::string(payload.substr(colon + 1))};
}

std::string next_link(const Routed& query, std::string_view name, std::string_view value) {
  std::string link = "<" + query.path + "?";
  for (const Parameter& parameter : query.parameters) {
    if (parameter.name != name) link.append(parameter.name).append("=").append(percent_encode(parameter.value)).append("&");
  }
  return link.append(name).append("=").append(percent_encode(value)).append(">; rel=\"next\"");
}

}  // namespace ledger::server
