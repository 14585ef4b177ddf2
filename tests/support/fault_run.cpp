#include "support/fault_run.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>

#include "actbook/replay.h"

namespace fs = std::filesystem;

namespace actbook::testing {
namespace {

std::vector<EventDraft> events_of(const Order& order) {
  std::vector<EventDraft> events;
  for (const auto& name : order.names) events.push_back(renamed(order.workspace, name));
  return events;
}

Decide decide_for(const Order& order) {
  return [events = events_of(order), way = order.way](Batch& batch) -> Result<Decided> {
    for (const auto& event : events) {
      BOOST_OUTCOME_TRY(batch.append(event));
    }
    if (way == Order::Way::failing) return Error{ErrorKind::invalid, "NO", "no", {}};
    Decided decided;
    if (way == Order::Way::refused) {
      decided.outcome = log::Outcome::refused;
      decided.reason = "NO";
    }
    return decided;
  };
}

Order order(int i) {
  Order made{"c" + std::to_string(i), "w" + std::to_string(i % 3), {}};
  for (int k = 0; k < 1 + i % 5; ++k) {
    made.names.push_back(std::to_string(i) + "-" + std::to_string(k) +
                         std::string(static_cast<std::size_t>(i * 7), 'x'));
  }
  return made;
}

}  // namespace

EventStore::Receipt Told::submit(EventStore& store, const Order& order) {
  auto asked = submission(order.id, order.workspace);
  if (order.way == Order::Way::conflicting) asked.condition = {Query{}, Position{0}};
  auto receipt = store.submit(asked, decide_for(order));
  note(order, receipt);
  return receipt;
}

void Told::note(const Order& order, const EventStore::Receipt& receipt) {
  const std::lock_guard guard(mutex_);
  auto& command = commands_.try_emplace(order.id, Command{order}).first->second;
  if (receipt) {
    if (command.fate == Fate::acknowledged) CHECK(command.receipt == receipt.value().bytes());
    command.fate = Fate::acknowledged;
    command.receipt = receipt.value().bytes();
  } else if (receipt.error().kind == ErrorKind::unknown_outcome) {
    CHECK(command.fate != Fate::acknowledged);
    command.fate = Fate::unknown;
  }
}

bool Told::acknowledged_any() const {
  const std::lock_guard guard(mutex_);
  return std::ranges::any_of(
      commands_, [](const auto& entry) { return entry.second.fate == Fate::acknowledged; });
}

// Returns how many events the command has in the store.
std::uint64_t Told::check_command(const EventStore& store, const Command& command) {
  CAPTURE(command.order.id);
  const auto found = store.find_command(command.order.id);
  CHECK_MESSAGE(found, found.error().message);
  if (!found) return 0;
  const auto& stored = found.value();
  if (command.fate == Fate::acknowledged) CHECK_MESSAGE(stored, "an acknowledged command is lost");
  if (command.fate == Fate::absent) CHECK_MESSAGE(!stored, "what was said to be absent is there");
  if (!stored) return 0;
  if (command.fate == Fate::acknowledged) CHECK(stored->receipt.bytes() == command.receipt);
  CHECK(stored->content == submission(command.order.id, command.order.workspace).content);
  const auto events = events_of(command.order);
  const Position first{stored->receipt->first_position()};
  const Position last{stored->receipt->last_position()};
  if (events.empty()) {
    CHECK(first == Position{0});
    return 0;
  }
  std::vector<Bytes> payloads;
  auto cursor = store.read({.from = first, .to = last});
  while (cursor.next()) {
    const auto& record = cursor.record();
    if (record->command_id()->string_view() != command.order.id) continue;
    payloads.emplace_back(record.payload().begin(), record.payload().end());
  }
  CHECK(std::ranges::equal(payloads, events, {}, {}, &EventDraft::payload));
  return events.size();
}

void Told::check(const EventStore& store) const {
  const std::lock_guard guard(mutex_);
  std::uint64_t events = 0;
  for (const auto& [id, command] : commands_) events += check_command(store, command);
  CHECK(events == store.head().value);
  std::vector<std::uint64_t> expected(events);
  std::iota(expected.begin(), expected.end(), 1);
  CHECK(positions(store.read()) == expected);
  const auto checked = store.verify_log();
  CHECK_MESSAGE(!checked.damage, checked.damage->message);
  CHECK(checked.records == store.head().value);
  const auto replayed = replay(store, {.projector = &partner_projector()});
  CHECK_MESSAGE(replayed, replayed.error().message);
  if (!replayed) return;
  CHECK(replayed.value().agrees);
  CHECK(replayed.value().commands == checked.commands);
}

void Told::settle(EventStore& store) {
  std::vector<Order> unknown;
  {
    const std::lock_guard guard(mutex_);
    for (const auto& [id, command] : commands_) {
      if (command.fate == Fate::unknown) unknown.push_back(command.order);
    }
  }
  for (const auto& order : unknown) {
    const auto receipt = submit(store, order);
    CHECK_MESSAGE(receipt, receipt.error().message);
  }
}

EventStore::Options FaultRun::options() const {
  EventStore::Options made{&clock, &partner_projector(), {}};
  made.environment = &disk.storage;
  made.slice_size = slice_size;
  made.log_memory = log_memory;
  return made;
}

bool FaultRun::create() {
  auto created = EventStore::create(directory / "ledger", options());
  if (created) store = std::move(created.value());
  return created.has_value();
}

void FaultRun::submit_all() {
  bool failed = false;
  for (int i = 0; i < 40; ++i) {
    clock.set(after(i));
    Order next = order(i);
    const bool again = i % 8 == 3;
    if (again) next = order(i - 2);
    if (i % 8 == 5) next.way = Order::Way::refused;
    if (i % 8 == 6) next.names.clear();
    if (i % 16 == 7) next.way = Order::Way::conflicting;
    if (i % 16 == 15) next.way = Order::Way::failing;
    const auto receipt = told.submit(*store, next);
    if (receipt) continue;
    const auto& error = receipt.error();
    INFO(next.id << ": " << error.message);
    // The receipt of a command from before is in a file that cannot be read.
    if (again && error.code == "STORAGE_FAILED" && error.kind == ErrorKind::unavailable) continue;
    if (failed) {
      CHECK(error.code == "POISONED");
    } else if (next.way == Order::Way::recorded || next.way == Order::Way::refused) {
      CHECK(error.kind == ErrorKind::unknown_outcome);
      failed = true;
    }
  }
}

void FaultRun::crash() {
  disk.files->crash();
  // A store that knows does not try to save its views, and complain.
  if (store) (void)store->submit(submission("unheard"), append_events({}));
  store.reset();
}

void FaultRun::lose_power(Survivors survivors, std::mt19937& random) {
  crash();
  disk.files->lose_power(survivors, random);
}

bool FaultRun::reopen() {
  store.reset();
  disk.files->lift();
  auto opened = EventStore::open(directory / "ledger", options());
  if (!opened && opened.error().code == "NOT_A_LEDGER" && !told.acknowledged_any()) {
    opened = EventStore::create(directory / "ledger", options());
  }
  CHECK_MESSAGE(opened, opened.error().message);
  if (opened) store = std::move(opened.value());
  return opened.has_value();
}

void FaultRun::check_recovery() {
  if (!reopen()) return;
  told.check(*store);
  told.settle(*store);
  for (int i = 100; i < 103; ++i) {
    const auto receipt = told.submit(*store, order(i));
    CHECK_MESSAGE(receipt, receipt.error().message);
  }
}

void FaultRun::check_durability(std::mt19937& random) {
  INFO("after one more power loss");
  lose_power(Survivors::nothing, random);
  if (reopen()) told.check(*store);
}

std::function<bool(const std::string&)> files_of(const std::string& database,
                                                 const std::string& extension) {
  return [=](const std::string& path) {
    const fs::path file(path);
    return file.string().find("/ledger/" + database) != std::string::npos &&
           (extension.empty() || file.extension() == extension);
  };
}

}  // namespace actbook::testing
