#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/files.h"
#include "support/temp_directory.h"

namespace actbook::testing {

/// What a program left behind. The code of one that a signal ended is minus the signal.
struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};

using Arguments = std::vector<std::string>;

namespace detail {

/// Our own environment, without what would change answers, and with `more`.
inline std::vector<std::string> environment(const std::vector<std::string>& more) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!text.starts_with("ACTBOOK_") && !text.starts_with("COLUMNS=")) all.emplace_back(text);
  }
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

inline std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Starts the program with these three files as its input, output and errors.
inline pid_t spawn(const std::string& program, const Arguments& arguments,
                   const std::vector<std::string>& more_environment,
                   const std::array<int, 3>& files) {
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto variables = environment(more_environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int target = 0; target < 3; ++target) {
    posix_spawn_file_actions_adddup2(&actions, files[static_cast<std::size_t>(target)], target);
  }
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, program.c_str(), &actions, nullptr, pointers(words).data(),
                                 pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("cannot start " + program);
  return pid;
}

inline int wait_for(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, 0) != pid) throw std::runtime_error("cannot wait for a process");
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// A file descriptor that closes itself; programs started meanwhile do not get it.
class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  static Descriptor open(const std::filesystem::path& path, int flags) {
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
    if (descriptor < 0) throw std::runtime_error("cannot open " + path.string());
    return Descriptor(descriptor);
  }
  Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  [[nodiscard]] int get() const { return descriptor_; }
  void close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }

 private:
  int descriptor_;
};

inline std::pair<Descriptor, Descriptor> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

}  // namespace detail

/// A pseudo-terminal: what is written to the terminal at path() is read here.
class PseudoTerminal {
 public:
  PseudoTerminal() : master_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (master_.get() < 0 || grantpt(master_.get()) != 0 || unlockpt(master_.get()) != 0) {
      throw std::runtime_error("no pseudo-terminal");
    }
    path_ = ptsname(master_.get());
    fcntl(master_.get(), F_SETFL, O_NONBLOCK);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// What was written since the last call, which may be nothing.
  [[nodiscard]] std::string read_now() const {
    std::string text;
    std::array<char, 4096> part{};
    for (ssize_t size = 0; (size = read(master_.get(), part.data(), part.size())) > 0;) {
      text.append(part.data(), static_cast<std::size_t>(size));
    }
    return text;
  }

 private:
  detail::Descriptor master_;
  std::string path_;
};

struct RunOptions {
  std::string input;
  /// NAME=value
  std::vector<std::string> environment;
  /// Where the output goes instead of into Ran::out.
  std::string output_path;
};

/// Runs a program to its end.
inline Ran run(const std::string& program, const Arguments& arguments,
               const RunOptions& options = {}) {
  const TempDirectory directory;
  write_file(directory / "in", options.input);
  const auto out_path =
      options.output_path.empty() ? (directory / "out").string() : options.output_path;
  constexpr int kWrite = O_WRONLY | O_CREAT;
  const auto in = detail::Descriptor::open(directory / "in", O_RDONLY);
  const auto out = detail::Descriptor::open(out_path, kWrite);
  const auto err = detail::Descriptor::open(directory / "err", kWrite);
  Ran ran;
  const std::array<int, 3> files = {in.get(), out.get(), err.get()};
  ran.code = detail::wait_for(detail::spawn(program, arguments, options.environment, files));
  if (options.output_path.empty()) ran.out = read_file(out_path);
  ran.err = read_file(directory / "err");
  return ran;
}

/// A program to talk with while it runs: through its input and its output, a line at a time.
class Process {
 public:
  /// Its errors go into Ran::err, or else to `terminal`, the path of a pseudo-terminal.
  Process(const std::string& program, const Arguments& arguments,
          const std::string& terminal = {}) {
    // Writing to a program that is gone is an answer, not the end of the tests.
    std::signal(SIGPIPE, SIG_IGN);
    const auto err = terminal.empty()
                         ? detail::Descriptor::open(directory_ / "err", O_WRONLY | O_CREAT)
                         : detail::Descriptor::open(terminal, O_WRONLY | O_NOCTTY);
    pid_ = detail::spawn(program, arguments, {},
                         {input_.first.get(), output_.second.get(), err.get()});
    input_.first.close();
    output_.second.close();
  }
  ~Process() {
    if (pid_ == 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }

  void send(const std::string& line) const {
    const std::string text = line + "\n";
    if (write(input_.second.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      throw std::runtime_error("the program does not read on");
    }
  }

  /// Waits for the next line of output; what there is of it, if the output ends.
  [[nodiscard]] std::string receive() const {
    std::string line;
    char next = 0;
    while (read(output_.first.get(), &next, 1) == 1 && next != '\n') line += next;
    return line;
  }

  void close_input() { input_.second.close(); }
  void close_output() { output_.first.close(); }

  /// Ends its input and waits for its end. Its remaining output is not read.
  Ran finish() {
    close_input();
    Ran ran;
    ran.code = detail::wait_for(std::exchange(pid_, 0));
    if (std::filesystem::exists(directory_ / "err")) ran.err = read_file(directory_ / "err");
    return ran;
  }

 private:
  TempDirectory directory_;
  std::pair<detail::Descriptor, detail::Descriptor> input_ = detail::make_pipe();
  std::pair<detail::Descriptor, detail::Descriptor> output_ = detail::make_pipe();
  pid_t pid_ = 0;
};

}  // namespace actbook::testing
