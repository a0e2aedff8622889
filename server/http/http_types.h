// Requests and responses as plain values, without a type of any HTTP library.
#pragma once

#include "domain/signature_policy.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ledger::server {

enum class Method { get, head, post, other };

/// The header of a request as it was received. Trailer fields add nothing to it.
struct RequestHead {
  Method method = Method::other;
  std::string method_name;
  std::string target;  ///< "/path?query", visible ASCII. Of a target in absolute form, the path and query only.
  std::optional<std::string> content_type;
  std::optional<std::string> content_encoding;
  std::optional<std::string> if_none_match;  ///< Several header lines are joined with commas.
  SignatureHeaders signatures;
  bool chunked = false;
  std::uint64_t content_length = 0;  ///< 0 when chunked.
  bool expects_continue = false;
  bool keep_alive = true;

  [[nodiscard]] bool has_body() const noexcept { return chunked || content_length != 0; }
};

/// One `name=value` of a query string, decoded.
struct Parameter {
  std::string name;
  std::string value;
};

/// What the log says about a webhook in addition to any other request. Empty strings and 0 mean unknown.
struct WebhookNotes {
  std::string_view outcome;  ///< "recorded", "duplicate", "ignored", "quarantined", "refused". Static storage.
  std::string event;
  std::string location_id;
  std::string association_id;
  std::string webhook_id;
  std::string trace_id;
  std::int64_t sequence = 0;
};

/// A response. The headers that every response has (Date, Content-Length, …) are added when it is written.
struct Response {
  int status = 200;
  std::string_view content_type = "application/json";                  ///< Static storage.
  std::vector<std::pair<std::string_view, std::string>> headers = {};  ///< Names have static storage.
  std::string body = {};

  std::string_view reason = {};  ///< Why the request is refused, for the log; empty if it is not. Static storage.
  std::optional<WebhookNotes> webhook = {};
};

}  // namespace ledger::server
