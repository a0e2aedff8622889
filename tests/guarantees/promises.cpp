// How promises.txt is read.
#include "tests/guarantees/promises.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <stdexcept>

namespace ledger::guarantees {
namespace {

constexpr std::string_view kFuzz = "fuzz:";
constexpr std::string_view kBlanks = " \t";

bool is_name(std::string_view text) {
  const auto is_part = [](unsigned char character) { return std::isalnum(character) != 0 || character == '_'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), is_part);
}

/// Reads line by line, since every fault names its line.
class Parser {
 public:
  void line(std::string_view text) {
    ++number_;
    text = text.substr(0, text.find_last_not_of(kBlanks) + 1);
    if (text.empty() || text.front() == '#') return;
    if (kBlanks.find(text.front()) != std::string_view::npos) {
      proofs(text);
    } else if (text.front() == '[') {
      theme(text);
    } else {
      promise(text);
    }
  }

  [[nodiscard]] std::vector<Promise> take() && {
    end_promise();
    if (promises_.empty()) fail("there is no promise");
    return std::move(promises_);
  }

 private:
  void theme(std::string_view text) {
    if (text.size() < 3 || text.back() != ']') fail("a theme stands in brackets");
    end_promise();
    theme_ = text.substr(1, text.size() - 2);
  }

  void promise(std::string_view text) {
    end_promise();
    if (theme_.empty()) fail("a promise stands under a theme");
    if (text.back() != '.') fail("a promise is a sentence and ends with a full stop");
    if (text.find('|') != std::string_view::npos) fail("a promise is one cell of a table and holds no bar");
    const auto is_same = [text](const Promise& known) { return known.sentence == text; };
    if (std::any_of(promises_.begin(), promises_.end(), is_same)) fail("this promise stands twice");
    promises_.push_back({theme_, std::string(text), {}});
    promise_line_ = number_;
  }

  void proofs(std::string_view text) {
    if (promises_.empty() || promise_line_ == 0) fail("a proof follows its promise");
    auto& known = promises_.back().proofs;
    for (text.remove_prefix(text.find_first_not_of(kBlanks)); !text.empty();) {
      const std::size_t end = std::min(text.find_first_of(kBlanks), text.size());
      const Proof next = proof(text.substr(0, end));
      if (std::find(known.begin(), known.end(), next) != known.end()) fail(written(next) + " stands twice");
      known.push_back(next);
      text.remove_prefix(std::min(text.find_first_not_of(kBlanks, end), text.size()));
    }
  }

  [[nodiscard]] Proof proof(std::string_view word) const {
    if (word.starts_with(kFuzz) && is_name(word.substr(kFuzz.size()))) return {ProofKind::fuzz_target, std::string(word.substr(kFuzz.size()))};
    const std::size_t dot = word.find('.');
    if (dot != std::string_view::npos && is_name(word.substr(0, dot))) {
      if (word.substr(dot + 1) == "*") return {ProofKind::suite, std::string(word.substr(0, dot))};
      if (is_name(word.substr(dot + 1))) return {ProofKind::test, std::string(word)};
    }
    fail(std::string(word) + " is none of Suite.Test, Suite.* and fuzz:target");
  }

  void end_promise() {
    if (promise_line_ != 0 && promises_.back().proofs.empty()) {
      number_ = promise_line_;
      fail("this promise has no proof");
    }
    promise_line_ = 0;
  }

  [[noreturn]] void fail(const std::string& what) const { throw std::runtime_error("promises, line " + std::to_string(number_) + ": " + what); }

  std::vector<Promise> promises_;
  std::string theme_;
  std::size_t number_ = 0;
  std::size_t promise_line_ = 0;  ///< Of the promise that is read, 0 behind a theme.
};

}  // namespace

std::vector<Promise> parse_promises(std::string_view text) {
  Parser parser;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    parser.line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::move(parser).take();
}

std::string written(const Proof& proof) {
  switch (proof.kind) {
    case ProofKind::test: return proof.name;
    case ProofKind::suite: return proof.name + ".*";
    case ProofKind::fuzz_target: return std::string(kFuzz) + proof.name;
  }
  throw std::logic_error("no such kind of proof");
}

bool covers(const Proof& proof, std::string_view subject) {
  if (proof.kind != ProofKind::suite) return subject == written(proof);
  return subject.size() > proof.name.size() && subject.starts_with(proof.name) && subject[proof.name.size()] == '.';
}

}  // namespace ledger::guarantees
