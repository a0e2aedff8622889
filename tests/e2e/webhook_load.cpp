// Clients that post webhooks until they are stopped or cut off, and remember every answer: the oracle of the crash and shutdown tests.
#include "tests/e2e/webhook_load.h"

#include "tests/support/http_client.h"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include <stdexcept>

namespace ledger::test {
namespace {

const HttpHeaders kJson = {{"Content-Type", "application/json"}};

std::string delivery(const std::string& id, int number) {
  static const char* const kTypes[] = {"AssociationCreate", "AssociationUpdate", "AssociationDelete"};
  return R"({"type":")" + std::string(kTypes[number % 3]) + R"(","locationId":"L)" + std::to_string(number % 5) + R"(","id":"a)" +
         std::to_string(number / 3) + R"(","webhookId":")" + id + R"(","firstObjectLabel":"label )" + std::to_string(number) + "\"}";
}

}  // namespace

WebhookLoad::WebhookLoad(std::uint16_t port, const std::string& name, int clients) : running_(clients) {
  for (int i = 0; i < clients; ++i) {
    threads_.emplace_back([this, port, client = name + "-" + std::to_string(i)] { run(port, client); });
  }
}

WebhookLoad::~WebhookLoad() {
  stop();
}

void WebhookLoad::run(std::uint16_t port, const std::string& client) {
  try {
    HttpClient connection(port);
    for (int number = 0; !stopping_; ++number) {
      const std::string id = client + "-" + std::to_string(number);
      const std::string body = delivery(id, number);
      {
        const MutexLock lock(mutex_);
        unanswered_.emplace(id, body);
      }
      const HttpResponse answer = connection.request("POST", "/webhooks/highlevel", kJson, body);
      note(id, answer.status, answer.body);
      if (answer.header("Connection") == "close") break;
    }
  } catch (const std::runtime_error&) {
    // Cut off; what had no answer stays among the unanswered.
  }
  --running_;
  acknowledged_count_.notify_all();
}

void WebhookLoad::note(const std::string& id, int status, const std::string& body) {
  {
    const MutexLock lock(mutex_);
    unanswered_.erase(id);
    if (status == 200) {
      acknowledged_.emplace(id, boost::json::parse(body).at("sequence").to_number<std::int64_t>());
      ++acknowledged_count_;
    } else if (status != 429) {
      surprises_.push_back(std::to_string(status) + " " + body);
    }
  }
  acknowledged_count_.notify_all();
}

void WebhookLoad::wait_for_acknowledged(std::size_t count) {
  for (std::size_t seen = acknowledged_count_; seen < count && running_ > 0; seen = acknowledged_count_) acknowledged_count_.wait(seen);
}

void WebhookLoad::stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

std::map<std::string, std::int64_t> recorded_webhook_ids(std::uint16_t port) {
  std::map<std::string, std::int64_t> ids;
  HttpClient connection(port);
  std::int64_t after = 0;
  for (;;) {
    const HttpResponse page = connection.request("GET", "/v1/events?limit=1000&after=" + std::to_string(after));
    EXPECT_EQ(page.status, 200) << page.body;
    const boost::json::value parsed = boost::json::parse(page.body);
    const auto& events = parsed.at("events").as_array();
    if (events.empty()) return ids;
    for (const boost::json::value& event : events) {
      EXPECT_EQ(event.at("sequence").to_number<std::int64_t>(), after + 1) << "sequences are dense";
      after = event.at("sequence").to_number<std::int64_t>();
      const bool is_new = ids.emplace(boost::json::value_to<std::string>(event.at("webhookId")), after).second;
      EXPECT_TRUE(is_new) << "recorded twice: " << event.at("webhookId");
    }
  }
}

}  // namespace ledger::test
