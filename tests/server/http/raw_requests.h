// Requests as bytes, for tests that care how they are cut and framed.
#pragma once

#include "tests/server/running_server.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

namespace ledger::test {

/// A delivery with the given further header lines, each with its line end, and body.
inline std::string raw_post(std::string_view headers, std::string_view payload) {
  return "POST /webhooks/highlevel HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + std::string(headers) + "\r\n" + std::string(payload);
}

inline std::string raw_post_with_length(std::string_view payload) {
  return raw_post("Content-Length: " + std::to_string(payload.size()) + "\r\n", payload);
}

/// `payload` in chunks of `size` bytes, without the last one.
inline std::string chunks(std::string_view payload, std::size_t size) {
  std::string text;
  for (; !payload.empty(); payload.remove_prefix(std::min(size, payload.size()))) {
    const std::string_view chunk = payload.substr(0, size);
    char length[20];
    std::snprintf(length, sizeof length, "%zx\r\n", chunk.size());
    text.append(length).append(chunk).append("\r\n");
  }
  return text;
}

}  // namespace ledger::test
