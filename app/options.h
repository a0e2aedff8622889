// The commands and options of the command line, and the sources of their values.
#pragma once

#include "app/logging.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace ledger::app {

/// Exit codes of the process. Scripts and supervisors depend on them: never renumber.
enum class Exit { ok = 0, failed = 1, usage = 2, divergence = 3, configuration = 4 };

enum class Command { serve, rebuild, verify, migrate, quarantine_list, quarantine_show, quarantine_admit, quarantine_dismiss };

/// The values as given. Files may be missing and addresses unusable.
struct Settings {
  Command command{};
  std::string database;
  std::string listen = "127.0.0.1:8080";
  std::string ops_listen = "127.0.0.1:8081";
  std::vector<std::string> public_keys;      ///< Files, "highlevel" or "highlevel-legacy"; empty means "highlevel".
  std::vector<std::string> webhook_secrets;  ///< Files.
  bool allow_unsigned = false;
  bool accept_clock = false;
  bool create = false;
  bool require_signed = false;
  std::size_t body_limit_bytes = std::size_t{1024} * 1024;
  std::size_t queue_limit = 8192;
  std::size_t threads = 3;
  LogFormat log_format = LogFormat::key_value;
  LogLevel log_level = LogLevel::info;
  // Of the quarantine commands.
  std::int64_t delivery = 0;  ///< 0: none was given.
  std::int64_t after = 0;
  std::size_t limit = 100;
  std::string reason;    ///< Empty: any.
  std::string admit_as;  ///< The name of a webhook; empty: as the body and the URL say.
  bool all = false;
  bool dry_run = false;
  bool only_body = false;
  std::vector<std::string> unknown_variables;  ///< Of the environment: ASSOCIATION_LEDGER_… that names no option.
};

/// The command line asked for help or the version; there is nothing to run.
struct Answered {
  std::string text;
};
struct Refusal {
  Exit exit{};  ///< usage: the command line or the environment is wrong. configuration: the config file is.
  std::string message;
};

using ParsedOptions = std::variant<Settings, Answered, Refusal>;

/// A value on the command line overrides one in the environment (ASSOCIATION_LEDGER_<OPTION>), which overrides one in the config file. A name that no
/// command knows is an error on the command line and in the file. `version` is printed by --version.
[[nodiscard]] ParsedOptions parse_options(int argc, const char* const* argv, const std::string& version);

}  // namespace ledger::app
