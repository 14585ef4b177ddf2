// What must be a process of its own: to be killed, or to have its memory to itself.
#include <fmt/format.h>
#include <sys/prctl.h>

#include <csignal>
#include <cstdio>

#include "archive.h"
#include "folder.h"

namespace actbook::bench {
namespace {

void tell(std::uint64_t number) {
  fmt::print("{}\n", number);
  std::fflush(stdout);
}

void tell_memory(std::uint64_t state, std::uint64_t at_start) {
  tell(peak_memory());
  tell(state);
  tell(at_start);
}

void append(const std::string& directory, std::uint64_t events, std::uint64_t seed) {
  const EventData data(seed);
  ActbookRival store;
  const auto at_start = peak_memory();
  store.create(directory);
  Feeder feeder(store, data);
  (void)feeder.run_until(events, kArchiveBatch);
  store.close();
  // What the callers know of their workspaces, and the times of all submissions, are ours.
  tell_memory(kWorkspaces * sizeof(std::uint64_t) + events / kArchiveBatch * sizeof(double),
              at_start);
}

void append_on(const std::string& directory, std::uint64_t first, std::uint64_t seed) {
  const EventData data(seed);
  ActbookRival store;
  store.open(directory);
  const auto session = store.connect();
  Submission submission;
  for (;; first += kArchiveBatch) {
    data.make(first, 1, kArchiveBatch, submission);
    session->append(submission);
    tell(store.head());
  }
}

void fold(const std::string& directory) {
  ActbookRival store;
  const auto at_start = peak_memory();
  store.open(directory);
  Folder folder;
  store.each_record([&](const log::Record& record, ByteView) { folder.add(record); });
  folder.finish();
  tell_memory(folder.memory() + kWorkspaces * sizeof(std::uint64_t), at_start);
}

}  // namespace

int run_worker(const std::vector<std::string>& arguments) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // it must not outlive who asked
  try {
    const auto& job = arguments.at(0);
    if (job == "append") {
      append(arguments.at(1), std::stoull(arguments.at(2)), std::stoull(arguments.at(3)));
    } else if (job == "append-on") {
      append_on(arguments.at(1), std::stoull(arguments.at(2)), std::stoull(arguments.at(3)));
    } else if (job == "fold") {
      fold(arguments.at(1));
    } else {
      throw Failure("no such job: " + job);
    }
    return 0;
  } catch (const std::exception& failure) {
    fmt::print(stderr, "worker: {}\n", failure.what());
    return 1;
  }
}

}  // namespace actbook::bench
