#include "support/damaged_ledger.h"

#include <doctest/doctest.h>

#include <array>

#include "actbook/tables.h"
#include "storage/torn_write.h"
#include "support/seed.h"
#include "support/store_fixture.h"

namespace actbook::testing {
namespace {

// In place of an answer.
const std::string kError = "\1error";

std::string text(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

const std::string kNever = "never submitted";

std::string event_question(std::uint64_t position) { return "event " + std::to_string(position); }

std::string all_events(const EventStore& store, Direction direction) {
  std::string all;
  auto cursor = store.read({.direction = direction});
  while (cursor.next()) {
    const auto bytes = cursor.record().bytes();
    all.append(bytes.begin(), bytes.end());
  }
  return cursor.status() ? all : kError;
}

std::string positions_of(const EventStore& store, const Query& query) {
  std::string all;
  auto cursor = store.query(query);
  while (cursor.next()) all += std::to_string(cursor.record().position().value) + " ";
  return cursor.status() ? all : kError;
}

std::string all_rows(const EventStore& store) {
  std::string all;
  const auto visited = store.visit_row_versions(
      store.head(), [&](TableId table, std::string_view key, const RowVersion& version) {
        all += std::to_string(static_cast<int>(table)) + std::string(key) + "@" +
               std::to_string(version.position.value) + text(version.bytes) + "\n";
      });
  return visited ? all : kError;
}

std::string command_answer(const EventStore& store, const std::string& command_id) {
  const auto command = store.find_command(command_id);
  if (!command) return kError;
  if (!command.value()) return kNever;
  return text(command.value()->receipt.bytes()) + text(command.value()->content);
}

std::string row_answer(const EventStore& store, const std::string& workspace, Position at) {
  const auto view = store.after_event(at);
  if (!view) return kError;
  const auto row = find<row::WorkspaceRowT>(view.value(), workspace);
  if (!view.value().status()) return kError;
  return row ? row->name : "no row";
}

// Without the zeros that write-ahead logs are written over, of which no bit means anything.
DirectoryImage without_zeros(DirectoryImage image) {
  for (auto& [file, bytes] : image.files) {
    if (!file.ends_with(".log")) continue;
    bytes.resize(storage::examine_tail(bytes, storage::LogContents::writes).whole_until);
  }
  return image;
}

}  // namespace

std::string to_string(const Judged& judged) {
  constexpr std::array<const char*, 5> kNames = {"refused", "reported", "harmless", "shortened",
                                                 "wrong"};
  std::string said = kNames.at(static_cast<std::size_t>(judged.verdict));
  if (judged.error) {
    said += std::string(", ") + to_string(judged.error->kind) + " " + judged.error->code + ": " +
            judged.error->message;
    if (judged.error->position) {
      said += " at " + std::to_string(judged.error->position->value);
    }
  }
  if (judged.first_unreadable) {
    said += ", cannot read " + std::to_string(*judged.first_unreadable);
  }
  if (!judged.other_answer.empty()) said += ", another answer to: " + judged.other_answer;
  return said;
}

std::string marker(std::uint64_t position) {
  Random random(static_cast<unsigned>(position));
  std::string marker;
  // Enough different letters that no four of them stand elsewhere, which would be compressed.
  const std::string letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  while (marker.size() < 24) marker += letters[random.below(letters.size())];
  return marker;
}

DamagedLedger::DamagedLedger()
    : clock_(kStart), env_(std::make_unique<HastyEnvironment>()), environment_{env_.get()} {
  closed_ = build(Ended::closed);
  killed_ = build(Ended::killed);
  closed_.write(path());
  {
    const auto store = EventStore::open(path(), options()).value();
    REQUIRE_FALSE(store->verify_log().damage);
    intact_ = ask(*store);
    for (const auto& asked : intact_) REQUIRE_MESSAGE(asked.second != kError, asked.first);
  }
  for (const auto* image : {&closed_, &killed_}) {
    REQUIRE(judge(*image).verdict == Verdict::harmless);
  }
}

EventStore::Options DamagedLedger::options() const {
  EventStore::Options options;
  options.clock = &clock_;
  options.projector = &partner_projector();
  options.environment = &environment_;
  return options;
}

// The same commands, whoever ends the sessions, so both images hold the same events.
DirectoryImage DamagedLedger::build(Ended ended) {
  const auto built = directory_ / "built";
  std::filesystem::remove_all(built);
  clock_.set(kStart);
  command_ids_.clear();
  session_ends_.clear();
  DirectoryImage left;
  for (std::uint64_t session = 0; session < kSessions; ++session) {
    if (session > 0) left.write(built);
    // Made anew, the views are few files, and no compaction of theirs gets in the way.
    if (session + 1 == kSessions) std::filesystem::remove_all(built / "views");
    auto store = session == 0 ? EventStore::create(built, options()).value()
                              : EventStore::open(built, options()).value();
    write_session(*store, session);
    session_ends_.push_back(store->head().value);
    // Every commit is in the files when its receipt is given: they are what a kill leaves.
    if (ended == Ended::killed) left = without_zeros(DirectoryImage(built));
    store.reset();
    if (ended == Ended::closed) left = DirectoryImage(built);
  }
  return left;
}

void DamagedLedger::write_session(EventStore& store, std::uint64_t session) {
  // Some of the storage's blocks of 16 KiB in each SST.
  constexpr std::array<int, kSessions> kCommands = {40, 30, 8};
  for (int i = 0; i < kCommands.at(session); ++i) {
    const auto id = "c-" + std::to_string(session) + "-" + std::to_string(i);
    const auto workspace = "w-" + std::to_string(i % 4);
    std::vector<EventDraft> drafts;
    // Batches of one, two and three events, and a command that records nothing.
    for (std::uint64_t n = 0; n < static_cast<std::uint64_t>(i + 1) % 4; ++n) {
      drafts.push_back(renamed(workspace, marker(store.head().value + 1 + n),
                               {n == 0 ? "part:first" : "part:later"}));
    }
    clock_.set({clock_.now().microseconds + 1'000'000});
    REQUIRE(store.submit(submission(id, workspace, id), append_events(drafts)));
    command_ids_.push_back(id);
  }
}

DamagedLedger::Answers DamagedLedger::ask(const EventStore& store) const {
  Answers answers;
  for (std::uint64_t position = 1; position <= events(); ++position) {
    const auto event = store.event(Position{position});
    answers[event_question(position)] =
        event ? std::string(event.value().bytes().begin(), event.value().bytes().end()) : kError;
  }
  for (const std::string workspace : {"w-0", "w-1", "w-2", "w-3"}) {
    answers["name of " + workspace] = row_answer(store, workspace, store.head());
    answers["first name of " + workspace] = row_answer(store, workspace, Position{9});
  }
  answers["head"] = std::to_string(store.head().value) + " at " +
                    std::to_string(store.head_recorded_at().microseconds);
  answers["all events"] = all_events(store, Direction::forwards);
  answers["all events, backwards"] = all_events(store, Direction::backwards);
  for (const std::string tag : {"part:first", "part:later", "workspace:w-2"}) {
    answers["events with tag " + tag] = positions_of(store, {{{{}, {tag}}}});
  }
  answers["all rows"] = all_rows(store);
  const auto postings = store.digest_postings(store.head());
  answers["postings"] = postings ? std::to_string(postings.value().count) : kError;
  for (const auto& id : command_ids_) answers["command " + id] = command_answer(store, id);
  answers["command of nobody"] = command_answer(store, "nobody");
  return answers;
}

// Whether the answers are those of the same ledger before its last commands.
bool DamagedLedger::is_shortened(const Answers& answers) const {
  if (!intact_.at("all events").starts_with(answers.at("all events"))) return false;
  bool gone = false;
  for (const auto& id : command_ids_) {
    const auto& answer = answers.at("command " + id);
    if (answer != kNever && (gone || answer != intact_.at("command " + id))) return false;
    gone = answer == kNever;
  }
  return gone;
}

Judged DamagedLedger::judge(const DirectoryImage& image,
                            const std::function<void()>& tamper) const {
  image.write(path());
  if (tamper) tamper();
  Judged judged;
  const auto opened = EventStore::open(path(), options());
  if (!opened) {
    judged.error = opened.error();
    judged.verdict = Verdict::refused;
    return judged;
  }
  judged.error = opened.value()->verify_log().damage;
  const auto answers = ask(*opened.value());
  bool all_answered = true;
  for (const auto& [question, answer] : intact_) {
    const auto& now = answers.at(question);
    if (now == kError) all_answered = false;
    if (now != kError && now != answer) judged.other_answer = question;
  }
  for (std::uint64_t position = events(); position > 0; --position) {
    if (answers.at(event_question(position)) == kError) judged.first_unreadable = position;
  }
  if (judged.other_answer.empty()) {
    judged.verdict = judged.error || !all_answered ? Verdict::reported : Verdict::harmless;
  } else if (!judged.error && is_shortened(answers)) {
    judged.verdict = Verdict::shortened;
  }
  return judged;
}

}  // namespace actbook::testing
