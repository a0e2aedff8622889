// The commands below `quarantine`.
#include "app/quarantine_command.h"

#include "app/commands.h"
#include "app/composition.h"
#include "app/control_client.h"
#include "app/logging.h"
#include "app/queued_log.h"
#include "domain/base64.h"
#include "server/http/target.h"

#include <unistd.h>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

namespace ledger::app {
namespace {

namespace json = boost::json;

/// How many deliveries are asked for at a time.
constexpr std::int64_t kPageLimit = 100;

struct Reply {
  int status = 0;
  json::object body;
};

/// The process that has the database open: the service or, if none runs when the first question comes, this process.
class DatabaseOwner {
 public:
  explicit DatabaseOwner(const Settings& settings)
      : database_(settings.database), log_(STDERR_FILENO, settings.log_format, LogLevel::warning, clock_) {}

  Result<Reply> ask(std::string_view method, const std::string& target) {
    const std::string socket = control_socket(database_);
    Result<ControlAnswer> answer = ask_control(socket, method, target);
    if (!answer && answer.error().reason == "no-service" && !own_) {
      Result<std::unique_ptr<ControlService>> own = ControlService::start(database_, clock_, log_);
      if (!own) return own.error();
      own_ = *std::move(own);
      answer = ask_control(socket, method, target);
    }
    if (!answer) return answer.error();
    return Reply{answer->status, json::parse(answer->body).as_object()};
  }

 private:
  const std::string database_;
  const SystemClock clock_;
  QueuedLog log_;
  std::unique_ptr<ControlService> own_;
};

std::string text_of(const json::value& value) {
  if (value.is_string()) return printable(std::string_view(value.as_string()));
  if (value.is_int64()) return std::to_string(value.as_int64());
  return "-";
}

/// What the problem document says, with the places in the body.
std::string refusal_of(const Reply& reply) {
  std::string text = text_of(reply.body.at("detail"));
  const json::value* const errors = reply.body.if_contains("errors");
  if (errors == nullptr) return text;
  for (const json::value& error : errors->as_array()) {
    text += " [" + text_of(error.at("reason")) + (error.at("pointer").as_string().empty() ? "" : " at " + text_of(error.at("pointer"))) + "]";
  }
  return text;
}

bool is_refused(const Reply& reply) {
  return reply.status >= 400;
}

/// Prints why there is no reply, or why it refuses, and returns the exit code. nullopt if the reply is what was asked for.
std::optional<Exit> failure_of(const Result<Reply>& reply, const std::string& what = "", const char* advice = "") {
  if (!reply) return complain(exit_after(reply.error()), reply.error().detail);
  if (is_refused(*reply)) return complain(Exit::failed, what + refusal_of(*reply) + advice);
  return std::nullopt;
}

std::string path_of(std::int64_t delivery) {
  return "/v1/quarantine/" + std::to_string(delivery);
}

std::string decision_of(const json::object& delivery) {
  const json::value& decision = delivery.at("decision");
  if (!decision.is_object()) return "open";
  const std::string status = text_of(decision.at("status"));
  if (status == "dismissed") return "dismissed at " + text_of(decision.at("decidedAt"));
  return (status == "admitted" ? "admitted as event " : "duplicate of event ") + text_of(decision.at("sequence"));
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

/// Calls `each` (const json::object&) -> bool for the deliveries, oldest first, until it returns false. Returns the error or refusal that ended it.
template <class Each>
std::optional<Exit> for_each_delivery(DatabaseOwner& owner, const Settings& settings, bool with_decided, Each each) {
  std::int64_t after = settings.after;
  while (true) {
    std::string target = "/v1/quarantine?limit=" + std::to_string(kPageLimit) + "&after=" + std::to_string(after);
    if (with_decided) target += "&status=all";
    if (!settings.reason.empty()) target += "&reason=" + server::percent_encode(settings.reason);
    const Result<Reply> page = owner.ask("GET", target);
    if (const auto failed = failure_of(page)) return failed;
    for (const json::value& delivery : page->body.at("deliveries").as_array()) {
      if (!each(delivery.as_object())) return std::nullopt;
    }
    const json::value& next = page->body.at("nextAfter");
    if (!next.is_int64()) return std::nullopt;
    after = next.as_int64();
  }
}

Exit list(DatabaseOwner& owner, const Settings& settings) {
  std::size_t listed = 0;
  std::int64_t last = 0;
  const auto print = [&](const json::object& delivery) {
    if (listed == settings.limit) {
      print_line("There are more: --after " + std::to_string(last));
      return false;
    }
    ++listed;
    last = delivery.at("quarantineId").as_int64();
    print_line(padded(std::to_string(last), 6) + "  " + text_of(delivery.at("receivedAt")) + "  " + padded(text_of(delivery.at("pathEvent")), 17) +
               "  " + padded(text_of(delivery.at("reason")), 17) + "  " + padded(text_of(delivery.at("bodyBytes")) + " bytes", 13) + "  " +
               decision_of(delivery));
    return true;
  };
  if (const auto failed = for_each_delivery(owner, settings, settings.all, print)) return *failed;
  if (listed == 0) print_line("no deliveries");
  return Exit::ok;
}

Exit show(DatabaseOwner& owner, const Settings& settings) {
  const Result<Reply> reply = owner.ask("GET", path_of(settings.delivery));
  if (const auto failed = failure_of(reply)) return *failed;
  const json::object& delivery = reply->body;
  std::string body;
  if (const json::value& text = delivery.at("body"); text.is_string()) {
    body = std::string_view(text.as_string());
  } else {
    body = base64_decode(std::string_view(delivery.at("bodyBase64").as_string())).value();
  }
  if (settings.only_body) {
    std::fwrite(body.data(), 1, body.size(), stdout);
    return Exit::ok;
  }
  print_line("delivery     " + std::to_string(settings.delivery));
  print_line("received at  " + text_of(delivery.at("receivedAt")));
  print_line("path event   " + text_of(delivery.at("pathEvent")));
  print_line("reason       " + text_of(delivery.at("reason")));
  print_line("decision     " + decision_of(delivery));
  const json::value& signature = delivery.at("signature");
  print_line("signature    " + (signature.is_object() ? text_of(signature.at("scheme")) + " by key " + text_of(signature.at("keyId")) : "none"));
  print_line("SHA-256      " + text_of(delivery.at("bodySha256")));
  print_line("bytes        " + text_of(delivery.at("bodyBytes")));
  print_line("body         " + printable(body));
  return Exit::ok;
}

Result<Reply> ask_admission(DatabaseOwner& owner, const Settings& settings, std::int64_t delivery) {
  std::string target = path_of(delivery) + "/admit?dryRun=" + (settings.dry_run ? "true" : "false");
  if (!settings.admit_as.empty()) target += "&as=" + settings.admit_as;
  return owner.ask("POST", target);
}

std::string admission_of(const Reply& reply) {
  const std::string sequence = "event " + text_of(reply.body.at("sequence"));
  const bool is_dry = reply.body.at("dryRun").as_bool();
  std::string text = "delivery " + text_of(reply.body.at("quarantineId"));
  if (reply.body.at("status").as_string() == "duplicate") {
    return text + (is_dry ? " would be a duplicate: it is recorded already as " : " is a duplicate: it was recorded already as ") + sequence;
  }
  text += is_dry ? " would be admitted" : " was admitted as " + sequence;
  text += ": " + text_of(reply.body.at("event"));
  if (const std::string subject = text_of(reply.body.at("subjectId")); !subject.empty()) text += " " + subject;
  text += " of location " + text_of(reply.body.at("locationId"));
  for (const json::value& flag : reply.body.at("flags").as_array()) {
    if (flag == "kind_conflict") text += "; it changes nothing, because the same bytes are recorded as another event";
  }
  return text;
}

Exit admit_one(DatabaseOwner& owner, const Settings& settings) {
  const Result<Reply> reply = ask_admission(owner, settings, settings.delivery);
  const bool needs_name = reply && is_refused(*reply) && settings.admit_as.empty() && reply->body.at("type").as_string().ends_with(":event-unknown");
  const std::string what = "delivery " + std::to_string(settings.delivery) + " was not admitted: ";
  if (const auto failed = failure_of(reply, what, needs_name ? " Name the event with --as." : "")) return *failed;
  print_line(admission_of(*reply));
  return Exit::ok;
}

Exit admit_all(DatabaseOwner& owner, const Settings& settings) {
  std::size_t admitted = 0;
  std::size_t left = 0;
  Exit ended_by = Exit::ok;
  const auto admit = [&](const json::object& delivery) {
    const std::int64_t id = delivery.at("quarantineId").as_int64();
    const Result<Reply> reply = ask_admission(owner, settings, id);
    if (!reply || reply->status >= 500) {  // The next delivery would fail, too.
      ended_by = *failure_of(reply);
      return false;
    }
    ++(is_refused(*reply) ? left : admitted);
    print_line(is_refused(*reply) ? "delivery " + std::to_string(id) + " was not admitted: " + refusal_of(*reply) : admission_of(*reply));
    return true;
  };
  if (const auto failed = for_each_delivery(owner, settings, false, admit)) return *failed;
  print_line(std::to_string(admitted) + (settings.dry_run ? " would be admitted, " : " admitted, ") + std::to_string(left) + " not admitted");
  if (ended_by != Exit::ok) return ended_by;
  return left == 0 ? Exit::ok : Exit::failed;
}

Exit dismiss(DatabaseOwner& owner, const Settings& settings) {
  const Result<Reply> reply = owner.ask("POST", path_of(settings.delivery) + "/dismiss");
  const std::string delivery = "delivery " + std::to_string(settings.delivery);
  if (const auto failed = failure_of(reply, delivery + " was not dismissed: ")) return *failed;
  print_line(delivery + " was dismissed");
  return Exit::ok;
}

}  // namespace

Exit run_quarantine(const Settings& settings) {
  std::error_code unseen;
  if (!std::filesystem::is_regular_file(settings.database, unseen))
    return complain(Exit::configuration, settings.database + ": there is no such database");
  DatabaseOwner owner(settings);
  if (settings.command == Command::quarantine_list) return list(owner, settings);
  if (settings.command == Command::quarantine_show) return show(owner, settings);
  if (settings.command == Command::quarantine_dismiss) return dismiss(owner, settings);
  return settings.all ? admit_all(owner, settings) : admit_one(owner, settings);
}

}  // namespace ledger::app
