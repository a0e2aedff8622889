// Runs the command that the command line names.
#include "app/commands.h"

#include "app/composition.h"
#include "app/quarantine_command.h"
#include "app/queued_log.h"
#include "domain/highlevel_keys.h"
#include "server/api/webhook_secrets.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/rebuild.h"
#include "storage/sqlite/verify.h"

#include <openssl/crypto.h>
#include <unistd.h>
#include <boost/version.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace ledger::app {
namespace {

using std::to_string;

/// A key or a secret is a few hundred bytes. The bound refuses devices and disk images.
constexpr std::uintmax_t kSmallFileBytesMax = std::uintmax_t{64} * 1024;

std::string version() {
  const std::string boost = to_string(BOOST_VERSION / 100000) + "." + to_string(BOOST_VERSION / 100 % 1000) + "." + to_string(BOOST_VERSION % 100);
  return std::string("association-ledger ") + LEDGER_VERSION + "\nSQLite " + std::string(storage::sqlite_version()) + "\nOpenSSL " +
         OpenSSL_version(OPENSSL_VERSION_STRING) + "\nBoost " + boost + "\nschema " + to_string(storage::newest_schema_version());
}

Result<std::string> read_small_file(const std::string& path) {
  const auto unreadable = [&path](const std::string& why) { return Error{Errc::invalid_request, "file-unreadable", path + ": " + why}; };
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) return unreadable(error.message());
  if (size > kSmallFileBytesMax) return unreadable("it is larger than 64 KiB");
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file.is_open() || file.bad()) return unreadable("it cannot be read");
  return text;
}

Result<PublicKey> load_key(const std::string& name) {
  if (name == "highlevel") return PublicKey::from_pem(highlevel_ed25519_pem());
  if (name == "highlevel-legacy") return PublicKey::from_pem(highlevel_rsa_pem());
  const auto pem = read_small_file(name);
  if (!pem) return pem.error();
  auto key = PublicKey::from_pem(*pem);
  if (!key) return Error{key.error().code, key.error().reason, name + ": " + key.error().detail};
  return key;
}

Result<std::vector<PublicKey>> load_keys(const Settings& settings) {
  const std::vector<std::string> names = settings.public_keys.empty() ? std::vector<std::string>{"highlevel"} : settings.public_keys;
  std::vector<PublicKey> keys;
  for (const std::string& name : names) {
    auto key = load_key(name);
    if (!key) return key.error();
    keys.push_back(*std::move(key));
  }
  return keys;
}

/// Reads the secret of each file. The line end that an editor adds does not belong to it.
Result<std::vector<std::string>> load_webhook_secrets(const std::vector<std::string>& paths) {
  std::vector<std::string> secrets;
  for (const std::string& path : paths) {
    auto secret = read_small_file(path);
    if (!secret) return secret.error();
    if (secret->ends_with('\n')) secret->pop_back();
    if (secret->ends_with('\r')) secret->pop_back();
    if (!server::is_webhook_secret(*secret)) {
      return Error{Errc::invalid_request, "invalid-webhook-secret",
                   path + ": it must contain one secret of 16 to 256 characters, each one of A-Z a-z 0-9 - _"};
    }
    secrets.push_back(*std::move(secret));
  }
  return secrets;
}

/// A path without a database is more often a mistake than a wish for a new one.
std::optional<std::string> missing_database(const Settings& settings) {
  std::error_code error;
  if (settings.create || std::filesystem::exists(settings.database, error) || error) return std::nullopt;
  return "--database: " + settings.database + ": there is no such database; --create makes one";
}

Exit run_serve(const Settings& settings) {
  ServeOptions options;
  options.store.database = settings.database;
  options.store.queue_items_max = settings.queue_limit;
  options.store.accept_clock = settings.accept_clock;
  options.limits.body_bytes_max = settings.body_limit_bytes;
  options.server.threads = settings.threads;

  const auto listen = server::parse_endpoint(settings.listen);
  if (!listen) return complain(Exit::configuration, "--listen: " + listen.error().detail);
  const auto ops_listen = server::parse_endpoint(settings.ops_listen);
  if (!ops_listen) return complain(Exit::configuration, "--ops-listen: " + ops_listen.error().detail);
  options.listen = *listen;
  options.ops_listen = *ops_listen;

  if (settings.allow_unsigned) {
    if (!server::is_loopback(listen->address)) {
      return complain(Exit::configuration, "--allow-unsigned is refused on " + settings.listen +
                                               ": everyone who can reach that address could write to the ledger; it needs a loopback address");
    }
    options.unsigned_deliveries = UnsignedDeliveries::accept;
  }
  auto keys = load_keys(settings);
  if (!keys) return complain(Exit::configuration, "--public-key: " + keys.error().detail);
  options.keys = *std::move(keys);

  auto secrets = load_webhook_secrets(settings.webhook_secrets);
  if (!secrets) return complain(Exit::configuration, "--webhook-secret: " + secrets.error().detail);
  options.webhook_secrets = *std::move(secrets);

  const std::filesystem::path directory = std::filesystem::absolute(settings.database).parent_path();
  std::error_code error;
  if (!std::filesystem::is_directory(directory, error)) {
    return complain(Exit::configuration, "--database: " + directory.string() + ": " + (error ? error.message() : "is not a directory"));
  }
  if (const auto missing = missing_database(settings)) return complain(Exit::configuration, *missing);
  const SystemClock clock;
  QueuedLog log(STDERR_FILENO, settings.log_format, settings.log_level, clock);
  return serve(std::move(options), clock, log);
}

/// Prints a line for each tenth of the progress.
storage::Progress progress_lines(const char* command) {
  return [command, last = std::int64_t{-1}](std::int64_t done, std::int64_t total) mutable {
    const std::int64_t tenth = total == 0 ? 10 : done * 10 / total;
    if (tenth == last) return;
    last = tenth;
    const std::string line = command + std::string(": ") + to_string(tenth * 10) + " % (" + to_string(done) + " of " + to_string(total) + ")\n";
    std::fputs(line.c_str(), stderr);
  };
}

Exit run_rebuild(const Settings& settings) {
  const auto report = storage::rebuild(settings.database, progress_lines("rebuild"));
  if (!report) return complain(exit_after(report.error()), report.error().detail);
  print_line("rebuilt: " + to_string(report->events) + " events, " + to_string(report->associations) + " associations, " +
             to_string(report->relations) + " relations, " + to_string(report->locations) + " locations");
  return Exit::ok;
}

Exit run_verify(const Settings& settings) {
  const auto keys = load_keys(settings);
  if (!keys) return complain(Exit::configuration, "--public-key: " + keys.error().detail);
  const auto name_unproven = [](const std::string& event) { print_line("UNPROVEN: " + printable(event)); };
  const auto report =
      storage::verify(settings.database, *keys, progress_lines("verify"), settings.require_signed ? name_unproven : storage::Unproven());
  if (!report) return complain(exit_after(report.error()), report.error().detail);
  if (report->divergence) {
    print_line("DIVERGENCE: " + printable(*report->divergence));
    return Exit::divergence;
  }
  print_line("verified: " + to_string(report->events) + " events, " + to_string(report->associations) + " associations, " +
             to_string(report->relations) + " relations, " + to_string(report->quarantined) +
             " quarantined deliveries; signatures: " + to_string(report->signatures_verified) + " verified, " +
             to_string(report->signatures_of_unknown_keys) + " of unknown keys, " + to_string(report->unsigned_deliveries) + " deliveries unsigned");
  return report->unproven_events > 0 ? Exit::divergence : Exit::ok;
}

Exit run_migrate(const Settings& settings) {
  if (const auto missing = missing_database(settings)) return complain(Exit::configuration, *missing);
  const SystemClock clock;
  const auto applied = storage::migrate_file(settings.database, clock);
  if (!applied) return complain(exit_after(applied.error()), applied.error().detail);
  for (const std::string& name : *applied) print_line("applied: " + name);
  print_line("schema " + to_string(storage::newest_schema_version()));
  return Exit::ok;
}

}  // namespace

void print_line(const std::string& line) {
  std::printf("%s\n", line.c_str());
}

Exit complain(Exit exit, std::string_view message) {
  std::fprintf(stderr, "association-ledger: %s\n", printable(message).c_str());
  return exit;
}

Exit run(int argc, const char* const* argv) {
  const ParsedOptions parsed = parse_options(argc, argv, version());
  if (const auto* answered = std::get_if<Answered>(&parsed)) {
    print_line(answered->text);
    return Exit::ok;
  }
  if (const auto* wrong = std::get_if<Refusal>(&parsed)) {
    return complain(wrong->exit, wrong->message + (wrong->exit == Exit::usage ? " (try --help)" : ""));
  }
  const Settings& settings = std::get<Settings>(parsed);
  for (const std::string& variable : settings.unknown_variables) {
    std::fprintf(stderr, "association-ledger: warning: the environment variable %s names no option\n", printable(variable).c_str());
  }
  switch (settings.command) {
    case Command::serve: return run_serve(settings);
    case Command::rebuild: return run_rebuild(settings);
    case Command::verify: return run_verify(settings);
    case Command::migrate: return run_migrate(settings);
    case Command::quarantine_list:
    case Command::quarantine_show:
    case Command::quarantine_admit:
    case Command::quarantine_dismiss: return run_quarantine(settings);
  }
  return Exit::usage;
}

}  // namespace ledger::app
