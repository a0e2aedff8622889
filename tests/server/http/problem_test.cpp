// The catalogue of reasons, and the documents made from it.
#include "server/http/problem.h"

#include "tests/server/http/problem_reading.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

namespace ledger::problem_test {
namespace {

using server::problem;
using server::problem_catalogue;
using server::Response;

TEST(Problem, IsADocumentOfRfc9457) {
  const Response response = problem(400, Error{Errc::invalid_request, "invalid-cursor", "Say \"again\"."});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.reason, "invalid-cursor");
  EXPECT_EQ(response.body,
            R"({"type":"urn:association-ledger:problem:invalid-cursor","title":"The cursor does not belong to this query","status":400,)"
            R"("detail":"Say \"again\"."})");
}

TEST(Problem, ListsEveryIssue) {
  const std::vector<DecodeIssue> issues = {{"/id", "missing-field", "No id."}, {"", "wrong-type", "No."}};
  const Response response = problem(400, Error{Errc::invalid_request, "missing-field", "No id."}, issues);
  EXPECT_TRUE(response.body.ends_with(
      R"("errors":[{"pointer":"/id","reason":"missing-field","detail":"No id."},{"pointer":"","reason":"wrong-type","detail":"No."}]})"))
      << response.body;
}

TEST(Problem, TakesTheStatusFromTheReason) {
  EXPECT_EQ(problem(Error{Errc::too_large, "body-too-large", ""}).status, 413);
  EXPECT_EQ(problem(Error{Errc::internal, "never heard of", ""}).status, 500);
}

TEST(Problem, NamesUnknownReasonsByTheirCode) {
  const Response response = problem(429, Error{Errc::unavailable, "moon-phase", ""});
  EXPECT_EQ(test::reason_of(response.body), "moon-phase");
  EXPECT_NE(response.body.find(R"("title":"The service is unavailable")"), std::string::npos);
}

TEST(ProblemCatalogue, HasEachReasonOnce) {
  std::set<std::string_view> seen;
  for (const server::KnownReason& known : problem_catalogue()) {
    EXPECT_TRUE(seen.insert(known.reason).second) << known.reason;
    EXPECT_EQ(known.reason.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos) << known.reason;
    EXPECT_FALSE(known.title.empty()) << known.reason;
  }
}

TEST(ProblemCatalogue, IsDocumentedWithItsTitles) {
  std::ifstream file(LEDGER_SOURCE_DIR "/docs/http-api.md");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  ASSERT_FALSE(text.empty());
  for (const server::KnownReason& known : problem_catalogue()) {
    const std::string cells = "| `" + std::string(known.reason) + "` | " + std::string(known.title) + " |";
    EXPECT_NE(text.find(cells), std::string::npos) << "not documented: " << cells;
  }
}

}  // namespace
}  // namespace ledger::problem_test
