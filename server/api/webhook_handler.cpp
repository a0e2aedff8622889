// The order of the steps is a matter of security: no body is parsed before its signature is verified, and no event is acknowledged before it is on
// disk.
#include "server/api/webhook_handler.h"

#include "server/api/await_store.h"
#include "server/api/render.h"
#include "server/http/ascii.h"
#include "server/http/problem.h"

#include "domain/digest.h"
#include "domain/event_type.h"

#include <utility>

namespace ledger::server {
namespace {

std::optional<EventKind> path_event(const Routed& routed) {
  if (routed.captures.empty()) return std::nullopt;
  const auto named = find_event_kind(routed.captures.front());
  return named ? std::optional(named->kind) : std::nullopt;
}

Response with_outcome(Response response, std::string_view outcome, LogNotes notes) {
  notes.emplace_back("outcome", std::string(outcome));
  response.notes = std::move(notes);
  return response;
}

template <class Tag>
std::string text_of(const std::optional<Named<Tag, std::string>>& id) {
  return id ? id->value() : std::string();
}

LogNotes notes_of(const DecodedEvent& decoded) {
  LogNotes notes;
  notes.emplace_back("webhook_event", std::string(name(decoded.kind)));
  notes.emplace_back("location_id", decoded.association.location.value());
  const SubjectKind subject = subject_kind(decoded.kind);
  if (subject != SubjectKind::location) {
    notes.emplace_back(subject == SubjectKind::relation ? "relation_id" : "association_id", decoded.association.id.value());
  }
  notes.emplace_back("webhook_id", text_of(decoded.webhook_id));
  notes.emplace_back("trace_id", text_of(decoded.trace_id));
  return notes;
}

Error append_timed_out() {
  return Error{Errc::outcome_unknown, "append-timeout", "The ledger did not answer in time. Repeat the delivery: a duplicate is recognised."};
}

}  // namespace

std::optional<Response> WebhookHandler::refuse_early(const RequestHead& head, const Routed& routed) const {
  if (!routed.captures.empty() && !path_event(routed)) {
    return problem(
        Error{Errc::not_found, "unknown-event",
              "The ledger records AssociationCreate, AssociationUpdate, AssociationDelete, RelationCreate, RelationDelete, INSTALL and UNINSTALL."});
  }
  if (head.content_encoding && !iequals(*head.content_encoding, "identity")) {
    return problem(
        Error{Errc::invalid_request, "unsupported-content-encoding", "A delivery must not be compressed: its signature covers the bytes as sent."});
  }
  return std::nullopt;
}

boost::asio::awaitable<Response> WebhookHandler::answer(Request& request) {
  Result<std::optional<Signature>> signature = policy_.authenticate(request.head.signatures, request.body);
  if (!signature) {
    ++counters_.unauthenticated;
    co_return refuse(signature.error());
  }
  const bool is_signed = signature->has_value();
  if (is_signed) refusals_.count_verified();

  const std::optional<EventKind> from_path = path_event(request.routed);
  Decoding decoding = decode_webhook(request.body, from_path);
  if (const auto* const not_kept = std::get_if<NotKept>(&decoding)) co_return ignore(*not_kept, from_path);
  if (const auto* const undecodable = std::get_if<Undecodable>(&decoding); undecodable != nullptr && !is_signed) {
    co_return refuse_undecodable(*undecodable);
  }

  Delivery delivery;
  delivery.body_sha256 = sha256(request.body);
  delivery.body = std::move(request.body);
  delivery.signature = std::move(*signature);
  if (auto* const undecodable = std::get_if<Undecodable>(&decoding)) {
    co_return co_await quarantine(std::move(*undecodable), from_path, std::move(delivery));
  }
  co_return co_await record(std::get<DecodedEvent>(std::move(decoding)), std::move(delivery));
}

boost::asio::awaitable<Response> WebhookHandler::record(DecodedEvent decoded, Delivery delivery) {
  LogNotes notes = notes_of(decoded);
  NewEvent event;
  event.decoded = std::move(decoded);
  event.delivery = std::move(delivery);

  const auto append = [this, &event](Callback<Appended> done) { store_.append(std::move(event), std::move(done)); };
  const Error late = append_timed_out();
  const Result<Appended> appended = co_await await_store<Appended>(append_timeout_, late, counters_.late_results, append);
  if (!appended) co_return refuse(appended.error(), std::move(notes));

  const bool is_new = appended->status == Appended::Status::recorded;
  ++(is_new ? counters_.recorded : counters_.duplicate);
  for (std::size_t i = 0; i < kEventFlags.size(); ++i) {
    if (appended->flags.has(kEventFlags[i])) ++counters_.flagged[i];
  }
  notes.emplace_back("sequence", appended->sequence.value());
  co_return with_outcome(Response{.body = render(*appended)}, is_new ? "recorded" : "duplicate", std::move(notes));
}

boost::asio::awaitable<Response> WebhookHandler::quarantine(Undecodable undecodable, std::optional<EventKind> path_event, Delivery delivery) {
  const std::string_view reason = undecodable.issues.front().reason;
  LogNotes notes;
  const std::string& type = undecodable.type;
  if (path_event || !type.empty()) notes.emplace_back("webhook_event", type.empty() ? std::string(name(*path_event)) : type);
  NewQuarantine kept;
  kept.delivery = std::move(delivery);
  kept.path_event = path_event;
  kept.reason = reason;

  const auto keep = [this, &kept](Callback<QuarantineId> done) { store_.quarantine(std::move(kept), std::move(done)); };
  const Error late = append_timed_out();
  const Result<QuarantineId> id = co_await await_store<QuarantineId>(append_timeout_, late, counters_.late_results, keep);
  if (!id) co_return refuse(id.error(), std::move(notes));

  ++counters_.quarantined;
  notes.emplace_back("quarantine_id", id->value());
  Response response = with_outcome(Response{.status = 202, .body = render_quarantined(*id, reason)}, "quarantined", std::move(notes));
  response.reason = reason;
  response.is_warning = warned_types_.is_first(type.empty() ? reason : std::string_view(type));
  co_return response;
}

Response WebhookHandler::ignore(const NotKept& not_kept, std::optional<EventKind> path_event) {
  ++counters_.ignored;
  counters_.ignored_types.count(not_kept.type);
  LogNotes notes;
  notes.emplace_back("webhook_event", not_kept.type);
  notes.emplace_back("webhook_id", text_of(not_kept.webhook_id));
  notes.emplace_back("trace_id", text_of(not_kept.trace_id));
  Response response = with_outcome(Response{.body = render_ignored(not_kept.type)}, "ignored", std::move(notes));
  // A new event of HighLevel, or a wrong URL in the app's settings.
  const bool is_odd = not_kept.because == NotKeptBecause::unknown || (not_kept.because == NotKeptBecause::documented && path_event);
  response.is_warning = is_odd && warned_types_.is_first(not_kept.type);
  return response;
}

Response WebhookHandler::refuse_undecodable(const Undecodable& undecodable) {
  ++counters_.undecodable;
  const DecodeIssue& first = undecodable.issues.front();
  const Error error{Errc::invalid_request, first.reason, first.detail};
  return with_outcome(problem(error, RouteFamily::webhook, undecodable.issues), "refused", {});
}

Response WebhookHandler::refuse(const Error& error, LogNotes notes) {
  Response response = problem(error, RouteFamily::webhook);
  if (response.status == 429) ++counters_.refused;
  return with_outcome(std::move(response), "refused", std::move(notes));
}

}  // namespace ledger::server
