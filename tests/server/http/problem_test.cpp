// The catalogue of reasons, and the documents made from it.
#include "server/http/problem.h"

#include "tests/server/api/answering.h"
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
using server::RouteFamily;

TEST(Problem, IsADocumentOfRfc9457) {
  const Response response = problem(Error{Errc::invalid_request, "invalid-cursor", "Say \"again\"."});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.reason, "invalid-cursor");
  EXPECT_EQ(response.body,
            R"({"type":"urn:association-ledger:problem:invalid-cursor","title":"The cursor does not belong to this query","status":400,)"
            R"("detail":"Say \"again\"."})");
}

TEST(Problem, ListsEveryIssue) {
  const std::vector<DecodeIssue> issues = {{"/id", "missing-field", "No id."}, {"", "wrong-type", "No."}};
  const Response response = problem(Error{Errc::invalid_request, "missing-field", "No id."}, RouteFamily::webhook, issues);
  EXPECT_TRUE(response.body.ends_with(
      R"("errors":[{"pointer":"/id","reason":"missing-field","detail":"No id."},{"pointer":"","reason":"wrong-type","detail":"No."}]})"))
      << response.body;
}

TEST(Problem, TakesTheStatusFromTheReason) {
  EXPECT_EQ(problem(Error{Errc::too_large, "body-too-large", ""}).status, 413);
  EXPECT_EQ(problem(Error{Errc::invalid_request, "invalid-cursor", ""}, RouteFamily::webhook).status, 400);
}

TEST(Problem, AsksTheSenderOfAWebhookToRepeatWhatFailed) {
  for (const server::KnownReason& known : problem_catalogue()) {
    const int webhook_status = problem(Error{Errc::internal, known.reason, ""}, RouteFamily::webhook).status;
    EXPECT_EQ(webhook_status, known.status >= 500 ? 429 : known.status) << known.reason;
  }
}

TEST(Problem, SaysWhenToTryAgain) {
  const Error error{Errc::overloaded, "queue-full", "Full."};
  EXPECT_EQ(test::header_of(problem(error, RouteFamily::webhook), "Retry-After"), "5");
  EXPECT_EQ(test::header_of(problem(error, RouteFamily::query), "Retry-After"), "5");
  EXPECT_EQ(test::header_of(problem(Error{Errc::not_found, "event-not-found", "No."}), "Retry-After"), std::nullopt);
}

TEST(Problem, KeepsUnknownReasonsInside) {
  const Response response = problem(Error{Errc::internal, "corrupt", "secret"});
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(test::reason_of(response.body), "internal-error");
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
  EXPECT_EQ(response.reason, "corrupt");
}

TEST(ProblemCatalogue, HasEachReasonOnce) {
  std::set<std::string_view> seen;
  for (const server::KnownReason& known : problem_catalogue()) {
    EXPECT_TRUE(seen.insert(known.reason).second) << known.reason;
    EXPECT_EQ(known.reason.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos) << known.reason;
    EXPECT_FALSE(known.title.empty()) << known.reason;
  }
}

TEST(ProblemCatalogue, IsDocumented) {
  std::ifstream file(LEDGER_SOURCE_DIR "/docs/http-api.md");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  ASSERT_FALSE(text.empty());
  for (const server::KnownReason& known : problem_catalogue()) {
    EXPECT_NE(text.find("| `" + std::string(known.reason) + "` | "), std::string::npos) << "not documented: " << known.reason;
  }
}

}  // namespace
}  // namespace ledger::problem_test
