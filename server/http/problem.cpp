// The catalogue of reasons, and their rendering.
#include "server/http/problem.h"

#include "server/http/json_writer.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace ledger::server {
namespace {

constexpr KnownReason catalogue[] = {
    // The request as HTTP
    {"malformed-request", 400, "The request is not well-formed HTTP"},
    {"malformed-target", 400, "The request target is no valid URL path"},
    {"malformed-body", 400, "The body is not framed as HTTP says"},
    {"invalid-host", 400, "The Host header is missing or wrong"},
    {"invalid-framing", 400, "The length of the body is not clear"},
    {"request-timeout", 408, "The request did not arrive in time"},
    {"body-too-large", 413, "The body is too large"},
    {"target-too-long", 414, "The request target is too long"},
    {"unsupported-media-type", 415, "The body must be application/json"},
    {"unsupported-content-encoding", 415, "The body must not be compressed"},
    {"expectation-failed", 417, "The expectation cannot be met"},
    {"header-too-large", 431, "The header fields are too large"},
    {"http-version-not-supported", 505, "The HTTP version is not supported"},
    // Where it goes and what it asks
    {"no-such-route", 404, "There is nothing at this path"},
    {"unknown-event", 404, "The path names an event that is not kept"},
    {"method-not-allowed", 405, "The method is not allowed here"},
    {"queries-need-loopback", 403, "Queries are answered on a loopback listener only"},
    {"unknown-parameter", 400, "A query parameter is not known here"},
    {"repeated-parameter", 400, "A query parameter stands more than once"},
    {"invalid-parameter", 400, "A query parameter cannot be read"},
    {"parameter-out-of-range", 400, "A query parameter is out of range"},
    {"invalid-cursor", 400, "The cursor does not belong to this query"},
    {"as-of-in-future", 400, "The moment asked for has not come yet"},
    {"as-of-before-log", 400, "The moment asked for lies before the first event"},
    // The delivery
    {"signature-missing", 401, "The delivery is not signed"},
    {"signature-malformed", 401, "The signature cannot be read"},
    {"signature-wrong", 401, "The signature does not match the body"},
    {"empty-body", 400, "The body is empty"},
    {"malformed-json", 400, "The body is not JSON"},
    {"not-an-object", 400, "The body is no JSON object"},
    {"invalid-utf8", 400, "The body is not valid UTF-8"},
    {"nesting-too-deep", 400, "The body is nested too deeply"},
    {"duplicate-key", 400, "A name stands twice in the body"},
    {"number-out-of-range", 400, "A number in the body is out of range"},
    {"wrong-type", 400, "A field has the wrong type"},
    {"missing-field", 400, "A field is missing"},
    {"invalid-id", 400, "An id is empty, too long or holds forbidden characters"},
    {"invalid-character", 400, "A field holds a forbidden character"},
    {"invalid-timestamp", 400, "A timestamp cannot be read"},
    {"event-unknown", 400, "Neither path nor body names the event"},
    // The ledger
    {"association-not-found", 0, "The association was never seen"},
    {"event-not-found", 0, "There is no event with this sequence"},
    {"queue-full", 0, "Too many deliveries are waiting"},
    {"read-queue-full", 0, "Too many questions are waiting"},
    {"closing", 0, "The service is shutting down"},
    {"disk-full", 0, "The disk is full"},
    {"store-failing", 0, "The ledger cannot write now"},
    {"store-failed", 0, "The ledger has stopped writing"},
    {"database-busy", 0, "Another process holds the database"},
    {"commit-failed", 0, "It is not known whether the delivery was recorded"},
    {"append-timeout", 0, "It is not known whether the delivery was recorded"},
    {"read-timeout", 0, "The question took too long"},
    {"internal-error", 0, "Something went wrong on our side"},
};

std::string_view generic_title(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_request: return "The request is wrong";
    case Errc::unauthenticated: return "The request is not authenticated";
    case Errc::not_found: return "It was never recorded";
    case Errc::too_large: return "The request is too large";
    case Errc::conflict: return "The request contradicts what is recorded";
    case Errc::overloaded: return "The service is overloaded";
    case Errc::unavailable: return "The service cannot do this now";
    case Errc::outcome_unknown: return "The outcome is not known";
    case Errc::internal: return "Something went wrong on our side";
  }
  return "Something went wrong on our side";
}

}  // namespace

std::span<const KnownReason> problem_catalogue() noexcept {
  return catalogue;
}

const KnownReason* find_reason(std::string_view reason) noexcept {
  const auto* const found = std::ranges::find(catalogue, reason, &KnownReason::reason);
  return found == std::end(catalogue) ? nullptr : found;
}

Response problem(int status, const Error& error, std::span<const DecodeIssue> issues) {
  const KnownReason* const known = find_reason(error.reason);
  Response response{.status = status, .content_type = "application/problem+json", .reason = error.reason};
  JsonWriter json(response.body);
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
  return response;
}

Response problem(const Error& error) {
  const KnownReason* const known = find_reason(error.reason);
  return problem(known != nullptr && known->status != 0 ? known->status : 500, error);
}

}  // namespace ledger::server
