// How each rule looks at a file.
#include "tests/lint/rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>

namespace ledger::lint {
namespace {

constexpr std::size_t kLinesMax = 400;

std::string finding(std::string_view path, std::size_t line, std::string_view what) {
  return std::string(path) + ":" + std::to_string(line) + ": " + std::string(what);
}

template <std::size_t Size>
bool is_one_of(std::string_view text, const std::array<std::string_view, Size>& choices) {
  return std::find(choices.begin(), choices.end(), text) != choices.end();
}

template <std::size_t Size>
bool starts_with_one_of(std::string_view text, const std::array<std::string_view, Size>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [text](std::string_view prefix) { return text.starts_with(prefix); });
}

/// Standard headers of C++ alone have neither a slash nor a dot in their names.
bool is_standard(std::string_view header) {
  return header.find_first_of("/.") == std::string_view::npos;
}

bool is_posix(std::string_view header) {
  constexpr std::array<std::string_view, 5> kNames = {"fcntl.h", "pthread.h", "sched.h", "signal.h", "unistd.h"};
  return is_one_of(header, kNames) || header.starts_with("sys/");
}

bool domain_may_include(const SourceFile& file, const Include& include) {
  constexpr std::array<std::string_view, 16> kForbidden = {
      "atomic", "barrier",   "condition_variable", "filesystem", "fstream",    "future", "iostream",  "latch",
      "mutex",  "semaphore", "shared_mutex",       "stop_token", "syncstream", "thread", "coroutine", "ctime"};
  if (include.is_quoted) return room_of(include.header) == "domain";
  if (is_standard(include.header)) return !is_one_of(include.header, kForbidden);
  if (include.header.starts_with("boost/system/")) return true;
  constexpr std::array<std::string_view, 3> kBehindTheScenes = {"openssl/", "sodium", "boost/locale/utf.hpp"};
  return !is_header(file.path) && starts_with_one_of(include.header, kBehindTheScenes);
}

/// A lock of the standard library is one that clang cannot check: it is taken through sync/mutex.h.
bool is_unchecked_lock(std::string_view header) {
  constexpr std::array<std::string_view, 3> kNames = {"condition_variable", "mutex", "shared_mutex"};
  return is_one_of(header, kNames);
}

bool sync_may_include(const Include& include) {
  return include.is_quoted ? room_of(include.header) == "sync" : is_standard(include.header);
}

bool storage_may_include(const Include& include) {
  constexpr std::array<std::string_view, 3> kRooms = {"domain", "storage", "sync"};
  if (include.is_quoted) return is_one_of(room_of(include.header), kRooms);
  if (is_unchecked_lock(include.header)) return false;
  return is_standard(include.header) || is_posix(include.header) || include.header == "sqlite3.h" || include.header.starts_with("SQLiteCpp/");
}

bool server_may_include(const Include& include) {
  constexpr std::array<std::string_view, 3> kRooms = {"domain", "server", "sync"};
  if (include.is_quoted) return is_one_of(room_of(include.header), kRooms);
  if (is_unchecked_lock(include.header)) return false;
  constexpr std::array<std::string_view, 2> kLibraries = {"boost/", "openssl/"};
  return is_standard(include.header) || is_posix(include.header) || starts_with_one_of(include.header, kLibraries);
}

/// What any store needs does not know the stores, and HTTP does not know the ledger's routes.
bool knows_its_user(const SourceFile& file, const Include& include) {
  const bool is_common_storage = file.path.starts_with("storage/") && !file.path.starts_with("storage/sqlite/");
  if (is_common_storage && include.header.starts_with("storage/sqlite/")) return true;
  return file.path.starts_with("server/http/") && include.header.starts_with("server/") && !include.header.starts_with("server/http/");
}

/// Finds every place of `needles` in `text`, line by line.
template <class Needles>
Findings find_all(const SourceFile& file, std::string_view text, const Needles& needles, std::string_view what) {
  Findings findings;
  std::size_t number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    for (const auto& needle : needles) {
      if (line.find(needle) != std::string_view::npos) findings.push_back(finding(file.path, number, std::string(what) + ": " + std::string(needle)));
    }
  }
  return findings;
}

bool is_room(std::string_view room) {
  constexpr std::array<std::string_view, 4> kRooms = {"domain", "server", "storage", "sync"};
  return is_one_of(room, kRooms);
}

/// Whether `name` stands in `text` as a word of its own, so that reader.cpp is not found in stored_reader.cpp.
bool has_word(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const bool starts = at == 0 || std::isspace(static_cast<unsigned char>(text[at - 1])) != 0;
    const std::size_t end = at + name.size();
    const bool ends = end == text.size() || text[end] == ')' || std::isspace(static_cast<unsigned char>(text[end])) != 0;
    if (starts && ends) return true;
  }
  return false;
}

bool has_file(const std::vector<SourceFile>& tree, std::string_view path) {
  return std::any_of(tree.begin(), tree.end(), [path](const SourceFile& file) { return file.path == path; });
}

std::string test_path(std::string_view source_path) {
  return "tests/" + std::string(source_path.substr(0, source_path.size() - 4)) + "_test.cpp";
}

}  // namespace

Findings foreign_includes(const SourceFile& file) {
  Findings findings;
  const std::string_view room = room_of(file.path);
  if (!is_room(room) || !is_code(file.path)) return findings;
  for (const Include& include : includes_of(file.text)) {
    const bool may = room == "domain"    ? domain_may_include(file, include)
                     : room == "storage" ? storage_may_include(include)
                     : room == "sync"    ? sync_may_include(include)
                                         : server_may_include(include);
    if (!may || knows_its_user(file, include))
      findings.push_back(finding(file.path, include.line, file.path.substr(0, file.path.rfind('/')) + "/ must not include " + include.header));
  }
  return findings;
}

Findings server_and_storage_together(const SourceFile& file) {
  // The composition names both sides, and so do the tests of it.
  constexpr std::array<std::string_view, 4> kWholePlaces = {"app/", "tests/app/", "tests/contract/", "tests/e2e/"};
  if (!is_code(file.path) || starts_with_one_of(file.path, kWholePlaces)) return {};
  std::size_t server_line = 0;
  std::size_t storage_line = 0;
  for (const Include& include : includes_of(file.text)) {
    if (room_of(include.header) == "server") server_line = include.line;
    if (room_of(include.header) == "storage") storage_line = include.line;
  }
  if (server_line == 0 || storage_line == 0) return {};
  return {finding(file.path, std::max(server_line, storage_line), "only app/ may include both server/ and storage/")};
}

Findings clock_readings(const SourceFile& file) {
  if (room_of(file.path) != "domain" || !is_code(file.path)) return {};
  constexpr std::array<std::string_view, 8> kReadings = {"system_clock::now", "steady_clock::now", "high_resolution_clock",
                                                         "utc_clock::now",    "clock_gettime",     "gettimeofday",
                                                         "std::time(",        "time(nullptr)"};
  return find_all(file, without_comments(file.text), kReadings, "domain/ must not read a clock");
}

Findings sql_outside_storage(const SourceFile& file) {
  constexpr std::array<std::string_view, 2> kHomes = {"storage", "tests"};
  if (!is_code(file.path) || is_one_of(room_of(file.path), kHomes)) return {};
  static const std::regex statement(
      R"(^\s*(SELECT\s|INSERT\s+(INTO|OR)\s|REPLACE\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|(CREATE|DROP|ALTER)\s+(UNIQUE|TEMP|TABLE|VIEW|INDEX|TRIGGER)|PRAGMA\s|BEGIN(\s+(IMMEDIATE|EXCLUSIVE|DEFERRED|TRANSACTION)|\s*;)|COMMIT\s*;?$|ROLLBACK|ATTACH\s|VACUUM|WITH\s+\w+\s+AS))");
  Findings findings;
  for (const StringLiteral& literal : string_literals_of(file.text)) {
    if (std::regex_search(literal.content, statement))
      findings.push_back(finding(file.path, literal.line, "SQL belongs into storage/ or migrations/"));
  }
  return findings;
}

Findings http_words(const SourceFile& file) {
  constexpr std::array<std::string_view, 3> kSilentRooms = {"domain", "storage", "sync"};
  if (!is_code(file.path) || !is_one_of(room_of(file.path), kSilentRooms)) return {};
  constexpr std::array<std::string_view, 6> kWords = {"beast", "Beast", "asio", "Asio", "http::", "HTTP/"};
  return find_all(file, without_comments(file.text), kWords, "HTTP belongs into server/");
}

Findings missing_pragma_once(const SourceFile& file) {
  if (!is_header(file.path)) return {};
  const auto lines = lines_of(file.text);
  if (std::find(lines.begin(), lines.end(), "#pragma once") != lines.end()) return {};
  return {finding(file.path, 1, "a header needs #pragma once")};
}

Findings missing_first_comment(const SourceFile& file) {
  const std::string_view opening = is_code(file.path) ? "// " : "# ";
  if (file.text.starts_with(opening)) return {};
  return {finding(file.path, 1, "the first line says why the file exists")};
}

Findings too_many_lines(const SourceFile& file) {
  const std::size_t count = lines_of(file.text).size();
  if (count <= kLinesMax) return {};
  return {finding(file.path, kLinesMax + 1, std::to_string(count) + " lines; a file has at most " + std::to_string(kLinesMax))};
}

Findings sleeping_calls(const SourceFile& file) {
  // Put together here, so that this file does not break its own rule.
  static const std::vector<std::string> calls = [] {
    std::vector<std::string> names;
    for (const char* rest : {"_for", "_until", "("}) names.push_back(std::string("sleep") + rest);
    return names;
  }();
  return find_all(file, file.text, calls, "nothing sleeps");
}

Findings work_left_for_now(const SourceFile& file) {
  static const std::vector<std::string> marks = {std::string("TODO") + "(now)"};
  return find_all(file, file.text, marks, "not finished");
}

Findings sources_without_test(const std::vector<SourceFile>& tree, const std::vector<Untested>& exceptions) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (!is_room(room_of(file.path)) || !file.path.ends_with(".cpp") || has_file(tree, test_path(file.path))) continue;
    const bool is_excepted =
        std::any_of(exceptions.begin(), exceptions.end(), [&](const Untested& exception) { return exception.path == file.path; });
    if (!is_excepted) findings.push_back(finding(file.path, 1, "no " + test_path(file.path)));
  }
  for (const Untested& exception : exceptions) {
    if (!has_file(tree, exception.path) || has_file(tree, test_path(exception.path))) {
      findings.push_back(finding(exception.path, 1, "needs no exception any more"));
    }
  }
  return findings;
}

Findings own_header_not_first(const std::vector<SourceFile>& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (!file.path.ends_with(".cpp")) continue;
    const std::string header = file.path.substr(0, file.path.size() - 4) + ".h";
    if (!has_file(tree, header)) continue;
    const std::vector<Include> includes = includes_of(file.text);
    if (includes.empty() || includes.front().header != header) findings.push_back(finding(file.path, 1, "the first include is not " + header));
  }
  return findings;
}

Findings sources_without_build(const std::vector<SourceFile>& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (!file.path.ends_with(".cpp")) continue;
    const std::size_t slash = file.path.rfind('/');
    const std::string folder = slash == std::string::npos ? "" : file.path.substr(0, slash + 1);
    const std::string list_path = folder + "CMakeLists.txt";
    const auto list = std::find_if(tree.begin(), tree.end(), [&](const SourceFile& candidate) { return candidate.path == list_path; });
    if (list == tree.end() || !has_word(list->text, std::string_view{file.path}.substr(folder.size()))) {
      findings.push_back(finding(file.path, 1, "not built: it does not stand in " + list_path));
    }
  }
  return findings;
}

}  // namespace ledger::lint
