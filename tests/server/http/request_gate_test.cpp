// What the gate refuses, one rule at a time, and what it lets through.
#include "server/http/request_gate.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ledger::request_gate_test {
namespace {

using server::BlockState;
using server::examine_block;
using server::Method;
using server::RequestHead;
using server::scan_block;

constexpr std::size_t target_bytes_max = 100;

std::string get(std::string_view fields) {
  return "GET / HTTP/1.1\r\n" + std::string(fields) + "\r\n";
}

/// The reason of the refusal, or "passed".
std::string verdict(std::string_view block) {
  const Result<RequestHead> head = examine_block(block, target_bytes_max);
  return head ? "passed" : std::string(head.error().reason);
}

struct Case {
  std::string block;
  std::string verdict;
};

void expect_verdicts(const std::vector<Case>& cases) {
  for (const Case& one : cases) EXPECT_EQ(verdict(one.block), one.verdict) << one.block;
}

TEST(RequestGate, ReadsAnOrdinaryDelivery) {
  const Result<RequestHead> head = examine_block(
      "POST /webhooks/highlevel?x=1 HTTP/1.1\r\nhost: ledger.example:8080\r\nCONTENT-TYPE:application/json\r\nContent-Length: 42 \r\n"
      "X-GHL-Signature: abc=\r\nX-WH-Signature:\tdef=\t\r\nX-GHL-SIGNATURE: N/A\r\nAccept: */*\r\n\r\n",
      target_bytes_max);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->method, Method::post);
  EXPECT_EQ(head->method_name, "POST");
  EXPECT_EQ(head->target, "/webhooks/highlevel?x=1");
  EXPECT_EQ(head->content_length, 42U);
  EXPECT_FALSE(head->chunked);
  EXPECT_EQ(head->signatures.ed25519, (std::vector<std::string>{"abc=", "N/A"}));
  EXPECT_EQ(head->signatures.rsa, std::vector<std::string>{"def="});
  EXPECT_TRUE(head->keep_alive);
  EXPECT_FALSE(head->expects_continue);
}

TEST(RequestGate, KnowsTheMethodsThatHaveRoutes) {
  const auto method = [](std::string_view name) {
    return examine_block(std::string(name) + " / HTTP/1.1\r\nHost: a\r\n\r\n", target_bytes_max)->method;
  };
  EXPECT_EQ(method("GET"), Method::get);
  EXPECT_EQ(method("HEAD"), Method::head);
  EXPECT_EQ(method("POST"), Method::post);
  EXPECT_EQ(method("get"), Method::other);
  EXPECT_EQ(method("BREW"), Method::other);
}

TEST(RequestGate, RefusesRequestLinesOfAnyOtherShape) {
  expect_verdicts({
      {"\r\n\r\n", "malformed-request"},
      {"GET\r\nHost: a\r\n\r\n", "malformed-request"},
      {"GET /\r\nHost: a\r\n\r\n", "malformed-request"},
      {" GET / HTTP/1.1\r\nHost: a\r\n\r\n", "malformed-request"},
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "malformed-request"},
      {"GET /  HTTP/1.1\r\nHost: a\r\n\r\n", "malformed-request"},
      {"GET / / HTTP/1.1\r\nHost: a\r\n\r\n", "malformed-request"},
      {"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", "malformed-request"},
      {"G(T / HTTP/1.1\r\nHost: a\r\n\r\n", "malformed-request"},
      {"GET / http/1.1\r\nHost: a\r\n\r\n", "malformed-request"},
      {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "malformed-request"},
      {"GET / HTTP/1\r\nHost: a\r\n\r\n", "malformed-request"},
  });
}

TEST(RequestGate, TakesThePathOutOfAnAbsoluteTarget) {
  const auto target_of = [](std::string_view target) {
    return examine_block("GET " + std::string(target) + " HTTP/1.1\r\nHost: other\r\n\r\n", target_bytes_max).value().target;
  };
  EXPECT_EQ(target_of("http://a/v1/locations?limit=1"), "/v1/locations?limit=1");
  EXPECT_EQ(target_of("HTTPS://[::1]:8080/x"), "/x");
  EXPECT_EQ(target_of("http://a"), "/");
  EXPECT_EQ(target_of("http://a:80?x=1"), "/?x=1");
  EXPECT_EQ(target_of("http://a/b://c"), "/b://c");
}

TEST(RequestGate, WantsAHostBesideAnAbsoluteTarget) {
  EXPECT_EQ(verdict("GET http://a/ HTTP/1.1\r\n\r\n"), "invalid-host");
  EXPECT_EQ(verdict("GET http://a/ HTTP/1.1\r\nHost: a, a\r\n\r\n"), "invalid-host");
  EXPECT_EQ(verdict("GET http://a/ HTTP/1.0\r\n\r\n"), "passed");
}

TEST(RequestGate, RefusesOtherTargets) {
  for (const char* const target : {"*", "http:/a", "http:a", "http://", "http:///x", "http://?x", "http://u@a/", "http://a/#x", "ftp://a/", "a:80",
                                   "v1", "/#x", "/a#b", "/\x7f", "/\xc3\xa4", "/\x01"}) {
    EXPECT_EQ(verdict(std::string("GET ") + target + " HTTP/1.1\r\nHost: a\r\n\r\n"), "malformed-request") << target;
  }
}

TEST(RequestGate, LimitsTheTarget) {
  const std::string fitting = "/" + std::string(target_bytes_max - 1, 'x');
  EXPECT_EQ(verdict("GET " + fitting + " HTTP/1.1\r\nHost: a\r\n\r\n"), "passed");
  EXPECT_EQ(verdict("GET " + fitting + "x HTTP/1.1\r\nHost: a\r\n\r\n"), "target-too-long");
}

TEST(RequestGate, RefusesOtherVersions) {
  expect_verdicts({
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "http-version-not-supported"},
      {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", "http-version-not-supported"},
      {"GET / HTTP/0.9\r\nHost: a\r\n\r\n", "http-version-not-supported"},
  });
}

TEST(RequestGate, RefusesMalformedFields) {
  expect_verdicts({
      {get("Host: a\r\n folded\r\n"), "malformed-request"},
      {get("Host: a\r\n\tfolded\r\n"), "malformed-request"},
      {get(" Host: a\r\n"), "malformed-request"},
      {get("Host : a\r\n"), "malformed-request"},
      {get("Host: a\r\nno colon\r\n"), "malformed-request"},
      {get("Host: a\r\n: nameless\r\n"), "malformed-request"},
      {get("Host: a\r\nX@Y: 1\r\n"), "malformed-request"},
      {get("Host: a\r\nX\xc3: 1\r\n"), "malformed-request"},
      {get("Host: a\r\nX: a\rb\r\n"), "malformed-request"},
      {get(std::string_view("Host: a\r\nX: a\0b\r\n", 17)), "malformed-request"},
      {get("Host: a\r\nX: a\x01\r\n"), "malformed-request"},
      {get("Host: a\r\nX: a\x7f\r\n"), "malformed-request"},
      {get("Host: a\r\nX: tab\tand \xc3\xa4\r\n"), "passed"},
      {get("Host: a\r\nX:\r\n"), "passed"},
  });
}

TEST(RequestGate, WantsExactlyOneHost) {
  expect_verdicts({
      {get(""), "invalid-host"},
      {get("Host:\r\n"), "invalid-host"},
      {get("Host: a\r\nhost: a\r\n"), "invalid-host"},
      {get("Host: a, a\r\n"), "invalid-host"},
      {get("Host: a b\r\n"), "invalid-host"},
      {get("Host: a/b\r\n"), "invalid-host"},
      {get("Host: user@a\r\n"), "invalid-host"},
      {get("Host: [::1]:8080\r\n"), "passed"},
      {get("Host: a-b.c_d:1\r\n"), "passed"},
      {"GET / HTTP/1.0\r\n\r\n", "passed"},
      {"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", "invalid-host"},
  });
}

TEST(RequestGate, WantsOneClearContentLength) {
  for (const char* const value : {"+5", "-5", "5, 5", "5,5", "0x5", "5 5", "", "5.0", "18446744073709551616", "99999999999999999999"}) {
    EXPECT_EQ(verdict(get("Host: a\r\nContent-Length: " + std::string(value) + "\r\n")), "invalid-framing") << value;
  }
  EXPECT_EQ(verdict(get("Host: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n")), "invalid-framing");
  EXPECT_EQ(examine_block(get("Host: a\r\nContent-Length: 18446744073709551615\r\n"), target_bytes_max)->content_length, 18446744073709551615U);
  EXPECT_EQ(examine_block(get("Host: a\r\nContent-Length: 007\r\n"), target_bytes_max)->content_length, 7U);
}

TEST(RequestGate, KnowsNoTransferCodingButChunkedOnce) {
  for (const char* const value : {"gzip", "xchunked", "chunked, gzip", "gzip, chunked", "chunked, chunked", "chunked;x=1", "identity", ""}) {
    EXPECT_EQ(verdict(get("Host: a\r\nTransfer-Encoding: " + std::string(value) + "\r\n")), "invalid-framing") << value;
  }
  expect_verdicts({
      {get("Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), "invalid-framing"},
      {get("Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n"), "invalid-framing"},
      {get("Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: gzip\r\n"), "invalid-framing"},
      {"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "invalid-framing"},
  });
  const Result<RequestHead> head = examine_block(get("Host: a\r\nTransfer-Encoding: Chunked\r\n"), target_bytes_max);
  EXPECT_TRUE(head->chunked);
  EXPECT_TRUE(head->has_body());
}

TEST(RequestGate, MeetsOneExpectation) {
  EXPECT_TRUE(examine_block(get("Host: a\r\nExpect: 100-Continue\r\n"), target_bytes_max)->expects_continue);
  EXPECT_EQ(verdict(get("Host: a\r\nExpect: 200-ok\r\n")), "expectation-failed");
  EXPECT_EQ(verdict(get("Host: a\r\nExpect: 100-continue\r\nExpect: more\r\n")), "expectation-failed");
  const Result<RequestHead> old = examine_block("POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n", target_bytes_max);
  EXPECT_FALSE(old->expects_continue) << "HTTP/1.0 knows no 1xx answers";
}

TEST(RequestGate, KeepsConnectionsOfHttp11Open) {
  const auto keeps = [](std::string_view block) { return examine_block(block, target_bytes_max)->keep_alive; };
  EXPECT_TRUE(keeps(get("Host: a\r\n")));
  EXPECT_TRUE(keeps(get("Host: a\r\nConnection: keep-alive, x\r\n")));
  EXPECT_FALSE(keeps(get("Host: a\r\nConnection: close\r\n")));
  EXPECT_FALSE(keeps(get("Host: a\r\nConnection: x ,\tCLOSE\r\n")));
  EXPECT_FALSE(keeps(get("Host: a\r\nConnection: x\r\nConnection: close\r\n")));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(RequestGate, JoinsListsThatStandInSeveralLines) {
  const Result<RequestHead> head = examine_block(
      get("Host: a\r\nIf-None-Match: \"a\"\r\nIf-None-Match: \"b\"\r\nContent-Encoding: gzip\r\nContent-Encoding: br\r\n"), target_bytes_max);
  EXPECT_EQ(head->if_none_match, "\"a\", \"b\"");
  EXPECT_EQ(head->content_encoding, "gzip, br");
}

TEST(ScanBlock, FindsTheEndWhateverWasScannedBefore) {
  const std::string block = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string bytes = block + "body\n";
  for (std::size_t scanned = 0; scanned < block.size(); ++scanned) {
    const server::BlockScan scan = scan_block(bytes, scanned);
    EXPECT_EQ(scan.state, BlockState::complete) << scanned;
    EXPECT_EQ(scan.size, block.size()) << scanned;
  }
  for (std::size_t length = 0; length < block.size(); ++length) EXPECT_EQ(scan_block(block.substr(0, length), 0).state, BlockState::incomplete);
}

TEST(ScanBlock, CallsABareLineFeedMalformed) {
  EXPECT_EQ(scan_block("\n", 0).state, BlockState::malformed);
  EXPECT_EQ(scan_block("GET / HTTP/1.1\n", 0).state, BlockState::malformed);
  EXPECT_EQ(scan_block("GET / HTTP/1.1\r\nHost: a\n\r\n", 0).state, BlockState::malformed);
  EXPECT_EQ(scan_block("GET / HTTP/1.1\r\nHost: a\r\n\n", 0).state, BlockState::malformed);
}

TEST(OversizedBlock, BlamesTheTargetWhenTheFirstLineHasNotEnded) {
  EXPECT_EQ(server::oversized_block("GET /xxxxxxx").reason, "target-too-long");
  EXPECT_EQ(server::oversized_block("GET / HTTP/1.1\r\nX: x").reason, "header-too-large");
}

}  // namespace
}  // namespace ledger::request_gate_test
