// Requests and responses as plain values, without a type of any HTTP library.
#pragma once

#include "domain/signature_policy.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ledger::server {

enum class Method { get, head, post, other };

/// The header of a request as it was received. Trailer fields add nothing to it.
struct RequestHead {
  Method method = Method::other;
  std::string method_name;
  std::string target;  ///< "/path?query", visible ASCII. Of a target in absolute form, the path and query only.
  std::optional<std::string> content_encoding;
  std::optional<std::string> if_none_match;  ///< Several header lines are joined with commas.
  SignatureHeaders signatures;
  bool chunked = false;
  std::uint64_t content_length = 0;  ///< 0 when chunked.
  bool expects_continue = false;
  bool keep_alive = true;

  [[nodiscard]] std::string_view path() const noexcept { return std::string_view(target).substr(0, target.find('?')); }
  [[nodiscard]] bool has_body() const noexcept { return chunked || content_length != 0; }
};

/// One `name=value` of a query string, decoded.
struct Parameter {
  std::string name;
  std::string value;
};

/// Who asks, and so what a failure means: see problem().
enum class RouteFamily { webhook, query, operation };

/// What the log says about a request besides what it says about all. Names have static storage; empty texts are left out.
using LogNotes = std::vector<std::pair<std::string_view, std::variant<std::int64_t, std::string>>>;

/// A response. The headers that every response has (Date, Content-Length, …) are added when it is written.
struct Response {
  int status = 200;
  std::string_view content_type = "application/json";                  ///< Static storage.
  std::vector<std::pair<std::string_view, std::string>> headers = {};  ///< Names have static storage.
  std::string body = {};

  std::string_view reason = {};  ///< Why the request is refused, for the log; empty if it is not. Static storage.
  bool is_warning = false;       ///< The operator should see the line in the log.
  LogNotes notes = {};
};

}  // namespace ledger::server
