// The rules that every history must keep.
#include "tests/isolation/history.h"

#include "tests/isolation/answers.h"
#include "tests/isolation/truth.h"

#include <algorithm>
#include <map>
#include <utility>

namespace ledger::test {
namespace {

/// What had come to light by some moment: the highest of the values told by operations that had responded.
class Timeline {
 public:
  void note(std::uint64_t responded, std::int64_t value) { told_.emplace_back(responded, value); }
  /// Call once, behind the last note().
  void close() {
    std::sort(told_.begin(), told_.end());
    for (std::size_t i = 1; i < told_.size(); ++i) told_[i].second = std::max(told_[i].second, told_[i - 1].second);
  }
  [[nodiscard]] std::int64_t before(std::uint64_t invoked) const {
    const auto behind = std::lower_bound(told_.begin(), told_.end(), std::pair(invoked, std::int64_t{0}));
    return behind == told_.begin() ? 0 : std::prev(behind)->second;
  }

 private:
  std::vector<std::pair<std::uint64_t, std::int64_t>> told_;
};

struct Observed {
  const Operation* operation = nullptr;
  const Append* append = nullptr;  ///< Null for reads.
  Prefixes prefixes;
};

class Checker {
 public:
  explicit Checker(const History& history) : history_(history) {}

  std::vector<Finding> run() {
    // Without a dense log there is no truth to hold answers against.
    if (!log_is_dense()) return std::move(findings_);
    const Truth truth(history_.log);
    observe(truth);
    check_acknowledgements();
    check_duplicates(truth);
    check_order_of_appends();
    check_beginnings();
    check_sessions();
    check_real_time();
    check_chains();
    return std::move(findings_);
  }

 private:
  void add(Rule rule, const std::string& what) { findings_.push_back({rule, what}); }
  void add(Rule rule, const Operation& operation, const std::string& what) {
    add(rule, "session " + std::to_string(operation.session) + " [" + std::to_string(operation.span.invoked) + ".." +
                  std::to_string(operation.span.responded) + "] " + describe(operation.action) + ": " + what);
  }
  static std::string text(std::int64_t sequence) { return std::to_string(sequence); }

  bool log_is_dense() {
    Timestamp last = Timestamp::min();
    for (std::size_t i = 0; i < history_.log.size(); ++i) {
      const RecordedEvent& event = history_.log[i];
      if (event.sequence.value() != static_cast<std::int64_t>(i + 1)) {
        add(Rule::the_log_is_dense, "place " + std::to_string(i + 1) + " of the log has sequence " + text(event.sequence.value()));
        return false;
      }
      if (event.recorded_at < last) add(Rule::the_log_is_dense, "event " + text(event.sequence.value()) + " was recorded before the one in front");
      last = event.recorded_at;
    }
    return true;
  }

  /// Holds each answer against the truth, and keeps what it tells of prefixes for the rules about time.
  void observe(const Truth& truth) {
    for (const Operation& operation : history_.operations) {
      const auto prefixes = prefixes_of(operation.action, truth);
      if (!prefixes) {
        add(Rule::every_operation_is_answered, operation, "the port does not foresee that");
        continue;
      }
      observed_.push_back({&operation, std::get_if<Append>(&operation.action), *prefixes});
      if (const auto wrong = difference(operation.action, truth)) add(wrong->rule, operation, wrong->what);
    }
  }

  /// Each "recorded" against the event in the log, and the log against them.
  void check_acknowledgements() {
    recorded_by_.assign(history_.log.size(), nullptr);
    for (const Observed& seen : observed_) {
      if (seen.append == nullptr || seen.append->answer->status != Appended::Status::recorded) continue;
      const std::int64_t sequence = seen.append->answer->sequence.value();
      if (sequence < 1 || sequence > static_cast<std::int64_t>(history_.log.size())) {
        add(Rule::acknowledged_events_are_in_the_log, *seen.operation, "the log has no event " + text(sequence));
        continue;
      }
      const auto place = static_cast<std::size_t>(sequence - 1);
      if (!is_recording_of(history_.log[place], seen.append->question)) {
        add(Rule::acknowledged_events_are_in_the_log, *seen.operation, "event " + text(sequence) + " of the log is another one");
      } else if (std::exchange(recorded_by_[place], seen.operation) != nullptr) {
        add(Rule::acknowledged_events_are_in_the_log, *seen.operation, "event " + text(sequence) + " was acknowledged to another append, too");
      }
    }
    for (std::size_t i = 0; i < recorded_by_.size(); ++i) {
      if (recorded_by_[i] == nullptr) {
        add(Rule::acknowledged_events_are_in_the_log, "event " + std::to_string(i + 1) + " is in the log, but no append was told so");
      }
    }
  }

  static bool is_recording_of(const RecordedEvent& recorded, const NewEvent& event) {
    return recorded.kind == event.decoded.kind && recorded.association == event.decoded.association &&
           recorded.webhook_id == event.decoded.webhook_id && recorded.occurred_at == event.decoded.occurred_at &&
           recorded.delivery.body == event.delivery.body && recorded.delivery.body_sha256 == event.delivery.body_sha256;
  }

  /// The first event of the log that makes such a one behind it a duplicate: same webhook id and body, or a Delete with the same body.
  /// Whether a body, as `kind`, had to be recognised after the prefix `through`: with a webhook id if it was recorded as that kind, without one if it
  /// is the Delete that ended the present life. Then the event that it repeats.
  [[nodiscard]] std::optional<Sequence> repeated_by(const std::string& body, EventKind kind, bool has_webhook_id, const AssociationKey& key,
                                                    Sequence through, const Truth& truth) const {
    const auto same_body = by_body_.find(body);
    if (same_body == by_body_.end()) return std::nullopt;
    const auto state = truth.association(key, through);
    for (const RecordedEvent* const event : same_body->second) {
      if (event->kind != kind || event->sequence > through) continue;
      if (has_webhook_id) return event->sequence;
      if (kind == EventKind::association_delete && state && state->deleted_by == event->sequence) return event->sequence;
    }
    return std::nullopt;
  }

  void check_duplicates(const Truth& truth) {
    for (const RecordedEvent& event : history_.log) {
      const auto first =
          repeated_by(event.delivery.body, event.kind, event.webhook_id.has_value(), event.association, Sequence(event.sequence.value() - 1), truth);
      if (first) add(Rule::duplicates_name_the_first, "event " + text(event.sequence.value()) + " of the log repeats " + text(first->value()));
      by_body_[event.delivery.body].push_back(&event);
    }
    for (const Observed& seen : observed_) {
      if (seen.append == nullptr || seen.append->answer->status != Appended::Status::duplicate) continue;
      const Sequence named = seen.append->answer->sequence;
      if (is_repeated_by(seen.append->question, named, truth)) continue;
      add(Rule::duplicates_name_the_first, *seen.operation, "a duplicate of " + text(named.value()) + ", which is not its first recording");
    }
  }

  /// Whether `named` is what a delivery may be a duplicate of. Which Delete ended the present life when it arrived is not known: any may have.
  [[nodiscard]] bool is_repeated_by(const NewEvent& delivery, Sequence named, const Truth& truth) const {
    const DecodedEvent& event = delivery.decoded;
    if (event.webhook_id) return repeated_by(delivery.delivery.body, event.kind, true, event.association, named, truth) == named;
    const RecordedEvent* const recorded = truth.event(named);
    return event.kind == EventKind::association_delete && recorded != nullptr && recorded->kind == event.kind &&
           recorded->delivery.body == delivery.delivery.body;
  }

  void check_order_of_appends() {
    Timeline acknowledged;
    for (const Observed& seen : observed_) {
      if (seen.append != nullptr) acknowledged.note(seen.operation->span.responded, seen.prefixes.least);
    }
    acknowledged.close();
    for (const Observed& seen : observed_) {
      if (seen.append == nullptr || seen.append->answer->status != Appended::Status::recorded) continue;
      const std::int64_t before = acknowledged.before(seen.operation->span.invoked);
      if (seen.prefixes.least > before) continue;
      add(Rule::appends_keep_their_order, *seen.operation,
          "recorded as " + text(seen.prefixes.least) + ", but " + text(before) + " was acknowledged before it began");
    }
  }

  void check_beginnings() {
    // begun[s]: when the last of the first s events was handed in; what nobody handed in has been found already.
    std::vector<std::uint64_t> begun(history_.log.size() + 1, 0);
    for (std::size_t i = 0; i < recorded_by_.size(); ++i) {
      begun[i + 1] = std::max(begun[i], recorded_by_[i] == nullptr ? 0 : recorded_by_[i]->span.invoked);
    }
    for (const Observed& seen : observed_) {
      const auto least = static_cast<std::size_t>(seen.prefixes.least);
      if (least < begun.size() && begun[least] < seen.operation->span.responded) continue;
      add(Rule::nothing_is_seen_before_its_append, *seen.operation, "it is of a prefix of at least " + text(seen.prefixes.least));
    }
  }

  void check_sessions() {
    std::map<std::size_t, std::int64_t> acknowledged;
    std::map<std::size_t, std::int64_t> shown;
    for (const Observed& seen : observed_) {
      std::int64_t& own = acknowledged[seen.operation->session];
      std::int64_t& before = shown[seen.operation->session];
      if (seen.append != nullptr) {
        own = std::max(own, seen.prefixes.least);
        continue;
      }
      if (seen.prefixes.most < own) {
        add(Rule::read_your_writes, *seen.operation, sees_too_little(seen) + text(own) + " was acknowledged to its session");
      }
      if (seen.prefixes.most < before) {
        add(Rule::reads_never_go_back, *seen.operation, sees_too_little(seen) + text(before) + " was shown to its session");
      }
      before = std::max(before, seen.prefixes.least);
    }
  }

  void check_real_time() {
    Timeline acknowledged;
    Timeline shown;
    for (const Observed& seen : observed_) {
      (seen.append != nullptr ? acknowledged : shown).note(seen.operation->span.responded, seen.prefixes.least);
    }
    acknowledged.close();
    shown.close();
    for (const Observed& seen : observed_) {
      if (seen.append != nullptr) continue;
      const std::int64_t told = acknowledged.before(seen.operation->span.invoked);
      const std::int64_t read = shown.before(seen.operation->span.invoked);
      if (seen.prefixes.most < told) {
        add(Rule::acknowledged_is_seen_by_all, *seen.operation, sees_too_little(seen) + text(told) + " was acknowledged before it began");
      }
      if (seen.prefixes.most < read) {
        add(Rule::what_one_saw_all_see, *seen.operation, sees_too_little(seen) + text(read) + " was shown before it began");
      }
    }
  }

  static std::string sees_too_little(const Observed& seen) { return "it is of a prefix of at most " + text(seen.prefixes.most) + ", but "; }

  void check_chains() {
    std::map<std::size_t, Link> ends;
    std::map<std::size_t, const Operation*> last_pages;
    for (const Operation& operation : history_.operations) {
      const auto link = link_of(operation.action);
      if (!operation.chain || !link) continue;
      const auto [end, is_first] = ends.emplace(*operation.chain, *link);
      if (is_first ? !link->after.empty() : end->second.next.empty() || link->after != end->second.next || link->list != end->second.list) {
        add(Rule::a_chain_shows_one_prefix, operation, "it does not go on where the page before ended");
      }
      if (link->as_of != end->second.as_of) {
        add(Rule::a_chain_shows_one_prefix, operation, "the page before was as of " + text(end->second.as_of.value()));
      }
      end->second = *link;
      last_pages[*operation.chain] = &operation;
    }
    for (const auto& [chain, end] : ends) {
      if (!end.next.empty()) add(Rule::a_chain_shows_one_prefix, *last_pages[chain], "the list was not read to its end");
    }
  }

  const History& history_;
  std::vector<Finding> findings_;
  std::vector<Observed> observed_;             ///< In the order of the history.
  std::vector<const Operation*> recorded_by_;  ///< For each event of the log, the append that was told of it.
  std::map<std::string, std::vector<const RecordedEvent*>> by_body_;
};

}  // namespace

std::vector<Finding> check(const History& history) {
  return Checker(history).run();
}

const char* name(Rule rule) noexcept {
  switch (rule) {
    case Rule::every_operation_is_answered: return "every_operation_is_answered";
    case Rule::the_log_is_dense: return "the_log_is_dense";
    case Rule::acknowledged_events_are_in_the_log: return "acknowledged_events_are_in_the_log";
    case Rule::duplicates_name_the_first: return "duplicates_name_the_first";
    case Rule::appends_keep_their_order: return "appends_keep_their_order";
    case Rule::nothing_is_seen_before_its_append: return "nothing_is_seen_before_its_append";
    case Rule::read_your_writes: return "read_your_writes";
    case Rule::acknowledged_is_seen_by_all: return "acknowledged_is_seen_by_all";
    case Rule::reads_never_go_back: return "reads_never_go_back";
    case Rule::what_one_saw_all_see: return "what_one_saw_all_see";
    case Rule::events_never_change: return "events_never_change";
    case Rule::state_is_the_fold_of_a_prefix: return "state_is_the_fold_of_a_prefix";
    case Rule::a_chain_shows_one_prefix: return "a_chain_shows_one_prefix";
  }
  return "unknown";
}

}  // namespace ledger::test
