// Secrets in paths: which texts can be one, which are known, and that no log line shows one.
#include "server/api/webhook_secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ledger::webhook_secrets_test {
namespace {

using server::is_webhook_secret;
using server::WebhookSecrets;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string first = "0123456789abcDEF";
const std::string second = "_-_-_-_-_-_-_-_-_-_-";

TEST(WebhookSecrets, AreLongEnoughAndNeedNoPercentEncoding) {
  for (const std::string& good : {first, second, std::string(16, 'a'), std::string(256, 'Z')}) EXPECT_TRUE(is_webhook_secret(good)) << good;
  for (const std::string& bad : {std::string(), std::string(15, 'a'), std::string(257, 'a'), first + "/", first + "%", first + " ", first + "\n",
                                 first + "\xc3\xa4", first + std::string(1, '\0'), first + "."}) {
    EXPECT_FALSE(is_webhook_secret(bad)) << bad;
  }
}

TEST(WebhookSecrets, AreKnownExactly) {
  const WebhookSecrets secrets({first, second});
  EXPECT_TRUE(secrets.contain(first));
  EXPECT_TRUE(secrets.contain(second));
  for (const std::string& other : {std::string(), first + "x", first.substr(1), first + second, std::string("0123456789abcdef")}) {
    EXPECT_FALSE(secrets.contain(other)) << other;
  }
  EXPECT_FALSE(WebhookSecrets({}).contain(""));
}

TEST(WebhookSecrets, AreHiddenWhereAPathHasThemAlsoWrongOnes) {
  const WebhookSecrets secrets({first, second});
  EXPECT_EQ(secrets.hide_in("/webhooks/highlevel/" + first + "/AssociationDelete"), "/webhooks/highlevel/{secret}/AssociationDelete");
  EXPECT_EQ(secrets.hide_in("/webhooks/highlevel/nearly-right"), "/webhooks/highlevel/{secret}");
  EXPECT_EQ(secrets.hide_in("//webhooks//highlevel///nearly-right//x/"), "//webhooks//highlevel///{secret}//x/");
  EXPECT_EQ(secrets.hide_in("/webhooks/highlevel/%zz"), "/webhooks/highlevel/{secret}");
  EXPECT_EQ(secrets.hide_in("/%77ebhooks/highlevel/nearly-right/x"), "/%77ebhooks/highlevel/{secret}/x");
  EXPECT_EQ(secrets.hide_in("/webhooks/highlevel"), "/webhooks/highlevel");
  EXPECT_EQ(secrets.hide_in("/v1/locations/L/associations"), "/v1/locations/L/associations");
  EXPECT_EQ(secrets.hide_in("/v1/locations/%C3%A4/associations"), "/v1/locations/%C3%A4/associations");
  EXPECT_EQ(secrets.hide_in(""), "");
}

TEST(WebhookSecrets, AreHiddenWhereNoPathHasThem) {
  const WebhookSecrets secrets({first, second});
  const std::string encoded = "%30" + first.substr(1);
  const std::string both = first + second;
  for (const std::string& path :
       {"/" + first, "/webhook/highlevel/" + first + "/x", "/webhooks/" + first, "/webhooks/highlevel/x/" + both, "/v1/" + encoded + "/x",
        "/webhooks/" + encoded + "/highlevel/x", "/%zz/" + first, first, "/x%" + first, "/x" + first + "x"}) {
    EXPECT_THAT(secrets.hide_in(path), HasSubstr("{secret}")) << path;
    EXPECT_THAT(secrets.hide_in(path), Not(HasSubstr(first.substr(1)))) << path;
  }
}

TEST(WebhookSecrets, HideNothingIfThereAreNone) {
  EXPECT_EQ(WebhookSecrets({}).hide_in("/webhooks/highlevel/AssociationDelete"), "/webhooks/highlevel/AssociationDelete");
}

}  // namespace
}  // namespace ledger::webhook_secrets_test
