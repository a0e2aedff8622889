// Answers what an operator asks of the quarantine.
#include "server/api/quarantine_handlers.h"

#include "server/api/await_store.h"
#include "server/api/query_reader.h"
#include "server/api/render.h"
#include "server/http/problem.h"

#include "domain/webhook_decoder.h"

#include <utility>

namespace ledger::server {
namespace {

Error read_took_too_long() {
  return {Errc::unavailable, "read-timeout", "The quarantine could not be read in time."};
}

Error decision_took_too_long() {
  return {Errc::outcome_unknown, "append-timeout", "The decision was not stored in time. It may still be stored: look at the delivery."};
}

Response decided(QuarantineId id, std::string_view outcome, std::string body) {
  Response response{.body = std::move(body)};
  response.notes.emplace_back("outcome", std::string(outcome));
  response.notes.emplace_back("quarantine_id", id.value());
  return response;
}

/// The event that a delivery is, now that it is read again; or the refusal.
std::variant<DecodedEvent, Response> decode_again(const QuarantinedDelivery& delivery, std::optional<EventKind> as) {
  const std::string& body = delivery.delivery.body;
  Decoding decoding = as ? decode_admitted(body, *as) : decode_webhook(body, delivery.path_event);
  if (const auto* const undecodable = std::get_if<Undecodable>(&decoding)) {
    const DecodeIssue& first = undecodable->issues.front();
    return problem(Error{Errc::invalid_request, first.reason, first.detail}, RouteFamily::operation, undecodable->issues);
  }
  if (const auto* const not_kept = std::get_if<NotKept>(&decoding)) {
    return problem(Error{Errc::conflict, "event-not-kept", "The body is an event that the ledger does not keep: " + not_kept->type + "."});
  }
  auto decoded = std::get<DecodedEvent>(std::move(decoding));
  // An operator cannot overrule a type that is signed.
  if (as && decoded.kind != *as) {
    return problem(Error{Errc::conflict, "event-contradicted", "The body says that it is an event " + std::string(name(decoded.kind)) + "."});
  }
  return decoded;
}

}  // namespace

boost::asio::awaitable<Result<QuarantinedDelivery>> QuarantineHandlers::find(QuarantineId id) {
  const auto ask = [this, id](Callback<QuarantinedDelivery> done) { store_.find_quarantined(id, std::move(done)); };
  const Error late = read_took_too_long();
  co_return co_await await_store<QuarantinedDelivery>(timeout_, late, late_results_, ask);
}

QuarantineHandlers::Answer QuarantineHandlers::list(const Request& request) {
  const Result<QuarantineQuery> query = read_quarantine_query(request.routed);
  if (!query) co_return problem(query.error());
  const auto ask = [this, &query](Callback<QuarantinePage> done) { store_.list_quarantine(*query, std::move(done)); };
  const Error late = read_took_too_long();
  const Result<QuarantinePage> page = co_await await_store<QuarantinePage>(timeout_, late, late_results_, ask);
  if (!page) co_return problem(page.error());
  co_return Response{.body = render(*page)};
}

QuarantineHandlers::Answer QuarantineHandlers::show(const Request& request) {
  const Result<QuarantineId> id = read_quarantine_id(request.routed);
  if (!id) co_return problem(id.error());
  const Result<QuarantinedDelivery> found = co_await find(*id);
  if (!found) co_return problem(found.error());
  co_return Response{.body = render(*found)};
}

QuarantineHandlers::Answer QuarantineHandlers::admit(const Request& request) {
  const Result<AdmissionRequest> asked = read_admission(request.routed);
  if (!asked) co_return problem(asked.error());
  Result<QuarantinedDelivery> found = co_await find(asked->id);
  if (!found) co_return problem(found.error());
  // Said before the body is decoded, because without `as` that can still be impossible.
  if (found->decision && found->decision->sequence) co_return problem(already_admitted(*found->decision->sequence));
  std::variant<DecodedEvent, Response> decoded_or_not = decode_again(*found, asked->as);
  if (auto* const refusal = std::get_if<Response>(&decoded_or_not)) co_return std::move(*refusal);

  const auto& decoded = std::get<DecodedEvent>(decoded_or_not);
  const Admission admission{asked->id, found->received_at, asked->mode};
  NewEvent event{decoded, std::move(found->delivery), admission};
  const auto append = [this, &event](Callback<Appended> done) { store_.append(std::move(event), std::move(done)); };
  const Error late = decision_took_too_long();
  const Result<Appended> appended = co_await await_store<Appended>(timeout_, late, late_results_, append);
  if (!appended) co_return problem(appended.error());

  const bool is_new = appended->status == Appended::Status::recorded;
  const bool is_dry = admission.mode == Admission::Mode::dry_run;
  Response response = decided(asked->id, is_dry ? "dry-run" : is_new ? "admitted" : "duplicate", render_admission(admission, decoded, *appended));
  response.notes.emplace_back("webhook_event", std::string(name(decoded.kind)));
  response.notes.emplace_back("sequence", appended->sequence.value());
  co_return response;
}

QuarantineHandlers::Answer QuarantineHandlers::dismiss(const Request& request) {
  const Result<QuarantineId> id = read_quarantine_id(request.routed);
  if (!id) co_return problem(id.error());
  const auto ask = [this, &id](Callback<QuarantineId> done) { store_.dismiss(*id, std::move(done)); };
  const Error late = decision_took_too_long();
  const Result<QuarantineId> dismissed = co_await await_store<QuarantineId>(timeout_, late, late_results_, ask);
  if (!dismissed) co_return problem(dismissed.error());
  co_return decided(*id, "dismissed", render_dismissed(*id));
}

}  // namespace ledger::server
