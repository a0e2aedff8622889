// Fuzzes the configuration. The input is arguments, one on each line, up to an empty line, then the text of a config file. The argument "@" is its
// path.
#include "app/options.h"

#include "tests/fuzz/input.h"
#include "tests/fuzz/targets.h"

#include "domain/check.h"

#include "server/http/endpoint.h"

#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <variant>
#include <vector>

namespace ledger::fuzz {
namespace {

using app::ParsedOptions;

/// A config file in memory. Its path is valid during its lifetime.
class ConfigFile {
 public:
  explicit ConfigFile(std::string_view text) : descriptor_(::memfd_create("fuzzed-config", MFD_CLOEXEC)) {
    LEDGER_CHECK(descriptor_ >= 0);
    LEDGER_CHECK(::pwrite(descriptor_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  }
  ~ConfigFile() { ::close(descriptor_); }
  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;

  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

ParsedOptions parse(const std::vector<std::string>& arguments) {
  std::vector<const char*> pointers = {"association-ledger"};
  for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
  return app::parse_options(static_cast<int>(pointers.size()), pointers.data(), "association-ledger fuzzed");
}

void check_endpoint(const std::string& text) {
  const auto endpoint = server::parse_endpoint(text);
  if (!endpoint) {
    LEDGER_CHECK(endpoint.error().reason == "invalid-endpoint" && !endpoint.error().detail.empty());
    return;
  }
  LEDGER_CHECK(server::parse_endpoint(server::to_string(*endpoint)).value() == *endpoint);
  static_cast<void>(server::is_loopback(endpoint->address));
}

void check_settings(const app::Settings& settings) {
  constexpr std::size_t kMebibyte = std::size_t{1024} * 1024;
  LEDGER_CHECK(!settings.database.empty());
  LEDGER_CHECK(settings.body_limit_bytes >= 1024 && settings.body_limit_bytes <= 16 * kMebibyte);
  LEDGER_CHECK(settings.queue_limit >= 1 && settings.queue_limit <= 1'000'000);
  LEDGER_CHECK(settings.threads >= 1 && settings.threads <= 64);
  LEDGER_CHECK(settings.log_format == app::LogFormat::key_value || settings.log_format == app::LogFormat::json);
  LEDGER_CHECK(settings.log_level >= LogLevel::debug && settings.log_level <= LogLevel::error);
  check_endpoint(settings.listen);
  check_endpoint(settings.ops_listen);
}

/// Everything that was parsed, as one text for comparison.
std::string describe(const ParsedOptions& parsed) {
  if (const auto* answered = std::get_if<app::Answered>(&parsed)) return "answered " + answered->text;
  if (const auto* wrong = std::get_if<app::Refusal>(&parsed)) return "exit " + std::to_string(static_cast<int>(wrong->exit)) + ": " + wrong->message;
  const auto& settings = std::get<app::Settings>(parsed);
  std::string text = settings.database + "\n" + settings.listen + "\n" + settings.ops_listen;
  for (const std::string& key : settings.public_keys) text += "\n" + key;
  for (const std::size_t number :
       {static_cast<std::size_t>(settings.command), static_cast<std::size_t>(settings.allow_unsigned), settings.body_limit_bytes,
        settings.queue_limit, settings.threads, static_cast<std::size_t>(settings.log_format), static_cast<std::size_t>(settings.log_level)}) {
    text += "\n" + std::to_string(number);
  }
  return text;
}

std::string check_parsing(const std::vector<std::string>& arguments, const std::string& config) {
  const ParsedOptions parsed = parse(arguments);
  if (const auto* answered = std::get_if<app::Answered>(&parsed)) LEDGER_CHECK(!answered->text.empty());
  if (const auto* wrong = std::get_if<app::Refusal>(&parsed)) {
    LEDGER_CHECK(wrong->exit == app::Exit::usage ? !wrong->message.empty() : wrong->message.starts_with(config));
  }
  if (const auto* settings = std::get_if<app::Settings>(&parsed)) check_settings(*settings);
  return describe(parsed);
}

}  // namespace

void fuzz_options(std::string_view input) {
  Input lines(input);
  std::vector<std::string> arguments;
  for (std::string_view line = lines.line(); !line.empty(); line = lines.line()) {
    // Arguments are C strings. No other config file is named: "--config /dev/zero" would be read endlessly.
    const std::string argument(line.substr(0, line.find('\0')));
    if (!argument.starts_with("--config")) arguments.push_back(argument);
  }
  const ConfigFile file(lines.rest());
  for (std::string& argument : arguments) {
    if (argument == "@") argument = "--config=" + file.path();
  }
  static_cast<void>(check_parsing(arguments, file.path()));
  const std::vector<std::string> only_the_file = {"serve", "--database", "l.db", "--config", file.path()};
  LEDGER_CHECK(check_parsing(only_the_file, file.path()) == describe(parse(only_the_file)));
}

}  // namespace ledger::fuzz
