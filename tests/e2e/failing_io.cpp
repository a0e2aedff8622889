// A library that is loaded into the service before all others (LD_PRELOAD) and lets system calls on files fail. The rules are in a file that the test
// rewrites while the service runs (tests/e2e/faults.h). It is below SQLite and libstdc++, so the service does not know of it.
//
// The first line of the file is a generation; every further line is a rule: "<call> <suffix> <first> <last> <effect>".
//   call    fdatasync, fsync, write (write, pwrite, pwrite64), ftruncate, statvfs, or any (of these)
//   suffix  the end of the path of the file; * for every file with a path
//   first   number of the first matching call that fails, counted from 1 within this generation
//   last    number of the last one; 0 for no end
//   effect  an errno; or "short" (half of it is written), "full" (statvfs reports no room), "kill" (SIGKILL instead of the call), "hold" (fdatasync
//   and
//           fsync wait until the rules change)
// The first time that a rule applies, a line is written to standard error, which is the service's log.
//
// In a sanitized process even open() is intercepted by the sanitizer, which may not be ready, may be the caller or may hold locks. So this file makes
// system calls only, and allocates no memory.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>

// By these functions the thread sanitizer learns of a lock that it cannot see. Null in a process without it.
extern "C" void __tsan_acquire(void* lock) __attribute__((weak));  // NOLINT(bugprone-reserved-identifier): the sanitizer's name
extern "C" void __tsan_release(void* lock) __attribute__((weak));  // NOLINT(bugprone-reserved-identifier)

namespace {

enum class Call { fdatasync, fsync, write, ftruncate, statvfs, any };
enum class Effect { error, short_write, full, kill, hold };

struct Rule {
  Call call = Call::any;
  std::string_view suffix;
  long first = 1;
  long last = 0;
  Effect effect = Effect::error;
  int error = EIO;
  long matched = 0;
};

struct Strike {
  Effect effect = Effect::error;
  int error = EIO;
};

/// The rules as they were last read. There is one object, which exists before any code runs.
struct Rules {
  std::atomic_flag taken = ATOMIC_FLAG_INIT;
  // While taken:
  std::array<char, 4096> text{};
  std::size_t size = 0;
  std::array<Rule, 16> list;
  std::size_t count = 0;
};
constinit Rules rules;

class Taken {
 public:
  Taken() {
    while (rules.taken.test_and_set(std::memory_order_acquire)) ::syscall(SYS_sched_yield);
    if (__tsan_acquire != nullptr) __tsan_acquire(&rules);
  }
  Taken(const Taken&) = delete;
  Taken& operator=(const Taken&) = delete;
  ~Taken() {
    if (__tsan_release != nullptr) __tsan_release(&rules);
    rules.taken.clear(std::memory_order_release);
  }
};

std::string_view next_word(std::string_view& text) {
  const std::size_t start = text.find_first_not_of(" \n");
  if (start == std::string_view::npos) return text = {};
  text.remove_prefix(start);
  const std::string_view word = text.substr(0, text.find_first_of(" \n"));
  text.remove_prefix(word.size());
  return word;
}

long number(std::string_view word) {
  long value = 0;
  std::from_chars(word.data(), word.data() + word.size(), value);
  return value;
}

Call call_of(std::string_view word) {
  if (word == "fdatasync") return Call::fdatasync;
  if (word == "fsync") return Call::fsync;
  if (word == "write") return Call::write;
  if (word == "ftruncate") return Call::ftruncate;
  if (word == "statvfs") return Call::statvfs;
  return Call::any;
}

void read_rules(std::string_view text) {
  rules.count = 0;
  static_cast<void>(next_word(text));  // The generation: if the same rules are given again, calls are counted from 0 again.
  for (std::string_view word = next_word(text); !word.empty() && rules.count < rules.list.size(); word = next_word(text)) {
    Rule rule;
    rule.call = call_of(word);
    rule.suffix = next_word(text);
    rule.first = number(next_word(text));
    rule.last = number(next_word(text));
    const std::string_view effect = next_word(text);
    if (effect == "short") rule.effect = Effect::short_write;
    if (effect == "full") rule.effect = Effect::full;
    if (effect == "kill") rule.effect = Effect::kill;
    if (effect == "hold") rule.effect = Effect::hold;
    rule.error = static_cast<int>(number(effect));
    rules.list[rules.count++] = rule;
  }
}

void refresh() {
  static const char* const path = ::getenv("LEDGER_FAULTS");
  if (path == nullptr) return;
  const long file = ::syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  std::array<char, 4096> text{};
  const long size = ::syscall(SYS_read, file, text.data(), text.size());
  ::syscall(SYS_close, file);
  if (size < 0) return;
  const std::string_view found(text.data(), static_cast<std::size_t>(size));
  if (found == std::string_view(rules.text.data(), rules.size)) return;
  rules.text = text;
  rules.size = found.size();
  read_rules({rules.text.data(), rules.size});
}

void tell(const Rule& rule) {
  std::array<char, 256> line{};
  std::size_t used = 0;
  for (const std::string_view part : {std::string_view("{\"event\":\"fault_injected\",\"path\":\"…"), rule.suffix, std::string_view("\"}\n")}) {
    used += part.copy(line.data() + used, line.size() - used);
  }
  ::syscall(SYS_write, STDERR_FILENO, line.data(), used);
}

std::optional<Strike> strike(Call call, std::string_view path) {
  const int before = errno;
  const Taken taken;
  refresh();
  errno = before;
  std::optional<Strike> found;
  for (Rule* rule = rules.list.data(); rule != rules.list.data() + rules.count; ++rule) {
    if (rule->call != Call::any && rule->call != call) continue;
    if (rule->suffix == "*" ? !path.starts_with('/') : !path.ends_with(rule->suffix)) continue;
    ++rule->matched;
    if (found || rule->matched < rule->first || (rule->last != 0 && rule->matched > rule->last)) continue;
    if (rule->effect == Effect::kill) ::syscall(SYS_kill, ::syscall(SYS_getpid), SIGKILL);
    if (rule->matched == rule->first) tell(*rule);
    found = Strike{rule->effect, rule->error};
  }
  return found;
}

std::optional<Strike> strike(Call call, int descriptor) {
  if (descriptor <= STDERR_FILENO) return std::nullopt;
  std::array<char, 32> link{"/proc/self/fd/"};
  std::to_chars(link.data() + std::strlen(link.data()), link.data() + link.size() - 1, descriptor);
  std::array<char, 1024> path{};
  const long size = ::syscall(SYS_readlinkat, AT_FDCWD, link.data(), path.data(), path.size());
  if (size <= 0) return std::nullopt;
  return strike(call, std::string_view(path.data(), static_cast<std::size_t>(size)));
}

int fail(int error) {
  errno = error;
  return -1;
}

int synchronise(Call call, long kernel_call, int descriptor) {
  while (const auto struck = strike(call, descriptor)) {
    if (struck->effect != Effect::hold) return fail(struck->error);
    ::syscall(SYS_sched_yield);
  }
  return static_cast<int>(::syscall(kernel_call, descriptor));
}

ssize_t write_at(int descriptor, const void* data, std::size_t size, off_t offset) {
  const auto struck = strike(Call::write, descriptor);
  if (struck && struck->effect == Effect::error) return fail(struck->error);
  if (struck && struck->effect == Effect::short_write) size = size / 2;
  return ::syscall(SYS_pwrite64, descriptor, data, size, offset);
}

int truncate_to(int descriptor, off_t size) {
  if (const auto struck = strike(Call::ftruncate, descriptor)) return fail(struck->error);
  return static_cast<int>(::syscall(SYS_ftruncate, descriptor, size));
}

template <class Room>
int room_of(const char* name, const char* path, Room* room) {
  using Function = int (*)(const char*, Room*);
  const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
  const int result = real(path, room);
  const auto struck = strike(Call::statvfs, std::string_view(path));
  if (struck && struck->effect == Effect::full) room->f_bavail = room->f_bfree = 0;
  if (struck && struck->effect == Effect::error) return fail(struck->error);
  return result;
}

}  // namespace

extern "C" {

int fdatasync(int descriptor) {
  return synchronise(Call::fdatasync, SYS_fdatasync, descriptor);
}

int fsync(int descriptor) {
  return synchronise(Call::fsync, SYS_fsync, descriptor);
}

ssize_t pwrite(int descriptor, const void* data, size_t size, off_t offset) {
  return write_at(descriptor, data, size, offset);
}

ssize_t pwrite64(int descriptor, const void* data, size_t size, off64_t offset) {
  return write_at(descriptor, data, size, offset);
}

ssize_t write(int descriptor, const void* data, size_t size) {
  const auto struck = strike(Call::write, descriptor);
  if (struck && struck->effect == Effect::error) return fail(struck->error);
  return ::syscall(SYS_write, descriptor, data, size);
}

int ftruncate(int descriptor, off_t size) noexcept {
  return truncate_to(descriptor, size);
}

int ftruncate64(int descriptor, off64_t size) noexcept {
  return truncate_to(descriptor, size);
}

int statvfs(const char* path, struct statvfs* room) noexcept {
  return room_of("statvfs", path, room);
}

int statvfs64(const char* path, struct statvfs64* room) noexcept {
  return room_of("statvfs64", path, room);
}
}
