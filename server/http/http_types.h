// Requests and answers as everything behind the connection sees them: plain values, free of any HTTP library.
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

/// What the header of a request says, as it stood when it was received: trailers can add nothing to it.
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

/// What the access log says of a webhook beyond what it says of any request. Empty strings and 0: not known.
struct WebhookNotes {
  std::string_view outcome;  ///< "recorded", "duplicate", "ignored", "quarantined", "refused". Static storage.
  std::string event;
  std::string location_id;
  std::string association_id;
  std::string webhook_id;
  std::string trace_id;
  std::int64_t sequence = 0;
};

/// An answer. Headers that every answer has (Date, Content-Length, …) are added when it is written.
struct Response {
  int status = 200;
  std::string_view content_type = "application/json";                  ///< Static storage.
  std::vector<std::pair<std::string_view, std::string>> headers = {};  ///< Names have static storage.
  std::string body = {};

  std::string_view reason = {};  ///< Why it is a refusal, for the log; empty when it is none. Static storage.
  std::optional<WebhookNotes> webhook = {};
};

}  // namespace ledger::server
