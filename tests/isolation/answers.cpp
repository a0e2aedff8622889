// What one answer in a history says by itself.
#include "tests/isolation/answers.h"

#include <algorithm>
#include <type_traits>

namespace ledger::test {
namespace {

std::string text(Sequence sequence) {
  return std::to_string(sequence.value());
}

std::string text(const DeletionPosition& position) {
  return format_rfc3339(position.deleted_at) + "/" + text(position.deleted_by);
}

std::string text(const AsOf& as_of) {
  if (const auto* sequence = std::get_if<Sequence>(&as_of)) return " as of " + text(*sequence);
  if (const auto* moment = std::get_if<Timestamp>(&as_of)) return " as of " + format_rfc3339(*moment);
  return "";
}

std::string text(const AssociationKey& key) {
  return key.location.value() + "/" + key.id.value();
}

// What is asked, without the place of the page.
std::string list_of(const NewEvent& event) {
  return "append " + text(event.decoded.association);
}
std::string list_of(const AssociationQuery& query) {
  return "list_associations " + query.location.value();
}
std::string list_of(const AssociationKey& key) {
  return "find_association " + text(key);
}
std::string list_of(const DeletionQuery& query) {
  return "list_deletions " + query.location.value();
}
std::string list_of(const HistoryQuery& query) {
  return "list_history " + text(query.association);
}
std::string list_of(const EventQuery& /*query*/) {
  return "list_events";
}
std::string list_of(Sequence sequence) {
  return "find_event " + text(sequence);
}
std::string list_of(const LocationQuery& /*query*/) {
  return "list_locations";
}

// Where a page begins; empty for the first one.
std::string after_of(const AssociationQuery& query) {
  return query.after ? query.after->value() : "";
}
std::string after_of(const DeletionQuery& query) {
  return query.after ? text(*query.after) : "";
}
std::string after_of(const HistoryQuery& query) {
  return query.after == Sequence(0) ? "" : text(query.after);
}
std::string after_of(const EventQuery& query) {
  return query.after == Sequence(0) ? "" : text(query.after);
}
std::string after_of(const LocationQuery& query) {
  return query.after ? query.after->value() : "";
}

// Where the next page begins; empty behind the last one.
std::string next_of(const AssociationPage& page) {
  return page.next ? page.next->value() : "";
}
std::string next_of(const EventPage& page) {
  return page.has_more && !page.events.empty() ? text(page.events.back().sequence) : "";
}

Sequence shown(const EventPage& page) {
  return page.last_sequence;
}
template <class Page>
Sequence shown(const Page& page) {
  return page.as_of;
}

template <class Question>
concept HasPages = requires(const Question& question) {
  after_of(question);
};

Prefixes from(Sequence least) {
  return {.least = least.value()};
}

/// Up to the event before `next`.
Prefixes between(Sequence least, std::optional<Sequence> next) {
  Prefixes prefixes = from(least);
  if (next) prefixes.most = next->value() - 1;
  return prefixes;
}

using Foreseen = std::optional<Prefixes>;

Foreseen prefixes(const Append& append, const Truth& /*truth*/) {
  if (!append.answer) return std::nullopt;
  return from(append.answer->sequence);
}

/// The common part of questions about the past.
template <class Question, class Page>
Foreseen prefixes_of_state(const Asked<Question, Page>& read, const Truth& truth) {
  const AsOf& as_of = read.question.as_of;
  if (std::holds_alternative<Latest>(as_of)) {
    if (!read.answer) return std::nullopt;
    return between(read.answer->as_of, truth.next_of(read.question.location, read.answer->as_of));
  }
  if (!read.answer && read.answer.error().code != Errc::invalid_request) return std::nullopt;
  if (const auto* const asked = std::get_if<Sequence>(&as_of)) {
    if (read.answer) return from(read.answer->as_of);
    if (*asked < Sequence(1)) return Prefixes{};
    return between(Sequence(0), *asked);
  }
  // The last event by that moment, or none: were the next one there, and not later, it would have been the last.
  const Sequence last = read.answer ? read.answer->as_of : Sequence(0);
  const Sequence next(last.value() + 1);
  const RecordedEvent* const event = truth.event(next);
  const bool counts = event != nullptr && event->recorded_at <= std::get<Timestamp>(as_of);
  return between(last, counts ? std::optional(next) : std::nullopt);
}

Foreseen prefixes(const AssociationsRead& read, const Truth& truth) {
  return prefixes_of_state(read, truth);
}
Foreseen prefixes(const DeletionsRead& read, const Truth& truth) {
  if (!read.answer) return std::nullopt;
  return between(read.answer->as_of, truth.next_of(read.question.location, read.answer->as_of));
}

Foreseen prefixes(const AssociationRead& read, const Truth& truth) {
  if (read.answer) return between(read.answer->last_sequence, truth.next_of(read.question, read.answer->last_sequence));
  if (read.answer.error().code != Errc::not_found) return std::nullopt;
  return between(Sequence(0), truth.next_of(read.question, Sequence(0)));
}

Foreseen prefixes(const HistoryRead& read, const Truth& truth) {
  const std::optional<Sequence> first = truth.next_of(read.question.association, Sequence(0));
  if (!read.answer) {
    if (read.answer.error().code != Errc::not_found) return std::nullopt;
    return between(Sequence(0), first);
  }
  std::optional<Sequence> next = truth.next_of(read.question.association, read.answer->last_sequence);
  // What lies behind the prefix asked for was not to be shown.
  if (next && read.question.through && *next > *read.question.through) next.reset();
  return between(std::max(read.answer->last_sequence, first.value_or(Sequence(0))), next);
}

Foreseen prefixes(const EventsRead& read, const Truth& /*truth*/) {
  // A position beyond the end is refused: the log was not that long yet.
  if (!read.answer) return read.answer.error().code == Errc::invalid_request ? Foreseen(between(Sequence(0), read.question.after)) : std::nullopt;
  return between(read.answer->last_sequence, Sequence(read.answer->last_sequence.value() + 1));
}

Foreseen prefixes(const EventRead& read, const Truth& /*truth*/) {
  if (read.answer) return from(read.question);
  if (read.answer.error().code != Errc::not_found) return std::nullopt;
  return read.question < Sequence(1) ? Prefixes{} : between(Sequence(0), read.question);
}

Foreseen prefixes(const LocationsRead& read, const Truth& /*truth*/) {
  if (!read.answer) return std::nullopt;
  return between(read.answer->as_of, Sequence(read.answer->as_of.value() + 1));
}

bool same(const AssociationPage& left, const AssociationPage& right) {
  return left.as_of == right.as_of && left.associations == right.associations && left.next == right.next;
}

bool same(const DeletionPage& left, const DeletionPage& right) {
  return left.as_of == right.as_of && left.next == right.next && left.deletions == right.deletions;
}

bool same(const EventPage& left, const EventPage& right) {
  return left.last_sequence == right.last_sequence && left.has_more == right.has_more &&
         std::equal(left.events.begin(), left.events.end(), right.events.begin(), right.events.end(), same_event);
}

bool same(const LocationPage& left, const LocationPage& right) {
  return left.as_of == right.as_of && left.locations == right.locations && left.next == right.next;
}

/// Whether the prefix that a page names is the one that was asked for.
template <class Question>
bool is_asked_for(const Question& question, Sequence shown, const Truth& truth) {
  if (std::holds_alternative<Latest>(question.as_of)) return truth.last_of(question.location, shown) == shown;
  if (const auto* sequence = std::get_if<Sequence>(&question.as_of)) return *sequence == shown;
  const RecordedEvent* const last = truth.event(shown);
  return last != nullptr && last->recorded_at <= std::get<Timestamp>(question.as_of);
}
bool is_asked_for(const DeletionQuery& query, Sequence shown, const Truth& truth) {
  return truth.last_of(query.location, shown) == shown;
}
bool is_asked_for(const LocationQuery& /*query*/, Sequence /*shown*/, const Truth& /*truth*/) {
  return true;
}
bool is_asked_for(const HistoryQuery& query, Sequence shown, const Truth& truth) {
  return (!query.through || shown <= *query.through) && truth.last_of(query.association, shown) == shown;
}
bool is_asked_for(const EventQuery& /*query*/, Sequence /*shown*/, const Truth& /*truth*/) {
  return true;
}

bool is_right(const AssociationRead& read, const Truth& truth) {
  return truth.association(read.question, read.answer->last_sequence) == *read.answer;
}
bool is_right(const EventRead& read, const Truth& truth) {
  const RecordedEvent* const event = truth.event(read.question);
  return event != nullptr && same_event(*event, *read.answer);
}
template <class Question, class Page>
bool is_right(const Asked<Question, Page>& read, const Truth& truth) {
  const Sequence prefix = shown(*read.answer);
  return is_asked_for(read.question, prefix, truth) && same(truth.page(read.question, prefix), *read.answer);
}

template <class Answer>
constexpr Rule kRuleOf =
    std::is_same_v<Answer, EventPage> || std::is_same_v<Answer, RecordedEvent> ? Rule::events_never_change : Rule::state_is_the_fold_of_a_prefix;

template <class Question, class Answer>
std::optional<Finding> difference_of(const Asked<Question, Answer>& read, const Truth& truth) {
  if constexpr (std::is_same_v<Answer, Appended>)
    return std::nullopt;
  else {
    if (!read.answer || is_right(read, truth)) return std::nullopt;
    return Finding{kRuleOf<Answer>, "is not what the log says"};
  }
}

}  // namespace

std::string describe(const Action& action) {
  return std::visit(
      [](const auto& asked) {
        std::string described = list_of(asked.question);
        if constexpr (requires {
                        asked.question.location;
                        asked.question.as_of;
                      })
          described += text(asked.question.as_of);
        if constexpr (HasPages<std::remove_cvref_t<decltype(asked.question)>>) {
          if (const std::string after = after_of(asked.question); !after.empty()) described += " after " + after;
          if (asked.answer) described += ", shown as of " + text(shown(*asked.answer));
        }
        if (!asked.answer) described += ", answered " + std::string(asked.answer.error().reason);
        return described;
      },
      action);
}

std::optional<Prefixes> prefixes_of(const Action& action, const Truth& truth) {
  return std::visit([&truth](const auto& asked) { return prefixes(asked, truth); }, action);
}

std::optional<Finding> difference(const Action& action, const Truth& truth) {
  return std::visit([&truth](const auto& asked) { return difference_of(asked, truth); }, action);
}

bool same_event(const RecordedEvent& left, const RecordedEvent& right) {
  return left.sequence == right.sequence && left.kind == right.kind && left.association == right.association && left.webhook_id == right.webhook_id &&
         left.trace_id == right.trace_id && left.occurred_at == right.occurred_at && left.effective_at == right.effective_at &&
         left.recorded_at == right.recorded_at && left.flags == right.flags && left.delivery.source == right.delivery.source &&
         left.delivery.body == right.delivery.body && left.delivery.body_sha256 == right.delivery.body_sha256 &&
         left.delivery.signature == right.delivery.signature;
}

std::optional<Link> link_of(const Action& action) {
  return std::visit(
      [](const auto& asked) -> std::optional<Link> {
        using Question = std::remove_cvref_t<decltype(asked.question)>;
        // Each page of deletions and of locations shows the present.
        constexpr bool kShowsThePresent = std::is_same_v<Question, DeletionQuery> || std::is_same_v<Question, LocationQuery>;
        if constexpr (HasPages<Question> && !kShowsThePresent) {
          if (asked.answer) return Link{list_of(asked.question), shown(*asked.answer), after_of(asked.question), next_of(*asked.answer)};
        }
        return std::nullopt;
      },
      action);
}

}  // namespace ledger::test
