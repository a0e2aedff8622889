// Options: their values, their sources, and which source overrides which.
#include "app/options.h"

#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <fstream>

namespace ledger::app::options_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ParsedOptions parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "association-ledger");
  return parse_options(static_cast<int>(arguments.size()), arguments.data(), "association-ledger test");
}

Settings settings(const std::vector<const char*>& arguments) {
  const ParsedOptions parsed = parse(arguments);
  if (const auto* wrong = std::get_if<Refusal>(&parsed)) ADD_FAILURE() << wrong->message;
  const auto* found = std::get_if<Settings>(&parsed);
  return found != nullptr ? *found : Settings{};
}

/// Sets a variable of the environment during one test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text) : path_(directory_.file("ledger.conf")) { std::ofstream(path_) << text; }
  [[nodiscard]] const char* path() const { return path_.c_str(); }

 private:
  test::TempDirectory directory_;
  std::string path_;
};

TEST(Options, ServeHasWorkingDefaults) {
  const Settings found = settings({"serve", "--database", "l.db"});
  EXPECT_EQ(found.command, Command::serve);
  EXPECT_EQ(found.database, "l.db");
  EXPECT_EQ(found.listen, "127.0.0.1:8080");
  EXPECT_EQ(found.ops_listen, "127.0.0.1:8081");
  EXPECT_TRUE(found.public_keys.empty());
  EXPECT_FALSE(found.allow_unsigned);
  EXPECT_FALSE(found.accept_clock);
  EXPECT_EQ(found.body_limit_bytes, 1024U * 1024U);
}

TEST(Options, EveryOptionOfServeIsRead) {
  const Settings found = settings({"serve",
                                   "--database",
                                   "l.db",
                                   "--listen",
                                   "[::1]:1",
                                   "--ops-listen",
                                   "127.0.0.1:2",
                                   "--public-key",
                                   "highlevel",
                                   "--public-key",
                                   "next.pem",
                                   "--allow-unsigned",
                                   "--body-limit",
                                   "64KiB",
                                   "--webhook-secret",
                                   "a.secret",
                                   "--webhook-secret",
                                   "b.secret,c.secret",
                                   "--queue-limit",
                                   "9",
                                   "--threads",
                                   "3",
                                   "--log-format",
                                   "json",
                                   "--log-level",
                                   "warning",
                                   "--accept-clock"});
  EXPECT_EQ(found.listen, "[::1]:1");
  EXPECT_EQ(found.ops_listen, "127.0.0.1:2");
  EXPECT_THAT(found.public_keys, ElementsAre("highlevel", "next.pem"));
  EXPECT_THAT(found.webhook_secrets, ElementsAre("a.secret", "b.secret", "c.secret"));
  EXPECT_TRUE(found.allow_unsigned);
  EXPECT_TRUE(found.accept_clock);
  EXPECT_EQ(found.body_limit_bytes, 65536U);
  EXPECT_EQ(found.queue_limit, 9U);
  EXPECT_EQ(found.threads, 3U);
  EXPECT_EQ(found.log_format, LogFormat::json);
  EXPECT_EQ(found.log_level, LogLevel::warning);
}

TEST(Options, TheCommandLineOverridesTheEnvironmentAndThatTheFile) {
  const ConfigFile file("database = file.db\nlisten = 127.0.0.1:1\nops-listen = 127.0.0.1:1\n");
  const Variable listen("ASSOCIATION_LEDGER_LISTEN", "127.0.0.1:2");
  const Variable ops_listen("ASSOCIATION_LEDGER_OPS_LISTEN", "127.0.0.1:2");
  const Settings found = settings({"serve", "--config", file.path(), "--ops-listen", "127.0.0.1:3"});
  EXPECT_EQ(found.database, "file.db");
  EXPECT_EQ(found.listen, "127.0.0.1:2");
  EXPECT_EQ(found.ops_listen, "127.0.0.1:3");
}

TEST(Options, TheCommandLineOverridesInEveryCommand) {
  const ConfigFile file("database = file.db\n");
  const Variable database("ASSOCIATION_LEDGER_DATABASE", "environment.db");
  const Variable keys("ASSOCIATION_LEDGER_PUBLIC_KEY", "environment.pem");
  for (const char* command : {"serve", "rebuild", "verify", "migrate"}) {
    EXPECT_EQ(settings({command, "--database", "argument.db"}).database, "argument.db") << command;
    EXPECT_EQ(settings({command, "--config", file.path()}).database, "environment.db") << command;
  }
  for (const char* command : {"serve", "verify"}) {
    EXPECT_THAT(settings({command, "--public-key", "argument.pem"}).public_keys, ElementsAre("argument.pem")) << command;
  }
}

TEST(Options, TheConfigFileOfTheCommandLineOverrides) {
  const ConfigFile file("database = file.db\n");
  const Variable config("ASSOCIATION_LEDGER_CONFIG", "/nonexistent.conf");
  for (const char* command : {"serve", "rebuild", "verify", "migrate"}) {
    EXPECT_EQ(settings({command, "--config", file.path()}).database, "file.db") << command;
  }
}

TEST(Options, TheEnvironmentOfAnotherCommandIsNotRead) {
  const Variable threads("ASSOCIATION_LEDGER_THREADS", "many");
  EXPECT_EQ(settings({"verify", "--database", "l.db"}).database, "l.db");
}

TEST(Options, ARepeatableNameAddsUpAnywhereInTheFile) {
  const ConfigFile file("public-key = highlevel\ndatabase = l.db\npublic-key = next.pem\n");
  EXPECT_THAT(settings({"serve", "--config", file.path()}).public_keys, ElementsAre("highlevel", "next.pem"));
}

TEST(Options, TheFileCanSetEveryOption) {
  const ConfigFile file(
      "# development\ndatabase = \"l.db\"\nallow-unsigned = true\npublic-key = [\"highlevel\", \"next.pem\"]\nbody-limit = 2MiB\nlog-format = "
      "json\nwebhook-secret = [\"a.secret\", \"b.secret\", \"c.secret\"]\n");
  const Settings found = settings({"serve", "--config", file.path()});
  EXPECT_EQ(found.database, "l.db");
  EXPECT_TRUE(found.allow_unsigned);
  EXPECT_THAT(found.public_keys, ElementsAre("highlevel", "next.pem"));
  EXPECT_THAT(found.webhook_secrets, ElementsAre("a.secret", "b.secret", "c.secret"));
  EXPECT_EQ(found.body_limit_bytes, 2U * 1024U * 1024U);
  EXPECT_EQ(found.log_format, LogFormat::json);
}

TEST(Options, TheConfigFileCanBeNamedByTheEnvironment) {
  const ConfigFile file("database = file.db\n");
  const Variable config("ASSOCIATION_LEDGER_CONFIG", file.path());
  EXPECT_EQ(settings({"verify"}).database, "file.db");
}

TEST(Options, SeveralKeysFitIntoOneVariable) {
  const Variable keys("ASSOCIATION_LEDGER_PUBLIC_KEY", "highlevel,next.pem");
  EXPECT_THAT(settings({"serve", "--database", "l.db"}).public_keys, ElementsAre("highlevel", "next.pem"));
}

TEST(Options, OneFileServesEveryCommand) {
  const ConfigFile file("database = file.db\nlisten = 127.0.0.1:1\n");
  EXPECT_EQ(settings({"rebuild", "--config", file.path()}).database, "file.db");
}

TEST(Options, AnUnknownNameOrABadValueInTheFileIsAConfigurationError) {
  for (const char* text : {"databse = l.db\n", "database = l.db\nthreads = many\n", "database = l.db\nthreads = 0\n", "config = other.conf\n",
                           "[serve]\ndatabase = l.db\n", "database = l.db\nlisten = 127.0.0.1:1\ndatabase = m.db\n",
                           "database = l.db\nallow-unsigned =\n", "database\nlisten = 127.0.0.1:1\n"}) {
    const ConfigFile file(text);
    const ParsedOptions parsed = parse({"serve", "--config", file.path()});
    const auto* wrong = std::get_if<Refusal>(&parsed);
    ASSERT_NE(wrong, nullptr) << text;
    EXPECT_EQ(wrong->exit, Exit::configuration);
    EXPECT_THAT(wrong->message, HasSubstr(file.path()));
  }
  EXPECT_THAT(std::get<Refusal>(parse({"serve", "--config", ConfigFile("databse = l.db\n").path()})).message,
              HasSubstr("there is no option 'databse'"));
  EXPECT_EQ(std::get<Refusal>(parse({"serve", "--config", "/nonexistent.conf"})).exit, Exit::configuration);
  EXPECT_EQ(std::get<Refusal>(parse({"serve", "--config", "/"})).exit, Exit::configuration);
  const std::string too_long(300, 'c');
  EXPECT_EQ(std::get<Refusal>(parse({"serve", "--config", too_long.c_str()})).exit, Exit::configuration);
}

TEST(Options, WrongUsageIsNamed) {
  const std::vector<std::pair<std::vector<const char*>, const char*>> cases = {
      {{}, "subcommand"},
      {{"sreve"}, "sreve"},
      {{"serve"}, "--database"},
      {{"serve", "--database", "l.db", "--listne", "x"}, "--listne"},
      {{"serve", "--database", "l.db", "--threads", "0"}, "--threads"},
      {{"serve", "--database", "l.db", "--body-limit", "1"}, "--body-limit"},
      {{"serve", "--database", "l.db", "--log-format", "xml"}, "--log-format"},
      {{"rebuild", "--database", "l.db", "--threads", "2"}, "--threads"},
      {{"serve", "--database"}, "--database"},
  };
  for (const auto& [arguments, culprit] : cases) {
    const ParsedOptions parsed = parse(arguments);
    const auto* wrong = std::get_if<Refusal>(&parsed);
    ASSERT_NE(wrong, nullptr) << culprit;
    EXPECT_EQ(wrong->exit, Exit::usage);
    EXPECT_THAT(wrong->message, HasSubstr(culprit));
  }
}

TEST(Options, HelpOnEveryLevelHasExamples) {
  for (const std::vector<const char*>& arguments :
       std::vector<std::vector<const char*>>{{"--help"}, {"serve", "--help"}, {"rebuild", "--help"}, {"verify", "--help"}, {"migrate", "--help"}}) {
    const ParsedOptions parsed = parse(arguments);
    const auto* answered = std::get_if<Answered>(&parsed);
    ASSERT_NE(answered, nullptr) << arguments.front();
    EXPECT_THAT(answered->text, HasSubstr("Example"));
    EXPECT_THAT(answered->text, HasSubstr(arguments.size() == 1 ? "serve" : arguments.front()));
  }
}

TEST(Options, VersionIsAnswered) {
  const ParsedOptions parsed = parse({"--version"});
  const auto* answered = std::get_if<Answered>(&parsed);
  ASSERT_NE(answered, nullptr);
  EXPECT_EQ(answered->text, "association-ledger test");
}

}  // namespace
}  // namespace ledger::app::options_test
