#include <doctest/doctest.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdint>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <stdexcept>
#include <thread>

#include "actbook/ledger.h"
#include "cli_fixture.h"
#include "support/seed.h"

// The command, killed for good (SIGKILL) at moments that nobody chose, and
// started again. What a loss of power does beyond that is not seen here: the
// machine lives on and keeps what was written.

namespace fs = std::filesystem;

namespace actbook::testing {
namespace {

/// A running command that will be killed. How far it has come is measured by
/// what it has said and by the bytes it has read and written, never by the
/// time.
class Victim {
 public:
  Victim(const std::string& ledger, Arguments arguments) {
    arguments.insert(arguments.end(), {"--ledger", ledger});
    const auto nothing = detail::Descriptor::open("/dev/null", O_RDWR);
    pid_ = detail::spawn(ACTBOOK_BINARY, arguments, {},
                         {nothing.get(), output_.second.get(), nothing.get()});
    output_.second.close();
  }
  ~Victim() {
    if (pid_ == 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  /// The next whole line it says; none at its end. Half a line was never said.
  std::optional<std::string> line() {
    for (;;) {
      const auto end = unread_.find('\n');
      if (end != std::string::npos) {
        auto line = unread_.substr(0, end);
        unread_.erase(0, end + 1);
        return line;
      }
      std::array<char, 4096> part{};
      const auto size = read(output_.first.get(), part.data(), part.size());
      if (size <= 0) return std::nullopt;
      unread_.append(part.data(), static_cast<std::size_t>(size));
    }
  }

  /// Bytes it has read and written by system calls since it began.
  [[nodiscard]] std::uint64_t traffic() const {
    std::ifstream file("/proc/" + std::to_string(pid_) + "/io");
    std::string name;
    std::uint64_t read = 0;
    std::uint64_t written = 0;
    if (!(file >> name >> read >> name >> written)) {
      throw std::runtime_error("the system does not count the bytes of a process");
    }
    return read + written;
  }

  /// Returns once its traffic has reached so much, or it has ended.
  void let_run_to(std::uint64_t traffic_reached) const {
    while (traffic() < traffic_reached && !ended(WNOHANG)) std::this_thread::yield();
  }

  /// Its code, if it ended before; else minus SIGKILL.
  int kill() {
    ::kill(pid_, SIGKILL);
    return detail::wait_for(std::exchange(pid_, 0));
  }
  int wait() { return detail::wait_for(std::exchange(pid_, 0)); }
  /// Waits until it has ended; what it was can still be asked.
  void wait_for_end() const { (void)ended(0); }

 private:
  [[nodiscard]] bool ended(int flags) const {
    siginfo_t info{};
    if (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT | flags) != 0) {
      throw std::runtime_error("cannot wait for a process");
    }
    return info.si_pid != 0;
  }

  std::pair<detail::Descriptor, detail::Descriptor> output_ = detail::make_pipe();
  std::string unread_;
  pid_t pid_ = 0;
};

/// Valid commands, one a line, in cycles of those of the fixture: each cycle
/// has people, an organisation and a workspace of its own, one command that is
/// refused and one that changes nothing.
std::string commands(int cycles) {
  constexpr std::int64_t kHour = 3'600'000'000;
  std::string text;
  std::int64_t at = 1'767'225'600'000'000;  // 2026-01-01T00:00:00Z
  for (int cycle = 1; cycle <= cycles; ++cycle) {
    const auto own = "-" + std::to_string(cycle);
    for (const auto* line : kCommands) {
      auto command = json::parse(line);
      command["at"] = to_iso8601(Timestamp{at += kHour});
      command["command_id"] = command["command_id"].get<std::string>() + own;
      if (command["actor"]["kind"] == "person") command["actor"]["id"] = "olga" + own;
      auto& fields = command["command"];
      if (fields.contains("version")) fields["version"] = cycle;
      if (fields.contains("acceptance")) fields["acceptance"]["version"] = cycle;
      if (fields.contains("email")) fields["email"] = "olga" + own + "@prism.example";
      for (const auto* id : {"person", "organisation", "workspace", "owner"}) {
        if (fields.contains(id)) fields[id] = fields[id].get<std::string>() + own;
      }
      text += command.dump() + "\n";
    }
  }
  return text;
}

/// Every event, in order, as two ledgers that were told the same have it alike: personal data
/// revealed, and the ids of contacts, which are random, as the first, the second, and so on.
std::vector<std::string> events_of(const Ledger& ledger) {
  std::vector<std::string> events;
  std::map<std::string, std::string> contacts;
  const std::regex contact("contact-[A-Za-z0-9_-]+");
  auto cursor = ledger.read();
  while (cursor.next()) {
    auto text = ledger.event_json(cursor.record(), JsonLayout::line, Personal::revealed).value();
    for (std::smatch found; std::regex_search(text, found, contact);) {
      const auto next = "the contact " + std::to_string(contacts.size() + 1);
      const auto& name = contacts.try_emplace(found.str(), next).first->second;
      text = found.prefix().str() + name + found.suffix().str();
    }
    events.push_back(std::move(text));
  }
  REQUIRE(cursor.status());
  return events;
}

/// All that a ledger holds, verified, and replayed against what it serves.
struct Contents {
  explicit Contents(const Cli& cli) {
    const auto ledger = Ledger::open(cli.ledger()).value();
    events = events_of(ledger);
    const auto verified = ledger.verify().value();
    CHECK_MESSAGE(verified.sound, verified.what);
    head_recorded_at = verified.head_recorded_at;
    commands = verified.commands;
    const auto replayed = ledger.replay().value();
    CHECK(replayed.agrees);
    rows = replayed.rows_compared;
    tags = replayed.tags_compared;
  }
  friend bool operator==(const Contents&, const Contents&) = default;

  std::vector<std::string> events;
  std::int64_t head_recorded_at = 0;
  std::uint64_t commands = 0;
  std::uint64_t rows = 0;
  std::uint64_t tags = 0;
};

/// What a command line that was never killed makes of the same commands.
struct Undisturbed {
  explicit Undisturbed(int cycles) : text(commands(cycles)) {
    cli.init();
    receipts = record_all(cli);
    REQUIRE(receipts.size() == static_cast<std::size_t>(cycles) * std::size(kCommands));
    std::set<std::string> outcomes;
    for (const auto& receipt : receipts) outcomes.insert(json::parse(receipt)["outcome"]);
    REQUIRE(outcomes.size() == 3);  // else less is tried than meant
  }
  [[nodiscard]] std::vector<std::string> record_all(const Cli& ledger) const {
    const auto recorded = ledger.record(text, {"--format", "jsonl"});
    REQUIRE_MESSAGE(recorded.code == 0, recorded.err);
    return lines_of(recorded.out);
  }

  Cli cli;
  std::string text;
  std::vector<std::string> receipts;
};

std::uint64_t last_position(const std::vector<std::string>& receipts, std::size_t count) {
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < count; ++i) {
    last = std::max(last, json::parse(receipts[i]).value("last_position", std::uint64_t{0}));
  }
  return last;
}

/// Takes the same file up again and again, and is killed again and again.
class KilledRecording {
 public:
  explicit KilledRecording(const Undisturbed& expected) : expected_(expected) {
    cli_.init();
    file_ = cli_.file(expected_.text);
    genesis_ = answer(cli_, {"verify"});
  }

  [[nodiscard]] const Cli& cli() const { return cli_; }
  [[nodiscard]] std::size_t acknowledged() const { return acknowledged_; }

  /// Kills the recording as soon as `receipts` of them were read and then so
  /// many more bytes went in or out of it. False if it got to its end before.
  bool round(std::size_t receipts, std::uint64_t then) {
    Victim victim(cli_.ledger(), {"record", file_, "--format", "jsonl"});
    std::size_t read = 0;
    const auto take = [&](const std::string& receipt) {
      REQUIRE(read < expected_.receipts.size());
      // The ones from earlier rounds too: byte for byte what they were, and
      // what they are where nothing is ever killed.
      CHECK_MESSAGE(receipt == expected_.receipts[read], "receipt ", read + 1);
      ++read;
    };
    while (read < receipts) {
      const auto receipt = victim.line();
      if (!receipt) break;
      take(*receipt);
    }
    if (then != 0) victim.let_run_to(victim.traffic() + then);
    const int code = victim.kill();
    // What had been said when it was killed was said.
    while (const auto receipt = victim.line()) take(*receipt);
    CHECK((code == -SIGKILL || code == 0));
    if (code == 0) CHECK(read == expected_.receipts.size());
    acknowledged_ = std::max(acknowledged_, read);
    look();
    return code != 0;
  }

 private:
  /// Before anything is recorded again, which would hide a loss.
  void look() {
    const auto verified = answer(cli_, {"verify"});
    CHECK(verified["sound"] == true);
    CHECK(answer(cli_, {"replay"})["agrees"] == true);
    const auto made =
        verified["commands"].get<std::size_t>() - genesis_["commands"].get<std::size_t>();
    CHECK(made >= acknowledged_);
    CHECK(made >= stored_);
    // One command at a time: at most one was durable when nobody had heard of
    // it yet.
    CHECK(made <= std::max(acknowledged_, stored_) + 1);
    REQUIRE(made <= expected_.receipts.size());
    stored_ = made;
    // Whole commands, and nothing else: no hole, no half batch.
    const auto head =
        std::max(genesis_["head"].get<std::uint64_t>(), last_position(expected_.receipts, made));
    CHECK(verified["head"] == head);
    CHECK(verified["records"] == head);
  }

  const Undisturbed& expected_;
  Cli cli_;
  std::string file_;
  json genesis_;
  std::size_t acknowledged_ = 0;
  std::size_t stored_ = 0;
};

/// The bytes that a command takes to its end, run in `cli`.
std::uint64_t traffic_of(const Cli& cli, const Arguments& arguments) {
  Victim victim(cli.ledger(), arguments);
  while (victim.line()) {
  }
  victim.wait_for_end();
  const auto traffic = victim.traffic();
  REQUIRE(victim.wait() == 0);
  return traffic;
}

constexpr int kUsage = 2;

}  // namespace

TEST_CASE(
    "crash: a recording killed again and again loses nothing that was "
    "answered") {
  Random random(chosen_seed());
  const Undisturbed expected(30);
  const std::size_t all = expected.receipts.size();
  KilledRecording recording(expected);
  constexpr std::size_t kRounds = 9;
  std::size_t killed = 0;
  for (std::size_t round = 1; round < kRounds; ++round) {
    // Every third while it opens what the one before has left. Else mostly
    // further than before, and sometimes while what is known is still given
    // again.
    const bool opening = round % 3 == 0;
    const auto receipts = opening ? 0 : random.below(all * round / kRounds + 1);
    // Some commands' worth, so that any moment of one can be the last:
    // deciding, writing, syncing, saying.
    const auto then = random.below(opening ? 300'000 : 10'000);
    INFO("round " << round << ": after " << receipts << " receipts and " << then << " bytes");
    if (recording.round(receipts, then)) ++killed;
  }
  CHECK(killed > 0);
  CHECK(recording.acknowledged() > 0);
  (void)recording.round(all, 0);  // while it closes
  CHECK(recording.acknowledged() == all);
  CHECK(expected.record_all(recording.cli()) == expected.receipts);
  CHECK(Contents(recording.cli()) == Contents(expected.cli));
}

TEST_CASE("crash: an init killed anywhere is done or can be done again") {
  Random random(chosen_seed());
  const Arguments init = {"init", "--simulated-clock", "--at", "2026-01-01"};
  const auto traffic = traffic_of(Cli(), init);
  const Undisturbed expected(1);
  const Contents contents(expected.cli);
  int killed = 0;
  int unfinished = 0;
  constexpr std::uint64_t kRounds = 10;
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    // Spread over the whole of it.
    const auto moment = (traffic * round + random.below(traffic)) / kRounds;
    INFO("killed after " << moment << " of " << traffic << " bytes");
    const Cli cli;
    Victim victim(cli.ledger(), init);
    victim.let_run_to(moment);
    if (victim.kill() != 0) ++killed;

    const auto verified = cli.run({"verify"});
    const auto again = cli.run(init);
    if (verified.code == 0) {
      CHECK(again.code == kUsage);
      CHECK_MESSAGE(contains(again.err, "is a ledger already"), again.err);
    } else {
      ++unfinished;
      CHECK(verified.code == kUsage);
      CHECK_MESSAGE(contains(verified.err, "init"), verified.err);
      CHECK_MESSAGE(again.code == 0, again.err);
    }
    CHECK(expected.record_all(cli) == expected.receipts);
    CHECK(Contents(cli) == contents);
  }
  CHECK(killed > 0);
  CHECK(unfinished > 0);
}

TEST_CASE("crash: a catch-up of removed views killed anywhere is taken up again") {
  Random random(chosen_seed());
  const Undisturbed expected(30);
  const Contents contents(expected.cli);
  const auto views = fs::path(expected.cli.ledger()) / "views";
  fs::remove_all(views);
  const auto traffic = traffic_of(expected.cli, {"verify"});
  int killed = 0;
  constexpr std::uint64_t kRounds = 10;
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    const auto moment = (traffic * round + random.below(traffic)) / kRounds;
    INFO("killed after " << moment << " of " << traffic << " bytes");
    // Now and then on what the one before has left.
    if (random.below(3) != 0) fs::remove_all(views);
    Victim victim(expected.cli.ledger(), {"verify"});
    victim.let_run_to(moment);
    if (victim.kill() != 0) ++killed;
    if (random.below(3) == 0) CHECK(Contents(expected.cli) == contents);
  }
  CHECK(killed > 0);
  CHECK(Contents(expected.cli) == contents);
  CHECK(expected.record_all(expected.cli) == expected.receipts);
}

}  // namespace actbook::testing
