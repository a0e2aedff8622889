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
    {"after-in-future", 400, "The position asked for is beyond the end of the log"},
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
    {"association-not-found", 404, "The association was never recorded"},
    {"relation-not-found", 404, "The relation was never recorded"},
    {"event-not-found", 404, "No event has this sequence"},
    {"quarantined-not-found", 404, "No delivery in quarantine has this id"},
    {"already-admitted", 409, "The delivery was admitted already"},
    {"already-dismissed", 409, "The delivery was dismissed already"},
    {"event-contradicted", 409, "The body says that it is another event"},
    {"event-not-kept", 409, "The ledger does not keep this event"},
    {"queue-full", 503, "Too many deliveries are waiting"},
    {"read-queue-full", 503, "Too many queries are waiting"},
    {"closing", 503, "The service is shutting down"},
    {"disk-full", 503, "The disk is full"},
    {"store-failing", 503, "The database cannot be read or written now"},
    {"store-failed", 503, "The ledger has stopped recording"},
    {"database-busy", 503, "Another process has locked the database"},
    {"commit-failed", 503, "The outcome of the delivery is unknown"},
    {"append-timeout", 503, "The outcome of the delivery is unknown"},
    {"read-timeout", 503, "The query took too long"},
    {"internal-error", 500, "The service failed"},
};

/// The value of Retry-After on 429 and 503.
constexpr std::string_view kRetryAfterSeconds = "5";

}  // namespace

std::span<const KnownReason> problem_catalogue() noexcept {
  return kCatalogue;
}

const KnownReason* find_reason(std::string_view reason) noexcept {
  const auto* const found = std::ranges::find(kCatalogue, reason, &KnownReason::reason);
  return found == std::end(kCatalogue) ? nullptr : found;
}

Response problem(const Error& error, RouteFamily family, std::span<const DecodeIssue> issues) {
  const KnownReason* const known = find_reason(error.reason);
  if (known == nullptr) {
    Response response = problem(internal_error(), family);
    response.reason = error.reason;
    return response;
  }
  const int status = family == RouteFamily::webhook && known->status >= 500 ? 429 : known->status;
  Response response{.status = status, .content_type = "application/problem+json", .reason = error.reason};
  if (status == 429 || status == 503) response.headers.emplace_back("Retry-After", kRetryAfterSeconds);
  // RFC 9110 requires a challenge with every 401. Its name says what is expected, and nothing about keys.
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "HighLevel-Signature");
  JsonWriter json;
  json.begin_object();
  json.member("type", "urn:association-ledger:problem:" + std::string(error.reason));
  json.member("title", known->title);
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

Error internal_error() {
  return Error{Errc::internal, "internal-error", "The service could not answer the request. Its log says why."};
}

}  // namespace ledger::server
