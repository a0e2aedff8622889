// Properties of the decoder over random bodies: what it reads depends neither on how a body is written, nor on what else is in it.
#include "domain/webhook_decoder.h"
#include "tests/support/evidence.h"
#include "tests/support/generators.h"
#include "tests/support/rounds.h"

#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace ledger::webhook_decoder_property_test {
namespace {

using test::Random;

/// A field and its value, as JSON.
struct Member {
  std::string name;
  std::string value;
};

constexpr std::size_t kRequired = 3;
const std::vector<std::string> kOptional = {"webhookId",
                                            "traceId",
                                            "key",
                                            "associationType",
                                            "firstObjectKey",
                                            "firstObjectLabel",
                                            "secondObjectKey",
                                            "secondObjectLabel",
                                            "firstObjectToSecondObjectCardinality",
                                            "secondObjectToFirstObjectCardinality"};

const std::vector<std::string> kGarbage = {"7",       "NaN",  "1e999", "\"\\ud83d\"", "\"\xff\"", "\"\\q\"", "\"a\nb\"", R"({"id":[{"}":"]"}]})",
                                           "[1 2,,]", "\"\"", "null"};

class WebhookDecoderProperty : public testing::Test {
 protected:
  WebhookDecoderProperty() : seed_(test::test_seed()), trace_(__FILE__, __LINE__, "LEDGER_TEST_SEED=" + std::to_string(seed_)), random_(seed_) {}

  [[nodiscard]] bool toss() { return random_.below(2) == 0; }

  /// A Delete with some of the optional fields.
  std::vector<Member> random_members() {
    std::vector<Member> members = {{"type", "\"AssociationDelete\""}, {"id", "\"a1\""}, {"locationId", "\"l1\""}};
    if (toss()) members.push_back({"timestamp", "\"2026-11-07T12:46:45.953Z\""});
    for (const std::string& name : kOptional) {
      if (toss()) members.push_back({name, "\"" + std::to_string(random_.below(100)) + " of " + name + "\""});
    }
    return members;
  }

  std::string blanks() { return std::string(random_.below(3), " \t\r\n"[random_.below(4)]); }

  /// The string, which has only letters, digits and blanks, with some of its characters as escapes.
  std::string escaped(const std::string& written) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const char c : written) {
      if (c == '"' || random_.below(8) != 0) {
        text += c;
      } else {
        text += std::string("\\u00") + kDigits[static_cast<unsigned char>(c) >> 4U] + kDigits[static_cast<unsigned char>(c) & 0xfU];
      }
    }
    return text;
  }

  std::string written(const std::vector<Member>& members) {
    std::string body = blanks() + "{";
    for (std::size_t i = 0; i < members.size(); ++i) {
      body += (i == 0 ? "" : ",") + blanks() + "\"" + members[i].name + "\"" + blanks() + ":" + blanks() + members[i].value + blanks();
    }
    return body + "}" + blanks();
  }

  std::string respelled(std::string_view type) {
    std::string text;
    for (const char c : type) {
      if (random_.below(4) == 0) text += " ._-"[random_.below(4)];
      text += toss() ? static_cast<char>(std::tolower(c)) : static_cast<char>(std::toupper(c));
    }
    return text + (toss() ? "d" : "");
  }

  Random& random() { return random_; }

 private:
  std::uint64_t seed_;
  testing::ScopedTrace trace_;
  Random random_;
};

DecodedEvent decoded(const std::string& body) {
  const Decoding decoding = decode_webhook(body, std::nullopt);
  if (const auto* event = std::get_if<DecodedEvent>(&decoding)) return *event;
  ADD_FAILURE() << "not decoded: " << body;
  return {};
}

/// All but the flags.
void expect_same_content(const DecodedEvent& event, const DecodedEvent& other, const std::string& body) {
  ASSERT_EQ(event.kind, other.kind) << body;
  ASSERT_EQ(event.association, other.association) << body;
  ASSERT_EQ(event.webhook_id, other.webhook_id) << body;
  ASSERT_EQ(event.trace_id, other.trace_id) << body;
  ASSERT_EQ(event.occurred_at, other.occurred_at) << body;
  ASSERT_EQ(event.definition, other.definition) << body;
}

TEST_F(WebhookDecoderProperty, ReadsTheSameHoweverABodyIsWrittenAndWhateverElseIsInIt) {
  const std::size_t bodies = test::scaled(20'000);
  for (std::size_t i = 0; i < bodies; ++i) {
    std::vector<Member> members = random_members();
    const DecodedEvent expected = decoded(written(members));
    ASSERT_EQ(expected.flags, EventFlags{});
    for (Member& member : members) member = {escaped(member.name), escaped(member.value)};
    for (std::size_t more = random().below(4); more > 0; --more)
      members.push_back({"x" + std::to_string(random().below(3)), random().pick(kGarbage)});
    random().shuffle(members);
    const std::string body = written(members);
    const DecodedEvent event = decoded(body);
    expect_same_content(event, expected, body);
    ASSERT_EQ(event.flags, EventFlags{}) << body;
  }
  test::evidence(bodies, "bodies written in another way");
}

TEST_F(WebhookDecoderProperty, ReadsEverySpellingOfAType) {
  const std::size_t spellings = test::scaled(20'000);
  for (std::size_t i = 0; i < spellings; ++i) {
    const EventKind kind = kWebhookKinds[random().below(kWebhookKinds.size())];
    const std::string type = respelled(name(kind));
    const DecodedEvent event = decoded(R"({"id":"a1","locationId":"l1","type":")" + type + "\"}");
    ASSERT_EQ(event.kind, kind) << type;
    ASSERT_EQ(event.flags.has(EventFlag::kind_respelled), type != name(kind)) << type;
  }
  test::evidence(spellings, "spellings of a type");
}

TEST_F(WebhookDecoderProperty, LosesNothingButTheFieldThatIsDamaged) {
  const std::size_t bodies = test::scaled(20'000);
  for (std::size_t i = 0; i < bodies; ++i) {
    std::vector<Member> members = random_members();
    if (members.size() == kRequired) continue;
    const std::size_t victim = kRequired + random().below(members.size() - kRequired);
    std::vector<Member> without = members;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(victim));
    const DecodedEvent expected = decoded(written(without));

    const std::vector<std::string> damages = {"7e2000", "[]", "{\"a\":1}", "true", "\"\\q\"", "\"a\\u0000\"", "\"a\nb\""};
    members[victim].value = random().pick(damages);
    random().shuffle(members);
    const std::string body = written(members);
    const DecodedEvent event = decoded(body);
    expect_same_content(event, expected, body);
    ASSERT_EQ(event.flags, EventFlags(static_cast<std::uint32_t>(EventFlag::field_unread))) << body;
  }
  test::evidence(bodies, "bodies with one unreadable field");
}

}  // namespace
}  // namespace ledger::webhook_decoder_property_test
