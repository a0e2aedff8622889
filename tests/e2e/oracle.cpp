// Compares the responses to clients, over all runs of the service, with what the ledger lists afterwards.
#include "tests/e2e/oracle.h"

#include "tests/support/http_client.h"

#include <gmock/gmock.h>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

namespace ledger::test {

void Oracle::learn(const WebhookLoad& load) {
  EXPECT_THAT(load.surprises(), testing::IsEmpty());
  acknowledged_.insert(load.acknowledged().begin(), load.acknowledged().end());
  unchecked_.insert(load.acknowledged().begin(), load.acknowledged().end());
  open_.insert(load.unanswered().begin(), load.unanswered().end());
  for (const auto& [id, reason] : load.refused()) open_.insert(id);
}

void Oracle::note_listed(const std::string& id, std::int64_t sequence, const std::string& body) {
  EXPECT_EQ(sequence, last_listed_ + 1) << "sequences are dense";
  last_listed_ = sequence;
  EXPECT_TRUE(listed_.emplace(id, sequence).second) << "recorded twice: " << id;
  const auto told = acknowledged_.find(id);
  if (told != acknowledged_.end()) {
    EXPECT_EQ(told->second, sequence) << id;
  } else {
    EXPECT_TRUE(open_.contains(id)) << "nobody sent " << id;
  }
  EXPECT_EQ(body, WebhookLoad::body_of(id));
}

void Oracle::compare_tail(std::uint16_t port) {
  HttpClient connection(port);
  for (bool more = true; more;) {
    const HttpResponse page = connection.request("GET", "/v1/events?limit=1000&after=" + std::to_string(last_listed_));
    ASSERT_EQ(page.status, 200) << page.body;
    const boost::json::value parsed = boost::json::parse(page.body);
    for (const boost::json::value& event : parsed.at("events").as_array()) {
      note_listed(boost::json::value_to<std::string>(event.at("webhookId")), event.at("sequence").to_number<std::int64_t>(),
                  boost::json::value_to<std::string>(event.at("body")));
    }
    more = !parsed.at("events").as_array().empty();
  }
  for (const auto& [id, sequence] : unchecked_) EXPECT_TRUE(listed_.contains(id)) << "acknowledged as " << sequence << " and lost: " << id;
  unchecked_.clear();
}

void Oracle::compare_all(std::uint16_t port) {
  listed_.clear();
  last_listed_ = 0;
  unchecked_ = acknowledged_;
  compare_tail(port);
}

std::size_t Oracle::repeat_open(std::uint16_t port, std::size_t most) {
  std::size_t recognised = 0;
  HttpClient connection(port);
  for (std::size_t left = most; left > 0 && !open_.empty(); --left) {
    const std::string id = *open_.begin();
    const HttpResponse answer = connection.request("POST", "/webhooks/highlevel", {{"Content-Type", "application/json"}}, WebhookLoad::body_of(id));
    EXPECT_EQ(answer.status, 200) << answer.body;
    if (answer.status != 200) return recognised;
    const boost::json::value told = boost::json::parse(answer.body);
    const auto listed = listed_.find(id);
    EXPECT_EQ(told.at("status").as_string(), listed == listed_.end() ? "recorded" : "duplicate") << id;
    const auto sequence = told.at("sequence").to_number<std::int64_t>();
    if (listed != listed_.end()) {
      EXPECT_EQ(sequence, listed->second) << id;
      ++recognised;
    }
    acknowledged_.emplace(id, sequence);
    if (listed == listed_.end()) unchecked_.emplace(id, sequence);
    open_.erase(id);
  }
  return recognised;
}

}  // namespace ledger::test
