// A child process with faults that sanitizers find, for sanitizer_reports_test.cpp.
#include <climits>
#include <cstdio>
#include <memory>
#include <string_view>
#include <thread>

namespace {

// Volatile, so that the compiler does not remove the faults.
volatile int one = 1;

int read_beyond_the_end() {
  const auto numbers = std::make_unique<int[]>(1);
  return numbers[static_cast<std::size_t>(one)];
}

int overflow() {
  const int most = INT_MAX - 1 + one;
  return most + one;
}

int leak() {
  int* const lost = new int(one);
  return *lost;
}

int race() {
  int number = 0;
  std::thread other([&number] { number += one; });
  number += one;
  other.join();
  return number;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view fault = argc > 1 ? argv[1] : "";
  int result = 0;
  if (fault == "memory") result = read_beyond_the_end();
  if (fault == "arithmetic") result = overflow();
  if (fault == "leak") result = leak();
  if (fault == "race") result = race();
  std::printf("%d\n", result);
}
