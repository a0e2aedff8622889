// The commands and options of the command line, and the sources of their values.
#include "app/options.h"

#include "domain/event.h"

#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

namespace ledger::app {
namespace {

constexpr std::size_t kMebibyte = std::size_t{1024} * 1024;

constexpr std::string_view kVariablePrefix = "ASSOCIATION_LEDGER_";

std::string variable_of(const std::string& option) {
  std::string variable(kVariablePrefix);
  for (const char c : option) variable += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return variable;
}

/// Adds an option to a command, with a variable of the environment that is named after it.
template <class Value>
CLI::Option* add(CLI::App& command, const std::string& name, Value& value, const std::string& help) {
  return command.add_option("--" + name, value, help)->envname(variable_of(name));
}

void add_flag(CLI::App& command, const std::string& name, bool& value, const std::string& help) {
  command.add_flag("--" + name, value, help)->envname(variable_of(name));
}

/// The variables of the environment that look like options and are none of any command.
std::vector<std::string> unknown_variables(const std::map<CLI::App*, Command>& commands) {
  std::set<std::string> known;
  for (const auto& [command, kind] : commands) {
    for (const CLI::Option* option : command->get_options()) known.insert(option->get_envname());
  }
  std::vector<std::string> unknown;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string name(text.substr(0, text.find('=')));
    if (name.starts_with(kVariablePrefix) && !known.contains(name)) unknown.push_back(name);
  }
  return unknown;
}

void add_database(CLI::App& command, Settings& settings, std::string& config) {
  add(command, "config", config, "Read options from FILE: lines of name = value, with the names of these options without --")
      ->type_name("FILE")
      ->configurable(false);
  add(command, "database", settings.database, "The ledger, one SQLite file (required)")->type_name("FILE");
}

void add_public_keys(CLI::App& command, Settings& settings) {
  add(command, "public-key", settings.public_keys,
      "Keys whose signatures are accepted, separated by commas: a PEM file, highlevel (Ed25519, built in, the default), or "
      "highlevel-legacy (RSA, built in)")
      ->type_name("FILE|highlevel|highlevel-legacy")
      ->delimiter(',')
      ->take_all();
}

void add_logging(CLI::App& command, Settings& settings) {
  static const std::map<std::string, LogFormat> formats = {{"kv", LogFormat::key_value}, {"json", LogFormat::json}};
  static const std::map<std::string, LogLevel> levels = {
      {"debug", LogLevel::debug}, {"info", LogLevel::info}, {"warning", LogLevel::warning}, {"error", LogLevel::error}};
  add(command, "log-format", settings.log_format, "Format of log lines: kv (key=value, the default) or json")
      ->transform(CLI::CheckedTransformer(formats).description(""))
      ->type_name("kv|json");
  add(command, "log-level", settings.log_level, "Lowest level that is logged (default info)")
      ->transform(CLI::CheckedTransformer(levels).description(""))
      ->type_name("debug|info|warning|error");
}

CLI::App* add_serve(CLI::App& app, Settings& settings, std::string& config) {
  CLI::App* serve = app.add_subcommand("serve", "Record webhooks and answer queries until SIGTERM or SIGINT");
  add_database(*serve, settings, config);
  add(*serve, "listen", settings.listen, "Address for webhooks and, on loopback, queries")->type_name("ADDR:PORT")->capture_default_str();
  add(*serve, "ops-listen", settings.ops_listen, "Address for /livez and /readyz")->type_name("ADDR:PORT")->capture_default_str();
  add_public_keys(*serve, settings);
  add(*serve, "webhook-secret", settings.webhook_secrets,
      "Files with one secret each, separated by commas; webhooks are then accepted only below /webhooks/highlevel/SECRET")
      ->type_name("FILE")
      ->delimiter(',')
      ->take_all();
  add_flag(*serve, "create", settings.create, "Make the database if there is none at that path");
  add_flag(*serve, "allow-unsigned", settings.allow_unsigned, "For development: accept deliveries without a signature; needs a loopback address");
  add_flag(*serve, "accept-clock", settings.accept_clock, "Start although the clock is more than a day behind the last event");
  add(*serve, "body-limit", settings.body_limit_bytes, "Maximum size of a body, 1KiB to 16MiB (default 1MiB)")
      ->transform(CLI::AsSizeValue(false).description(""))
      ->check(CLI::Range(std::size_t{1024}, 16 * kMebibyte).description(""))
      ->type_name("BYTES");
  add(*serve, "queue-limit", settings.queue_limit, "Deliveries that may wait for a commit, 1 to 1000000; more are answered with 429")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}).description(""))
      ->type_name("N")
      ->capture_default_str();
  add(*serve, "threads", settings.threads, "Threads that serve connections, 1 to 64")
      ->check(CLI::Range(std::size_t{1}, std::size_t{64}).description(""))
      ->type_name("N")
      ->capture_default_str();
  add_logging(*serve, settings);
  serve->footer(
      "Every option can also be set in the config file and in the variable ASSOCIATION_LEDGER_<OPTION>. The command line overrides the\n"
      "environment, and the environment overrides the file.\n\n"
      "Examples:\n"
      "  association-ledger serve --database /var/lib/ledger/ledger.db --create\n"
      "  association-ledger serve --database ledger.db --create --allow-unsigned   # development\n"
      "  association-ledger serve --database ledger.db --public-key highlevel --public-key next.pem   # a rotation\n"
      "  ASSOCIATION_LEDGER_LISTEN=127.0.0.1:9000 association-ledger serve --config /etc/association-ledger.conf");
  return serve;
}

CLI::App* add_rebuild(CLI::App& app, Settings& settings, std::string& config) {
  CLI::App* rebuild = app.add_subcommand("rebuild", "Compute the current state again from the log, in one transaction");
  add_database(*rebuild, settings, config);
  rebuild->footer("The service must be stopped.\n\nExample:\n  association-ledger rebuild --database /var/lib/ledger/ledger.db");
  return rebuild;
}

CLI::App* add_verify(CLI::App& app, Settings& settings, std::string& config) {
  CLI::App* verify = app.add_subcommand("verify", "Check the log, its signatures and the state; exits with 3 at the first divergence");
  add_database(*verify, settings, config);
  add_public_keys(*verify, settings);
  add_flag(*verify, "require-signed", settings.require_signed, "Name each event that none of the keys signed, and exit with 3 if there is one");
  verify->footer(
      "It only reads, so the service may run meanwhile. The write-ahead log of the service grows until verify ends.\n\n"
      "Examples:\n"
      "  association-ledger verify --database /var/lib/ledger/ledger.db\n"
      "  association-ledger verify --database ledger.db --public-key highlevel --public-key retired.pem");
  return verify;
}

CLI::App* add_migrate(CLI::App& app, Settings& settings, std::string& config) {
  CLI::App* migrate = app.add_subcommand("migrate", "Bring the database to the schema of this release; serve does that too");
  add_database(*migrate, settings, config);
  add_flag(*migrate, "create", settings.create, "Make the database if there is none at that path");
  migrate->footer("The service must be stopped.\n\nExample:\n  association-ledger migrate --database /var/lib/ledger/ledger.db");
  return migrate;
}

void add_delivery(CLI::App& command, Settings& settings) {
  command.add_option("id", settings.delivery, "The delivery, as list shows it")->type_name("ID")->check(CLI::PositiveNumber.description(""));
}

constexpr const char* kBesideTheService =
    "The service may run: then it does the work, asked through the socket DATABASE-control. Otherwise the command opens the database itself.\n\n";

/// The four commands below `quarantine`.
std::map<CLI::App*, Command> add_quarantine(CLI::App& app, Settings& settings, std::string& config) {
  CLI::App* quarantine = app.add_subcommand("quarantine", "Look at deliveries that could not be read, and admit them as events");
  quarantine->require_subcommand(1);
  quarantine->footer("Example:\n  association-ledger quarantine list --help");

  CLI::App* list = quarantine->add_subcommand("list", "List the deliveries about which nothing was decided, oldest first");
  add_database(*list, settings, config);
  list->add_flag("--all", settings.all, "Also list those that were admitted or dismissed");
  list->add_option("--reason", settings.reason, "List only those with this reason")->type_name("REASON");
  list->add_option("--after", settings.after, "Start after this delivery")->type_name("ID");
  list->add_option("--limit", settings.limit, "List so many at most, 1 to 1000")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1000}).description(""))
      ->type_name("N")
      ->capture_default_str();
  list->footer(std::string(kBesideTheService) + "Example:\n  association-ledger quarantine list --database ledger.db --reason event-unknown");

  CLI::App* show = quarantine->add_subcommand("show", "Print one delivery with its body, in which control characters are escaped");
  add_database(*show, settings, config);
  add_delivery(*show, settings);
  show->add_flag("--body", settings.only_body, "Print nothing but the body, byte for byte");
  show->footer(std::string(kBesideTheService) + "Example:\n  association-ledger quarantine show 3 --database ledger.db --body > body.bin");

  CLI::App* admit = quarantine->add_subcommand("admit", "Record deliveries as events, with their signatures and their times of arrival");
  add_database(*admit, settings, config);
  add_delivery(*admit, settings);
  std::vector<std::string> names;
  names.reserve(kWebhookKinds.size());
  for (const EventKind kind : kWebhookKinds) names.emplace_back(name(kind));
  admit->add_option("--as", settings.admit_as, "Which event it is, if the body does not say so: AssociationDelete, …")
      ->check(CLI::IsMember(names).description(""))
      ->type_name("EVENT");
  CLI::Option* all =
      admit->add_flag("--all", settings.all, "Admit each delivery with the reason about which nothing was decided, and name the others");
  all->needs(admit->add_option("--reason", settings.reason, "Which deliveries --all admits")->type_name("REASON")->needs(all));
  admit->add_flag("--dry-run", settings.dry_run, "Say what would happen, and change nothing");
  admit->footer(std::string(kBesideTheService) +
                "An admission is final. A dismissed delivery can still be admitted. Exits with 1 if a delivery was not admitted.\n\n"
                "Examples:\n"
                "  association-ledger quarantine admit 3 --as AssociationDelete --database ledger.db --dry-run\n"
                "  association-ledger quarantine admit --all --reason missing-field --database ledger.db   # after an upgrade");

  CLI::App* dismiss = quarantine->add_subcommand("dismiss", "Decide that a delivery stays what it is; it is kept, and can still be admitted");
  add_database(*dismiss, settings, config);
  add_delivery(*dismiss, settings);
  dismiss->footer(std::string(kBesideTheService) + "Example:\n  association-ledger quarantine dismiss 3 --database ledger.db");
  return {
      {list, Command::quarantine_list}, {show, Command::quarantine_show}, {admit, Command::quarantine_admit}, {dismiss, Command::quarantine_dismiss}};
}

/// What is wrong with the combination of the options of a quarantine command.
std::optional<std::string> wrong_selection(const Settings& settings) {
  const bool takes_one = settings.command == Command::quarantine_show || settings.command == Command::quarantine_dismiss;
  if (takes_one && settings.delivery == 0) return "ID is required";
  if (settings.command == Command::quarantine_admit && (settings.delivery != 0) == settings.all) return "admit needs an ID, or --all with --reason";
  return std::nullopt;
}

/// Sets the options that neither the command line nor the environment set. Throws CLI::Error, for example for a name that no command knows.
void apply_config(CLI::App& command, const CLI::App& all_options, const std::string& path) {
  std::error_code ignored;  // Reading the file fails then, and says why.
  if (std::filesystem::is_directory(path, ignored)) throw CLI::FileError("it is a directory");
  const std::vector<CLI::Option*> given = command.get_options([](const CLI::Option* option) { return option->count() != 0; });
  std::vector<CLI::Option*> filled;  // In the order of the file, so that the first of several errors is reported.
  CLI::ConfigBase format;
  for (const CLI::ConfigItem& item : format.from_file(path)) {
    const CLI::Option* known = item.parents.empty() ? all_options.get_option_no_throw("--" + item.name) : nullptr;
    if (known == nullptr || !known->get_configurable()) throw CLI::ConversionError("there is no option '" + item.fullname() + "'");
    CLI::Option* option = command.get_option_no_throw("--" + item.name);
    if (option == nullptr || std::find(given.begin(), given.end(), option) != given.end()) continue;
    if (option->get_expected_min() == 0) {
      const std::string text = format.to_flag(item);
      // CLI11 reads an empty value as true. A template with a missing value does not mean that.
      if (text.empty()) throw CLI::ConversionError(item.name + " has no value: true or false");
      option->add_result(option->get_flag_value(item.name, text));
    } else {
      // CLI11 gives this value to a name without a value.
      if (item.inputs == std::vector<std::string>{"true"}) throw CLI::ConversionError(item.name + " has no value");
      option->add_result(item.inputs);
    }
    if (std::find(filled.begin(), filled.end(), option) == filled.end()) filled.push_back(option);
  }
  for (CLI::Option* option : filled) option->run_callback();
}

}  // namespace

ParsedOptions parse_options(int argc, const char* const* argv, const std::string& version) {
  CLI::App app(
      "association-ledger: records every association webhook of a HighLevel app, and answers which associations exist, existed and were deleted.",
      "association-ledger");
  app.set_version_flag("--version", version);
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  association-ledger serve --database ledger.db --create --allow-unsigned\n"
      "  association-ledger serve --help\n"
      "  association-ledger verify --database ledger.db\n"
      "  association-ledger quarantine list --database ledger.db\n\n"
      "Exit codes: 0 success, 1 failure, 2 wrong usage, 3 verify found a divergence, 4 wrong configuration.");

  Settings settings;
  std::string config;
  std::map<CLI::App*, Command> commands = {{add_serve(app, settings, config), Command::serve},
                                           {add_rebuild(app, settings, config), Command::rebuild},
                                           {add_verify(app, settings, config), Command::verify},
                                           {add_migrate(app, settings, config), Command::migrate}};
  commands.merge(add_quarantine(app, settings, config));
  // Without a callback CLI11 also reads the environment for the commands that were not chosen. Their values would overwrite those of the chosen
  // command, which are in the same variables.
  for (const auto& [command, kind] : commands) command->parse_complete_callback([] {});
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForVersion& request) {
    return Answered{request.what()};
  } catch (const CLI::Success&) {
    CLI::App* about = &app;
    std::string before;
    for (; !about->get_subcommands().empty(); about = about->get_subcommands().front()) before += (before.empty() ? "" : " ") + about->get_name();
    return Answered{about->help(before)};
  } catch (const CLI::ParseError& error) {
    // CLI11 reports the missing command and not the word in its place.
    if (app.get_subcommands().empty() && argc > 1) return Refusal{Exit::usage, std::string("there is no command or option '") + argv[1] + "'"};
    return Refusal{Exit::usage, error.what()};
  }

  settings.unknown_variables = unknown_variables(commands);
  CLI::App* chosen = app.get_subcommands().front();
  if (!commands.contains(chosen)) chosen = chosen->get_subcommands().front();
  settings.command = commands.at(chosen);
  if (!config.empty()) {
    try {
      apply_config(*chosen, *app.get_subcommand("serve"), config);
    } catch (const CLI::Error& error) {
      return Refusal{Exit::configuration, config + ": " + error.what()};
    }
  }
  if (settings.database.empty()) return Refusal{Exit::usage, "--database is required"};
  if (const auto wrong = wrong_selection(settings)) return Refusal{Exit::usage, *wrong};
  return settings;
}

}  // namespace ledger::app
