// Commas and escapes.
#include "server/http/json_writer.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <string>
#include <vector>

namespace ledger::json_writer_test {
namespace {

using server::JsonWriter;

TEST(JsonWriter, PutsCommasBetweenThings) {
  JsonWriter json;
  json.begin_object();
  json.member("a", 1);
  json.begin_array("b");
  json.item("x");
  json.item("y");
  json.begin_object();
  json.end_object();
  json.end_array();
  json.begin_array("c");
  json.end_array();
  json.begin_object("d");
  json.null_member("e");
  json.member("f", "g");
  json.end_object();
  json.member("h", std::int64_t{-9'223'372'036'854'775'807});
  json.end_object();
  EXPECT_EQ(json.take(), R"({"a":1,"b":["x","y",{}],"c":[],"d":{"e":null,"f":"g"},"h":-9223372036854775807})");
}

TEST(JsonWriter, WritesNullForWhatIsNotKnown) {
  JsonWriter json;
  json.begin_object();
  json.nullable("a", std::optional<std::string>());
  json.nullable("b", std::optional<std::string>(""));
  json.nullable("c", std::optional<Timestamp>());
  json.nullable("d", std::optional(Timestamp(std::chrono::milliseconds(1))));
  json.end_object();
  EXPECT_EQ(json.take(), R"({"a":null,"b":"","c":null,"d":"1970-01-01T00:00:00.001Z"})");
}

TEST(JsonWriter, EscapesSoThatAnyTextComesBack) {
  std::vector<std::string> values = {"", "nothing to escape", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80</script>"};
  std::string all;
  for (int c = 0; c < 0x80; ++c) {
    all.push_back(static_cast<char>(c));
    // The writer looks at eight characters at a time, so each place among them counts.
    for (std::size_t place = 0; place < 17; ++place) {
      values.push_back(std::string(place, 'x') + static_cast<char>(c));
      values.push_back(values.back() + "\xc3\xa4 and more");
    }
  }
  values.push_back(all);
  for (const std::string& value : values) {
    JsonWriter json;
    json.begin_object();
    json.member("text", std::string_view(value));
    json.end_object();
    const std::string text = json.take();
    boost::system::error_code error;
    const boost::json::value read = boost::json::parse(text, error);
    ASSERT_FALSE(error) << text;
    EXPECT_EQ(read.at("text").as_string(), value);
  }
}

}  // namespace
}  // namespace ledger::json_writer_test
