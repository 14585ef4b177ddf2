#include "feeder.h"

#include <algorithm>
#include <exception>
#include <latch>
#include <thread>

#include "system.h"

namespace actbook::bench {

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto index = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(index));
  return values[index];
}

void Feeder::append_once(Session& session, Submission& submission, Times& times) const {
  const double start = seconds_now();
  session.append(submission);
  const double took = seconds_now() - start;
  times.events += submission.events.size();
  times.busy += took;
  times.microseconds.push_back(took * 1e6);
}

Reading Feeder::reading_of(const std::vector<Times>& callers, double wall) {
  std::uint64_t events = 0;
  std::vector<double> microseconds;
  for (const auto& caller : callers) {
    events += caller.events;
    microseconds.insert(microseconds.end(), caller.microseconds.begin(), caller.microseconds.end());
  }
  // Of many callers one makes events while others wait for the disk.
  const double seconds = callers.size() == 1 ? callers.front().busy : wall;
  return {static_cast<double>(events) / seconds,
          {{"p50_us", percentile(microseconds, 0.50)}, {"p99_us", percentile(microseconds, 0.99)}}};
}

Reading Feeder::run_for(double seconds, unsigned callers, std::size_t batch) {
  std::vector<std::unique_ptr<Session>> sessions;
  for (unsigned i = 0; i < callers; ++i) sessions.push_back(rival_.connect());
  std::vector<Times> times(callers);
  std::vector<std::exception_ptr> failures(callers);
  std::latch ready(callers);
  const auto call = [&](std::size_t caller) {
    ready.arrive_and_wait();
    try {
      Submission submission;
      const double end = seconds_now() + seconds;
      for (std::uint64_t number = next_ + caller; seconds_now() < end; number += callers * batch) {
        data_.make(number, callers, batch, submission);
        append_once(*sessions[caller], submission, times[caller]);
      }
    } catch (...) {
      failures[caller] = std::current_exception();
    }
  };
  const double start = seconds_now();
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < callers; ++i) threads.emplace_back(call, i);
  call(0);
  for (auto& thread : threads) thread.join();
  const double wall = seconds_now() - start;
  go_on_behind(times);
  for (const auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  return reading_of(times, wall);
}

Reading Feeder::run_in_one_thread(double seconds, unsigned callers) {
  const auto sessions = rival_.connect_many(callers);
  if (!sessions) throw Failure("has no way for many callers in one thread");
  std::vector<Times> times(callers);
  std::vector<Submission> submissions(callers);
  std::vector<double> started(callers);
  const double start = seconds_now();
  const auto submit = [&](std::size_t caller) {
    data_.make(next_ + caller + times[caller].events * callers, callers, 1, submissions[caller]);
    started[caller] = seconds_now();
    sessions->start(caller, submissions[caller]);
  };
  for (std::size_t caller = 0; caller < callers; ++caller) submit(caller);
  for (std::size_t open = callers; open > 0;) {
    for (const auto caller : sessions->finished()) {
      const double now = seconds_now();
      ++times[caller].events;
      times[caller].microseconds.push_back((now - started[caller]) * 1e6);
      if (now < start + seconds) {
        submit(caller);
      } else {
        --open;
      }
    }
  }
  const double wall = seconds_now() - start;
  go_on_behind(times);
  return reading_of(times, wall);
}

void Feeder::go_on_behind(const std::vector<Times>& callers) {
  std::uint64_t most = 0;
  for (const auto& caller : callers) most = std::max(most, caller.events);
  next_ += (most * callers.size() + kLanes - 1) / kLanes * kLanes;
}

Reading Feeder::run_until(std::uint64_t events, std::size_t batch) {
  const auto session = rival_.connect();
  std::vector<Times> times(1);
  Submission submission;
  while (next_ < events) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(batch, events - next_));
    data_.make(next_, 1, count, submission);
    append_once(*session, submission, times[0]);
    next_ += count;
  }
  return reading_of(times, times[0].busy);
}

}  // namespace actbook::bench
