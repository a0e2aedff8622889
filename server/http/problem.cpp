// The catalogue of reasons, and their rendering.
#include "server/http/problem.h"

#include "server/http/json_writer.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace ledger::server {
namespace {

constexpr KnownReason kCatalogue[] = {
    // HTTP
    {"malformed-request", 400, "The request is not valid HTTP"},
    {"malformed-target", 400, "The request target is not a valid URL path"},
    {"malformed-body", 400, "The chunks of the body are malformed"},
    {"invalid-host", 400, "The Host header is missing or invalid"},
    {"invalid-framing", 400, "The length of the body is ambiguous"},
    {"request-timeout", 408, "The request did not arrive in time"},
    {"body-too-large", 413, "The body is too large"},
    {"target-too-long", 414, "The request target is too long"},
    {"unsupported-media-type", 415, "The Content-Type is not application/json"},
    {"unsupported-content-encoding", 415, "The body is compressed"},
    {"expectation-failed", 417, "The Expect header asks for something unknown"},
    {"header-too-large", 431, "The header is too large"},
    {"http-version-not-supported", 505, "The HTTP version is not supported"},
    // The route and its parameters
    {"no-such-route", 404, "No such route"},
    {"unknown-event", 404, "The path names an unknown event"},
    {"method-not-allowed", 405, "The route does not have this method"},
    {"queries-need-loopback", 403, "Queries are answered on a loopback address only"},
    {"unknown-parameter", 400, "The route does not have this query parameter"},
    {"repeated-parameter", 400, "A query parameter is repeated"},
    {"invalid-parameter", 400, "A query parameter is invalid"},
    {"parameter-out-of-range", 400, "A query parameter is out of range"},
    {"invalid-cursor", 400, "The cursor does not belong to this query"},
    {"as-of-in-future", 400, "The moment asked for is in the future"},
    {"as-of-before-log", 400, "The moment asked for is before the first event"},
    // The delivery
    {"signature-missing", 401, "The delivery is not signed"},
    {"signature-malformed", 401, "The signature is malformed"},
    {"signature-wrong", 401, "The signature does not match the body"},
    {"empty-body", 400, "The body is empty"},
    {"malformed-json", 400, "The body is not JSON"},
    {"not-an-object", 400, "The body is not a JSON object"},
    {"invalid-utf8", 400, "An id is not Unicode"},
    {"duplicate-key", 400, "The body contains the same key twice"},
    {"wrong-type", 400, "A field is not a string"},
    {"missing-field", 400, "A required field is missing"},
    {"invalid-id", 400, "An id is invalid"},
    {"invalid-character", 400, "A field contains a forbidden character"},
    {"event-unknown", 400, "Neither the path nor the body names a known event"},
    // The ledger
    {"association-not-found", 0, "The association was never recorded"},
    {"event-not-found", 0, "No event has this sequence"},
    {"queue-full", 0, "Too many deliveries are waiting"},
    {"read-queue-full", 0, "Too many queries are waiting"},
    {"closing", 0, "The service is shutting down"},
    {"disk-full", 0, "The disk is full"},
    {"store-failing", 0, "The database cannot be read or written now"},
    {"store-failed", 0, "The ledger has stopped recording"},
    {"database-busy", 0, "Another process has locked the database"},
    {"commit-failed", 0, "The outcome of the delivery is unknown"},
    {"append-timeout", 0, "The outcome of the delivery is unknown"},
    {"read-timeout", 0, "The query took too long"},
    {"internal-error", 0, "The service failed"},
};

std::string_view generic_title(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_request: return "The request is invalid";
    case Errc::unauthenticated: return "The request is not authenticated";
    case Errc::not_found: return "The resource was never recorded";
    case Errc::too_large: return "The request is too large";
    case Errc::conflict: return "The request contradicts the log";
    case Errc::overloaded: return "The service is overloaded";
    case Errc::unavailable: return "The service is unavailable";
    case Errc::outcome_unknown: return "The outcome is unknown";
    case Errc::internal: return "The service failed";
  }
  return "The service failed";
}

}  // namespace

std::span<const KnownReason> problem_catalogue() noexcept {
  return kCatalogue;
}

const KnownReason* find_reason(std::string_view reason) noexcept {
  const auto* const found = std::ranges::find(kCatalogue, reason, &KnownReason::reason);
  return found == std::end(kCatalogue) ? nullptr : found;
}

Response problem(int status, const Error& error, std::span<const DecodeIssue> issues) {
  const KnownReason* const known = find_reason(error.reason);
  Response response{.status = status, .content_type = "application/problem+json", .reason = error.reason};
  JsonWriter json;
  json.begin_object();
  json.member("type", "urn:association-ledger:problem:" + std::string(error.reason));
  json.member("title", known != nullptr ? known->title : generic_title(error.code));
  json.member("status", status);
  json.member("detail", error.detail);
  if (!issues.empty()) {
    json.begin_array("errors");
    for (const DecodeIssue& issue : issues) {
      json.begin_object();
      json.member("pointer", issue.pointer);
      json.member("reason", issue.reason);
      json.member("detail", issue.detail);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
  response.body = json.take();
  return response;
}

Response problem(const Error& error) {
  const KnownReason* const known = find_reason(error.reason);
  return problem(known != nullptr && known->status != 0 ? known->status : 500, error);
}

}  // namespace ledger::server
