#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "actbook/event_store.h"
#include "storage/environment.h"
#include "support/directory_image.h"
#include "support/hasty_file_system.h"
#include "support/temp_directory.h"

namespace actbook::testing {

/// What became of a ledger that somebody had damaged.
enum class Verdict {
  refused,    ///< It does not open.
  reported,   ///< It opens, verify names the damage, and no answer is another one
              ///< than before.
  harmless,   ///< It opens, verify is content, and every answer is as before.
  shortened,  ///< It opens, verify is content, and its last events are gone as
              ///< if they never were.
  wrong       ///< Anything else: what must never be.
};

struct Judged {
  Verdict verdict = Verdict::wrong;
  /// Why it did not open, or what verify says.
  std::optional<Error> error;
  /// The lowest position that cannot be read.
  std::optional<std::uint64_t> first_unreadable;
  /// A question that got another answer than before.
  std::string other_answer;
};
std::string to_string(const Judged& judged);

/// Text that an event has for itself; no compression shortens it.
std::string marker(std::uint64_t position);

/// A small ledger whose log lies in several SST files and in the WAL, as images
/// that can be damaged, and what it answers undamaged.
class DamagedLedger {
 public:
  DamagedLedger();

  /// How the process that wrote it last went.
  enum class Ended { closed, killed };
  /// Each session has written one file of the log: the first ones an SST, the
  /// last one the WAL.
  static constexpr std::uint64_t kSessions = 3;
  [[nodiscard]] const DirectoryImage& image(Ended ended) const {
    return ended == Ended::closed ? closed_ : killed_;
  }
  /// The last position of each session.
  [[nodiscard]] const std::vector<std::uint64_t>& session_ends() const { return session_ends_; }
  [[nodiscard]] std::uint64_t events() const { return session_ends_.back(); }

  /// Where judge() puts what it judges.
  [[nodiscard]] std::filesystem::path path() const { return directory_ / "damaged"; }
  /// Opens what an image describes, `tamper` having had a hand in it, and asks it everything.
  [[nodiscard]] Judged judge(const DirectoryImage& image,
                             const std::function<void()>& tamper = {}) const;
  [[nodiscard]] EventStore::Options options() const;

 private:
  using Answers = std::map<std::string, std::string>;
  [[nodiscard]] DirectoryImage build(Ended ended);
  void write_session(EventStore& store, std::uint64_t session);
  [[nodiscard]] Answers ask(const EventStore& store) const;
  [[nodiscard]] bool is_shortened(const Answers& answers) const;

  TempDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<rocksdb::Env> env_;
  StorageEnvironment environment_;
  std::vector<std::string> command_ids_;
  std::vector<std::uint64_t> session_ends_;
  Answers intact_;
  DirectoryImage closed_;
  DirectoryImage killed_;
};

}  // namespace actbook::testing
