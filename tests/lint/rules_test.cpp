// Tests of the rules on small bad examples: a lint that cannot fail is none.
#include "tests/lint/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledger::lint::rules_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Findings includes(const std::string& path, const std::string& header) {
  return foreign_includes({path, "// Why.\n#include " + header + "\n"});
}

TEST(ForeignIncludes, NamesFileAndLine) {
  EXPECT_THAT(includes("domain/a.cpp", "<mutex>"), ElementsAre("domain/a.cpp:2: domain/ must not include mutex"));
}

TEST(ForeignIncludes, KeepsTheDomainPure) {
  for (const char* header : {"\"domain/fold.h\"", "<vector>", "<cstdio>", "<boost/system/result.hpp>", "<openssl/evp.h>", "<sodium.h>"}) {
    EXPECT_THAT(includes("domain/a.cpp", header), IsEmpty()) << header;
  }
  for (const char* header :
       {"\"storage/rows.h\"", "\"server/target.h\"", "\"fold.h\"", "<thread>", "<fstream>", "<iostream>", "<filesystem>", "<boost/asio/post.hpp>",
        "<boost/json/value.hpp>", "<boost/beast/http.hpp>", "<SQLiteCpp/Database.h>", "<sqlite3.h>", "<unistd.h>", "<spdlog/spdlog.h>"}) {
    EXPECT_THAT(includes("domain/a.cpp", header), testing::SizeIs(1)) << header;
  }
}

TEST(ForeignIncludes, KeepsLibrariesOutOfTheDomainsHeaders) {
  EXPECT_THAT(includes("domain/a.h", "<boost/system/result.hpp>"), IsEmpty());
  EXPECT_THAT(includes("domain/a.h", "<openssl/evp.h>"), testing::SizeIs(1));
  EXPECT_THAT(includes("domain/a.h", "<sodium.h>"), testing::SizeIs(1));
}

TEST(ForeignIncludes, KeepsStorageAndServerApart) {
  for (const char* header : {"\"domain/fold.h\"", "\"storage/rows.h\"", "<thread>", "<SQLiteCpp/Database.h>", "<sqlite3.h>", "<sys/file.h>"}) {
    EXPECT_THAT(includes("storage/a.cpp", header), IsEmpty()) << header;
  }
  for (const char* header :
       {"\"server/target.h\"", "<boost/asio/post.hpp>", "<boost/beast/http.hpp>", "<boost/json/value.hpp>", "<spdlog/spdlog.h>"}) {
    EXPECT_THAT(includes("storage/a.h", header), testing::SizeIs(1)) << header;
  }
  for (const char* header :
       {"\"domain/fold.h\"", "\"server/target.h\"", "<boost/beast/http.hpp>", "<boost/url/parse.hpp>", "<openssl/evp.h>", "<sched.h>"}) {
    EXPECT_THAT(includes("server/a.cpp", header), IsEmpty()) << header;
  }
  for (const char* header : {"\"storage/rows.h\"", "\"tests/support/samples.h\"", "<sqlite3.h>", "<SQLiteCpp/Database.h>"}) {
    EXPECT_THAT(includes("server/a.h", header), testing::SizeIs(1)) << header;
  }
}

TEST(ForeignIncludes, KeepsSharedPartsFromKnowingTheirUsers) {
  EXPECT_THAT(includes("storage/a.cpp", "\"storage/sqlite/rows.h\""), testing::SizeIs(1));
  EXPECT_THAT(includes("storage/sqlite/a.cpp", "\"storage/ticket.h\""), IsEmpty());
  EXPECT_THAT(includes("server/http/a.h", "\"server/api/render.h\""), testing::SizeIs(1));
  EXPECT_THAT(includes("server/http/a.h", "\"server/server.h\""), testing::SizeIs(1));
  EXPECT_THAT(includes("server/api/a.h", "\"server/http/router.h\""), IsEmpty());
}

TEST(ForeignIncludes, LetsLocksInThroughSyncAlone) {
  for (const char* path : {"storage/a.h", "server/a.cpp"}) {
    EXPECT_THAT(includes(path, "\"sync/mutex.h\""), IsEmpty()) << path;
    for (const char* header : {"<mutex>", "<condition_variable>", "<shared_mutex>"}) {
      EXPECT_THAT(includes(path, header), testing::SizeIs(1)) << path << " " << header;
    }
  }
  EXPECT_THAT(includes("domain/a.cpp", "\"sync/mutex.h\""), testing::SizeIs(1));
}

TEST(ForeignIncludes, KeepsSyncOnTheStandardLibrary) {
  for (const char* header : {"\"sync/mutex.h\"", "<mutex>", "<condition_variable>", "<chrono>"}) {
    EXPECT_THAT(includes("sync/a.h", header), IsEmpty()) << header;
  }
  for (const char* header :
       {"\"domain/check.h\"", "\"storage/rows.h\"", "\"server/target.h\"", "<boost/asio/post.hpp>", "<pthread.h>", "<sqlite3.h>"}) {
    EXPECT_THAT(includes("sync/a.h", header), testing::SizeIs(1)) << header;
  }
}

TEST(ServerAndStorageTogether, IsForAppAlone) {
  const std::string text = "// Why.\n#include \"server/server.h\"\n#include \"storage/rows.h\"\n";
  EXPECT_THAT(server_and_storage_together({"app/composition.cpp", text}), IsEmpty());
  EXPECT_THAT(server_and_storage_together({"tests/e2e/all_test.cpp", text}), IsEmpty());
  EXPECT_THAT(server_and_storage_together({"tests/support/fake.h", text}), ElementsAre(HasSubstr("tests/support/fake.h:3: ")));
  EXPECT_THAT(server_and_storage_together({"tests/support/fake.h", "#include \"server/server.h\"\n"}), IsEmpty());
}

TEST(ClockReadings, AreNotForTheDomain) {
  const std::string text = "// Why.\nauto now = std::chrono::system_clock::now();\n";
  EXPECT_THAT(clock_readings({"domain/a.cpp", text}), ElementsAre(HasSubstr("domain/a.cpp:2: ")));
  EXPECT_THAT(clock_readings({"domain/a.cpp", "// Not std::chrono::system_clock::now().\n"}), IsEmpty());
  EXPECT_THAT(clock_readings({"server/a.cpp", text}), IsEmpty());
}

TEST(SqlOutsideStorage, IsFoundInStrings) {
  for (const char* statement :
       {"SELECT 1", "\\n  SELECT 1", "INSERT INTO event VALUES (1)", "INSERT OR REPLACE INTO event", "UPDATE event SET body = 1", "DELETE FROM event",
        "CREATE TABLE event", "PRAGMA journal_mode", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK", "WITH page AS (SELECT 1)", "VACUUM INTO 'a'"}) {
    std::string literal = statement;
    if (literal.starts_with("\\n")) literal = literal.substr(2);
    EXPECT_THAT(sql_outside_storage({"server/a.cpp", "// Why.\nrun(R\"(" + literal + ")\");\n"}), ElementsAre(HasSubstr("server/a.cpp:2: ")))
        << statement;
    EXPECT_THAT(sql_outside_storage({"storage/a.cpp", "run(\"" + literal + "\");"}), IsEmpty()) << statement;
  }
}

TEST(SqlOutsideStorage, IsNotFoundInOtherWords) {
  for (const char* text : {"DELETE", "UPDATE", "-----BEGIN PUBLIC KEY-----", "Select one", "WITH", "commit-failed", "SELECTED"}) {
    EXPECT_THAT(sql_outside_storage({"server/a.cpp", "f(\"" + std::string(text) + "\");"}), IsEmpty()) << text;
  }
  EXPECT_THAT(sql_outside_storage({"main.cpp", "// \"SELECT 1\"\n"}), IsEmpty());
  EXPECT_THAT(sql_outside_storage({"main.cpp", "f(\"SELECT 1\");"}), testing::SizeIs(1));
}

TEST(HttpWords, AreForTheServerAlone) {
  for (const char* word : {"boost::beast::x y;", "http::status s;", "f(\"HTTP/1.1\");", "asio::post(x);"}) {
    EXPECT_THAT(http_words({"storage/a.cpp", word}), testing::SizeIs(testing::Ge(1U))) << word;
    EXPECT_THAT(http_words({"domain/a.h", word}), testing::SizeIs(testing::Ge(1U))) << word;
    EXPECT_THAT(http_words({"server/a.cpp", word}), IsEmpty()) << word;
  }
  EXPECT_THAT(http_words({"storage/a.cpp", "// Answered with HTTP/1.1 by others.\n"}), IsEmpty());
}

TEST(MissingPragmaOnce, IsAboutHeaders) {
  EXPECT_THAT(missing_pragma_once({"domain/a.h", "// Why.\nint x;\n"}), ElementsAre("domain/a.h:1: a header needs #pragma once"));
  EXPECT_THAT(missing_pragma_once({"domain/a.h", "// Why.\n#pragma once\n"}), IsEmpty());
  EXPECT_THAT(missing_pragma_once({"domain/a.h", "// #pragma once\n"}), testing::SizeIs(1));
  EXPECT_THAT(missing_pragma_once({"domain/a.cpp", "// Why.\n"}), IsEmpty());
}

TEST(MissingFirstComment, IsAboutEveryFile) {
  EXPECT_THAT(missing_first_comment({"domain/a.h", "#pragma once\n"}), testing::SizeIs(1));
  EXPECT_THAT(missing_first_comment({"domain/a.cpp", "\n// Why.\n"}), testing::SizeIs(1));
  EXPECT_THAT(missing_first_comment({"domain/CMakeLists.txt", "add_library(a)\n"}), testing::SizeIs(1));
  EXPECT_THAT(missing_first_comment({"domain/a.cpp", "// Why.\n"}), IsEmpty());
  EXPECT_THAT(missing_first_comment({"domain/CMakeLists.txt", "# Why.\n"}), IsEmpty());
}

TEST(TooManyLines, BeginsAtTheLineBehindTheLast) {
  std::string text;
  for (int line = 0; line < 400; ++line) text += "x\n";
  EXPECT_THAT(too_many_lines({"domain/a.cpp", text}), IsEmpty());
  EXPECT_THAT(too_many_lines({"domain/a.cpp", text + "x"}), ElementsAre("domain/a.cpp:401: 401 lines; a file has at most 400"));
}

TEST(SleepingCalls, AreFoundEverywhere) {
  const std::string sleep = "sleep";
  for (const std::string& call :
       {"std::this_thread::" + sleep + "_for(1s);", sleep + "_until(t);", "u" + sleep + "(5);", "nano" + sleep + "(&t, 0);", "::" + sleep + "(1);"}) {
    EXPECT_THAT(sleeping_calls({"tests/e2e/a.cpp", "// Why.\n" + call}), ElementsAre(HasSubstr("tests/e2e/a.cpp:2: "))) << call;
  }
  EXPECT_THAT(sleeping_calls({"server/a.cpp", "// Nobody sleeps, asleep or not.\n"}), IsEmpty());
}

TEST(WorkLeftForNow, IsFound) {
  const std::string mark = "TODO";
  EXPECT_THAT(work_left_for_now({"server/a.cpp", "// Why.\n// " + mark + "(now): finish\n"}), ElementsAre(HasSubstr("server/a.cpp:2: ")));
  EXPECT_THAT(work_left_for_now({"server/a.cpp", "// " + mark + "(perf): measure\n"}), IsEmpty());
}

TEST(SourcesWithoutTest, AreNamedUnlessExcepted) {
  const std::vector<SourceFile> tree = {
      {"domain/a.cpp", ""}, {"domain/b.cpp", ""}, {"domain/c.h", ""}, {"main.cpp", ""}, {"tests/domain/a_test.cpp", ""}};
  EXPECT_THAT(sources_without_test(tree, {}), ElementsAre("domain/b.cpp:1: no tests/domain/b_test.cpp"));
  EXPECT_THAT(sources_without_test(tree, {{"domain/b.cpp", "wiring"}}), IsEmpty());
}

TEST(SourcesWithoutTest, NamesExceptionsThatAreOutOfDate) {
  const std::vector<SourceFile> tree = {{"domain/a.cpp", ""}, {"tests/domain/a_test.cpp", ""}};
  EXPECT_THAT(sources_without_test(tree, {{"domain/a.cpp", "has one now"}}), testing::SizeIs(1));
  EXPECT_THAT(sources_without_test(tree, {{"domain/gone.cpp", "is gone"}}), testing::SizeIs(1));
}

TEST(OwnHeaderNotFirst, FindsASourceWhoseHeaderMayNotCompileAlone) {
  const SourceFile header{"domain/a.h", "#pragma once\n"};
  EXPECT_THAT(own_header_not_first({header, {"domain/a.cpp", "// Why.\n#include \"domain/a.h\"\n\n#include <string>\n"}}), IsEmpty());
  EXPECT_THAT(own_header_not_first({header, {"domain/a.cpp", "// Why.\n#include <string>\n#include \"domain/a.h\"\n"}}),
              ElementsAre("domain/a.cpp:1: the first include is not domain/a.h"));
  EXPECT_THAT(own_header_not_first({header, {"domain/b.cpp", "// Why.\n#include <string>\n"}}), IsEmpty());
}

TEST(SourcesWithoutBuild, AreNamed) {
  const SourceFile list{"domain/CMakeLists.txt", "add_library(d\n  stored_a.cpp\n  b.cpp)\n"};
  EXPECT_THAT(sources_without_build({{"domain/a.cpp", ""}, list}),
              ElementsAre("domain/a.cpp:1: not built: it does not stand in domain/CMakeLists.txt"));
  EXPECT_THAT(sources_without_build({{"domain/b.cpp", ""}, {"domain/stored_a.cpp", ""}, {"domain/c.h", ""}, list}), IsEmpty());
  EXPECT_THAT(sources_without_build({{"main.cpp", ""}, list}), ElementsAre("main.cpp:1: not built: it does not stand in CMakeLists.txt"));
}

}  // namespace
}  // namespace ledger::lint::rules_test
