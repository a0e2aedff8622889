// The fuzz targets. Each function takes any bytes, passes them to one part of the service, and aborts (LEDGER_CHECK) if that part breaks a promise.
// Clang's libFuzzer calls them with generated inputs (./dev fuzz), corpus_test.cpp with the inputs in corpus/. The top of each file describes its
// input.
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
