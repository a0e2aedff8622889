// Asking a service that answers nothing, is not there, or hangs up.
#include "app/control_client.h"

#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <chrono>
#include <string>
#include <thread>

namespace ledger::app::control_client_test {
namespace {

using Unix = boost::asio::local::stream_protocol;

class ControlClient : public testing::Test {
 protected:
  std::string ask(std::chrono::milliseconds timeout) {
    const Result<ControlAnswer> answer = ask_control(path_, "GET", "/v1/quarantine", timeout);
    return answer ? "answered" : std::string(answer.error().reason);
  }

  const test::TempDirectory directory_;
  const std::string path_ = directory_.file("socket");
  boost::asio::io_context context_;
};

// Without its own deadline, the command would hang here for ever.
TEST_F(ControlClient, AServiceThatAcceptsAndSaysNothingIsGivenUp) {
  const Unix::acceptor silent(context_, Unix::endpoint(path_));  // The kernel accepts for it, and takes the request.
  for (const int timeout_ms : {0, 1}) EXPECT_EQ(ask(std::chrono::milliseconds(timeout_ms)), "control-failed") << timeout_ms;
}

TEST_F(ControlClient, NoServiceIsNotAFailure) {
  EXPECT_EQ(ask(kControlTimeout), "no-service");
  { const Unix::acceptor killed(context_, Unix::endpoint(path_)); }
  EXPECT_EQ(ask(kControlTimeout), "no-service");
}

TEST_F(ControlClient, AServiceThatHangsUpIsAFailure) {
  Unix::acceptor acceptor(context_, Unix::endpoint(path_));
  acceptor.async_accept([](boost::system::error_code, const Unix::socket&) {});
  std::thread service([this] { context_.run(); });
  EXPECT_EQ(ask(kControlTimeout), "control-failed");
  service.join();
}

}  // namespace
}  // namespace ledger::app::control_client_test
