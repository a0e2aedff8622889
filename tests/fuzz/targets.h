// What is fuzzed. Each function takes any bytes, hands them to one part of the service, and aborts (LEDGER_CHECK) where that part breaks a promise.
// Clang's libFuzzer calls them with inputs that it makes up (./dev fuzz), corpus_test.cpp with those that are kept. How each reads its input stands
// at the top of its file.
#pragma once

#include <string_view>

namespace ledger::fuzz {

void fuzz_fold(std::string_view input);
void fuzz_log_line(std::string_view input);
void fuzz_options(std::string_view input);
void fuzz_query(std::string_view input);
void fuzz_request(std::string_view input);
void fuzz_signature(std::string_view input);
void fuzz_webhook_decoder(std::string_view input);

}  // namespace ledger::fuzz
