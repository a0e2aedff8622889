// Every code of the ledger as a status, for both families of routes.
#include "server/api/http_error.h"

#include "tests/server/api/answering.h"
#include "tests/server/http/problem_reading.h"

#include <gtest/gtest.h>

namespace ledger::http_error_test {
namespace {

using namespace std::chrono_literals;
using server::error_answer;
using server::http_status;
using server::Response;
using server::RouteFamily;

TEST(HttpError, MapsEveryCode) {
  struct Row {
    Errc code;
    int webhook;
    int query;
  };
  const Row rows[] = {
      {Errc::invalid_request, 400, 400}, {Errc::unauthenticated, 401, 401}, {Errc::not_found, 404, 404},
      {Errc::too_large, 413, 413},       {Errc::conflict, 409, 409},        {Errc::overloaded, 429, 503},
      {Errc::unavailable, 429, 503},     {Errc::outcome_unknown, 429, 503}, {Errc::internal, 429, 500},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(http_status(row.code, RouteFamily::webhook), row.webhook) << static_cast<int>(row.code);
    EXPECT_EQ(http_status(row.code, RouteFamily::query), row.query) << static_cast<int>(row.code);
  }
}

TEST(HttpError, SaysWhenToTryAgain) {
  const Error error{Errc::overloaded, "queue-full", "Full."};
  EXPECT_EQ(test::header_of(error_answer(error, RouteFamily::webhook, 7s), "Retry-After"), "7");
  EXPECT_EQ(test::header_of(error_answer(error, RouteFamily::query, 7s), "Retry-After"), "7");
  const Error missing{Errc::not_found, "event-not-found", "No."};
  EXPECT_EQ(test::header_of(error_answer(missing, RouteFamily::query, 7s), "Retry-After"), std::nullopt);
}

TEST(HttpError, LetsAReasonDecideWhereItHasAStatus) {
  const Error odd{Errc::too_large, "header-too-large", "Too large."};
  EXPECT_EQ(error_answer(odd, RouteFamily::query, 1s).status, 431);
}

TEST(HttpError, KeepsInternalTextInside) {
  const Response response = error_answer({Errc::internal, "corrupt", "secret"}, RouteFamily::query, 1s);
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(test::reason_of(response.body), "internal-error");
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
  EXPECT_EQ(response.reason, "corrupt");
}

}  // namespace
}  // namespace ledger::http_error_test
