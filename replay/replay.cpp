#include "actbook/replay.h"

#include <unistd.h>

#include "certificate.h"

namespace actbook {
namespace {

namespace fs = std::filesystem;

/// A folder of its own that goes away, or the one that was named.
class Scratch {
 public:
  static Result<Scratch> make(const fs::path& named) {
    if (!named.empty()) return Scratch(named, false);
    std::error_code error;
    std::string pattern = (fs::temp_directory_path(error) / "actbook-replay-XXXXXX").string();
    if (error || ::mkdtemp(pattern.data()) == nullptr) {
      return Error{ErrorKind::unavailable,
                   "STORAGE_FAILED",
                   "no temporary folder could be made; name one for the replay to work in",
                   {}};
    }
    return Scratch(pattern, true);
  }
  Scratch(Scratch&& other) noexcept
      : path_(std::move(other.path_)), is_own_(std::exchange(other.is_own_, false)) {}
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch() {
    std::error_code ignored;
    if (is_own_) fs::remove_all(path_, ignored);
  }

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  Scratch(fs::path path, bool is_own) : path_(std::move(path)), is_own_(is_own) {}

  fs::path path_;
  bool is_own_;
};

/// Holds what is served against what a fresh fold gives.
class Comparison {
 public:
  Comparison(const EventStore& served, const EventStore& fresh, Position until,
             answer::ReplayReportT& report)
      : served_(served), fresh_(fresh), until_(until), report_(report) {}

  Result<void> compare_rows() {
    Result<void> read = boost::outcome_v2::success();
    BOOST_OUTCOME_TRY(fresh_.visit_row_versions(
        until_, [&](TableId table, std::string_view key, const RowVersion& version) {
          ++report_.rows_compared;
          auto served = served_.row_at(table, key, version.position);
          if (!served) {
            if (read) read = std::move(served).error();
            return;
          }
          const auto& found = served.value();
          if (!found || found->position != version.position) {
            differ(version.position, table_name(table), std::string(key),
                   "follows from the log but is not served");
          } else if (found->bytes != version.bytes) {
            differ(version.position, table_name(table), std::string(key),
                   "is served with other contents than follow from the log");
          }
        }));
    BOOST_OUTCOME_TRY(std::move(read));
    return look_for_more_rows();
  }

  Result<void> compare_tags() {
    BOOST_OUTCOME_TRY(fresh, fresh_.digest_postings(until_));
    BOOST_OUTCOME_TRY(served, served_.digest_postings(until_));
    report_.tags_compared = fresh.count;
    if (fresh == served) return boost::outcome_v2::success();
    auto cursor = served_.read({.to = until_});
    while (cursor.next()) {
      const Record& record = cursor.record();
      for (const auto* tag : *record->tags()) {
        BOOST_OUTCOME_TRY(found, served_.has_posting(tag->str(), record.position()));
        if (!found) {
          differ(record.position(), "tags", tag->str(), "is on the event but not in the index");
        }
      }
    }
    BOOST_OUTCOME_TRY(cursor.status());
    Result<void> read = boost::outcome_v2::success();
    BOOST_OUTCOME_TRY(served_.visit_postings(until_, [&](std::string_view tag, Position position) {
      const auto known = fresh_.has_posting(tag, position);
      if (!known && read) read = known.error();
      if (known && !known.value()) {
        differ(position, "tags", std::string(tag), "is in the index but not on the event");
      }
    }));
    return read;
  }

  Result<void> compare_commands() {
    const auto visit = [&](Position at, std::string_view command_id, bool found) {
      ++report_.commands;
      if (!found) {
        differ(at, "commands", std::string(command_id), "is not found under its command id");
      }
    };
    BOOST_OUTCOME_TRY(known, served_.visit_commands(until_, visit));
    if (known != report_.commands && report_.agrees) {
      differ(until_, "commands", "",
             "the index holds " + std::to_string(known) + " command ids, the log has " +
                 std::to_string(report_.commands) + " commands");
    }
    return boost::outcome_v2::success();
  }

  Result<void> compare_trees() {
    BOOST_OUTCOME_TRY(fresh, fresh_.tree_head(until_));
    const auto served = served_.tree_head(until_);
    if (!served || !(served.value() == fresh)) {
      differ(until_, "tree", "", "the Merkle tree that is kept is not that of the log");
    }
    return boost::outcome_v2::success();
  }

 private:
  Result<void> look_for_more_rows() {
    Result<void> read = boost::outcome_v2::success();
    BOOST_OUTCOME_TRY(served_.visit_row_versions(
        until_, [&](TableId table, std::string_view key, const RowVersion& version) {
          const auto fresh = fresh_.row_at(table, key, version.position);
          if (!fresh && read) read = fresh.error();
          if (!fresh) return;
          if (!fresh.value() || fresh.value()->position != version.position) {
            differ(version.position, table_name(table), std::string(key),
                   "is served but does not follow from the log");
          }
        }));
    return read;
  }

  // Only the first in the order of positions is told; what follows is often its consequence.
  void differ(Position position, std::string table, std::string entity, std::string what) {
    if (report_.first_difference && report_.first_difference->position <= position.value) return;
    report_.agrees = false;
    report_.first_difference = std::make_unique<answer::DifferenceT>();
    report_.first_difference->position = position.value;
    report_.first_difference->table = std::move(table);
    report_.first_difference->entity = std::move(entity);
    report_.first_difference->what = std::move(what);
  }

  const EventStore& served_;
  const EventStore& fresh_;
  Position until_;
  answer::ReplayReportT& report_;
};

}  // namespace

Result<answer::ReplayReportT> replay(const EventStore& store, const ReplayOptions& options) {
  BOOST_OUTCOME_TRY(view, store.as_of(options.until.value_or(store.head())));
  const Position until = view.position();
  BOOST_OUTCOME_TRY(scratch, Scratch::make(options.scratch));
  ManualClock clock;
  clock.set(view.at());
  EventStore::Options fold;
  fold.clock = &clock;
  fold.projector = options.projector;
  fold.catch_up_threads = options.threads;
  if (options.progress) {
    fold.on_catch_up = [&](Position done, Position) {
      return options.progress(std::min(done, until), until);
    };
  }
  BOOST_OUTCOME_TRY(fresh, store.refold(scratch.path(), fold, until));
  answer::ReplayReportT report;
  report.from = 1;
  report.until = until.value;
  report.at = view.at().microseconds;
  report.events = until.value;
  report.agrees = true;
  Comparison comparison(store, *fresh, until, report);
  BOOST_OUTCOME_TRY(comparison.compare_rows());
  BOOST_OUTCOME_TRY(comparison.compare_tags());
  BOOST_OUTCOME_TRY(comparison.compare_commands());
  BOOST_OUTCOME_TRY(comparison.compare_trees());
  BOOST_OUTCOME_TRY(as_folded, fresh->as_of(until));
  BOOST_OUTCOME_TRY(certificate,
                    certify(*fresh, as_folded, *options.projector, options.compare_with));
  if (options.compare_with != nullptr) {
    BOOST_OUTCOME_TRY(parts_at, parting(*options.compare_with, certificate, *fresh));
    report.parts_at = std::move(parts_at);
  }
  report.certificate = std::make_unique<answer::CertificateT>(std::move(certificate));
  return report;
}

}  // namespace actbook
