#include "system.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>

extern char** environ;

namespace actbook::bench {
namespace {

constexpr std::uint64_t kProbeSize = std::uint64_t{4} << 20;
constexpr std::size_t kProbeWrite = 512;

Failure failed(const std::string& what) { return Failure(what + ": " + std::strerror(errno)); }

}  // namespace

double seconds_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

File::File(const std::filesystem::path& path, int flags)
    : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
  if (descriptor_ < 0) throw failed("opening " + path.string());
}

File::~File() { ::close(descriptor_); }

void write_zeros(const std::filesystem::path& path, std::uint64_t size) {
  const File file(path, O_CREAT | O_TRUNC | O_WRONLY);
  const std::string zeros(std::size_t{1} << 20, '\0');
  for (std::uint64_t written = 0; written < size; written += zeros.size()) {
    if (::write(file.descriptor(), zeros.data(), zeros.size()) !=
        static_cast<ssize_t>(zeros.size())) {
      throw failed("writing " + path.string());
    }
  }
  if (::fsync(file.descriptor()) != 0) throw failed("syncing " + path.string());
}

SyncProbe::SyncProbe(const std::filesystem::path& directory)
    : file_((write_zeros(directory / "probe", kProbeSize), directory / "probe"), O_WRONLY) {}

double SyncProbe::rate(double seconds) {
  const std::array<char, kProbeWrite> bytes{};
  const double start = seconds_now();
  std::uint64_t count = 0;
  while (seconds_now() - start < seconds) {
    if (::pwrite(file_.descriptor(), bytes.data(), bytes.size(), static_cast<off_t>(at_)) < 0 ||
        ::fdatasync(file_.descriptor()) != 0) {
      throw failed("probing the disk");
    }
    at_ = (at_ + kProbeWrite) % kProbeSize;
    ++count;
  }
  return static_cast<double>(count) / (seconds_now() - start);
}

MappedFile::MappedFile(const std::filesystem::path& path) {
  const File file(path, O_RDONLY);
  size_ = std::filesystem::file_size(path);
  void* mapped = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file.descriptor(), 0);
  if (mapped == MAP_FAILED) throw failed("mapping " + path.string());
  ::madvise(mapped, size_, MADV_SEQUENTIAL);
  data_ = static_cast<const std::uint8_t*>(mapped);
}

MappedFile::~MappedFile() { ::munmap(const_cast<std::uint8_t*>(data_), size_); }

std::uint64_t disk_bytes_below(const std::filesystem::path& directory) {
  std::uint64_t total = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    struct stat status {};
    if (entry.is_regular_file() && ::stat(entry.path().c_str(), &status) == 0) {
      total += static_cast<std::uint64_t>(status.st_blocks) * 512;
    }
  }
  return total;
}

void drop_caches() {
  ::sync();
  std::ofstream control("/proc/sys/vm/drop_caches");
  control << "3\n" << std::flush;
  if (!control) throw Failure("not permitted to drop the machine's caches (needs root)");
}

std::uint64_t peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * 1024;
  }
  throw Failure("the machine does not tell a process's peak memory");
}

OneCore::OneCore() {
  ::sched_getaffinity(0, sizeof(before_), &before_);
  cpu_set_t one;
  CPU_ZERO(&one);
  const int core = ::sched_getcpu();
  CPU_SET(static_cast<std::size_t>(core < 0 ? 0 : core), &one);
  if (::sched_setaffinity(0, sizeof(one), &one) != 0) throw failed("keeping to one core");
}

OneCore::~OneCore() { ::sched_setaffinity(0, sizeof(before_), &before_); }

Child::Child(const std::vector<std::string>& arguments) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw failed("making a pipe");
  output_ = ends[0];
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::vector<std::string> words = {"/proc/self/exe"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int error =
      ::posix_spawn(&process_, words[0].c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (error != 0) throw Failure(std::string("starting a process: ") + std::strerror(error));
}

Child::~Child() {
  if (process_ != 0) kill();
  ::close(output_);
}

std::string Child::line() {
  for (;;) {
    if (const auto end = pending_.find('\n'); end != std::string::npos) {
      std::string found = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return found;
    }
    std::array<char, 4096> buffer{};
    const auto got = ::read(output_, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw Failure("a process of ours ended without an answer");
    pending_.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

void Child::kill() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = 0;
}

void Child::wait() {
  int status = 0;
  ::waitpid(process_, &status, 0);
  process_ = 0;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw Failure("a process of ours failed");
}

}  // namespace actbook::bench
