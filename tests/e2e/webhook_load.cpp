// Clients that post webhooks until they are stopped or disconnected, and remember every response.
#include "tests/e2e/webhook_load.h"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include <stdexcept>

namespace ledger::test {
namespace {

const HttpHeaders kJson = {{"Content-Type", "application/json"}};

/// The last part of a problem's type, which is the reason.
std::string reason_of(const std::string& problem) {
  const std::string type = boost::json::value_to<std::string>(boost::json::parse(problem).at("type"));
  return type.substr(type.rfind(':') + 1);
}

}  // namespace

std::string WebhookLoad::body_of(const std::string& id) {
  static const char* const kTypes[] = {"AssociationCreate", "AssociationUpdate", "AssociationDelete"};
  const int number = std::stoi(id.substr(id.rfind('-') + 1));
  return R"({"type":")" + std::string(kTypes[number % 3]) + R"(","locationId":"L)" + std::to_string(number % 5) + R"(","id":"a)" +
         std::to_string(number / 3) + R"(","webhookId":")" + id + R"(","firstObjectLabel":"label )" + std::to_string(number) + "\"}";
}

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
      {
        const MutexLock lock(mutex_);
        unanswered_.insert(id);
      }
      const HttpResponse answer = connection.request("POST", "/webhooks/highlevel", kJson, body_of(id));
      note(id, answer);
      if (answer.header("Connection") == "close") break;
    }
  } catch (const std::runtime_error&) {
    // Disconnected. The delivery stays among the unanswered.
  }
  {
    const MutexLock lock(mutex_);
    --running_;
  }
  changed_.notify_all();
}

void WebhookLoad::note(const std::string& id, const HttpResponse& answer) {
  {
    const MutexLock lock(mutex_);
    unanswered_.erase(id);
    if (answer.status == 200 && answer.body.find("\"recorded\"") != std::string::npos) {
      acknowledged_.emplace(id, boost::json::parse(answer.body).at("sequence").to_number<std::int64_t>());
    } else if (answer.status == 429 && answer.header("Retry-After")) {
      refused_.emplace(id, reason_of(answer.body));
    } else {
      surprises_.push_back(std::to_string(answer.status) + " " + answer.body);
    }
  }
  changed_.notify_all();
}

void WebhookLoad::wait_for_acknowledged(std::size_t count) {
  MutexLock lock(mutex_);
  while (acknowledged_.size() < count && running_ > 0) changed_.wait(lock);
}

bool WebhookLoad::wait_for_more_acknowledged(std::size_t count) {
  MutexLock lock(mutex_);
  const std::size_t wanted = acknowledged_.size() + count;
  while (acknowledged_.size() < wanted && running_ > 0) changed_.wait(lock);
  return acknowledged_.size() >= wanted;
}

void WebhookLoad::wait_for_refused(std::size_t count) {
  MutexLock lock(mutex_);
  while (refused_.size() < count && running_ > 0) changed_.wait(lock);
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
