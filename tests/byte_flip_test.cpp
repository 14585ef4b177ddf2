#include <doctest/doctest.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <set>

#include "support/damaged_ledger.h"
#include "support/seed.h"

// Damage to the files of a ledger, one bit, one cut or one file at a time. Whatever is done to
// them, no ledger may open, be found sound, and answer anything else than before.
//
// One thing cannot be told from what a crash leaves: the end of the WAL cut off, after the last
// that the views had saved. Only an expected head, kept elsewhere, helps against that.

namespace fs = std::filesystem;

namespace actbook::testing {
namespace {

using Ended = DamagedLedger::Ended;

struct Flip {
  std::string file;
  std::size_t at;
  unsigned bit;
};

std::string to_string(const Flip& flip) {
  return flip.file + ", byte " + std::to_string(flip.at) + ", bit " + std::to_string(flip.bit);
}

DirectoryImage damaged(const DirectoryImage& image, const Flip& flip) {
  DirectoryImage copy = image;
  auto& byte = copy.files.at(flip.file).at(flip.at);
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << flip.bit));
  return copy;
}

bool is_write_ahead_log(const std::string& file) { return file.ends_with(".log"); }
bool is_sst(const std::string& file) { return file.ends_with(".sst"); }
bool is_manifest(const std::string& file) { return file.find("/MANIFEST-") != std::string::npos; }
bool is_current(const std::string& file) { return file.ends_with("/CURRENT"); }
bool is_any(const std::string&) { return true; }

/// The files below `prefix` that hold something and that `wanted` wants.
template <class Wanted>
std::vector<std::string> files(const DirectoryImage& image, const std::string& prefix,
                               const Wanted& wanted) {
  std::vector<std::string> found;
  for (const auto& [file, bytes] : image.files) {
    if (file.starts_with(prefix) && !bytes.empty() && wanted(file)) found.push_back(file);
  }
  return found;
}

/// The offsets of the headers in a WAL or a MANIFEST: 4 bytes checksum, 2 bytes length (little
/// endian), 1 byte type; none crosses the border of a block of 32 KiB.
std::vector<std::size_t> headers(const std::string& bytes) {
  constexpr std::size_t kBlock = 32'768;
  constexpr std::size_t kHeader = 7;
  std::vector<std::size_t> found;
  for (std::size_t at = 0; at + kHeader <= bytes.size();) {
    if (kBlock - at % kBlock < kHeader) {
      at += kBlock - at % kBlock;
      continue;
    }
    found.push_back(at);
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[at + i]); };
    at += kHeader + byte(4) + std::size_t{256} * byte(5);
  }
  return found;
}

/// The bytes of the headers that RocksDB believes before it has checked anything: the length and
/// the type. One that is wrong there can pass for the end of the file, or for a record of an older
/// file that this one overwrote.
std::set<std::size_t> believed(const std::string& bytes) {
  std::set<std::size_t> found;
  for (const auto header : headers(bytes)) found.insert({header + 4, header + 5, header + 6});
  return found;
}

/// What RocksDB reads of an SST before it has checked it: which version its format has, and how the
/// block of its properties ends. Some flips there make it abort, as Debian builds it with its
/// assertions on; so they are not done here.
std::set<std::size_t> trusted(const std::string& sst) {
  std::set<std::size_t> found = {sst.size() - 12};
  // A block ends with its restart points, here one, at 0, and their number, whose highest bit says
  // of what kind the block is. Others that end so lose a byte to flip, too.
  const std::string end{"\0\0\0\0\1\0\0\0", 8};
  for (auto at = sst.find(end); at != std::string::npos; at = sst.find(end, at + 1)) {
    found.insert(at + end.size() - 1);
  }
  REQUIRE(found.size() > 1);
  return found;
}

/// Flips bits and keeps a list of those that did what they must not.
class Flipping {
 public:
  explicit Flipping(const DamagedLedger& ledger, Ended ended)
      : ledger_(ledger), image_(ledger.image(ended)) {}

  [[nodiscard]] const DirectoryImage& image() const { return image_; }
  [[nodiscard]] const std::string& bytes(const std::string& file) const {
    return image_.files.at(file);
  }

  /// Flips, and holds the verdict against those that are `allowed`.
  Judged flip(const Flip& flip, const std::set<Verdict>& allowed) {
    auto judged = ledger_.judge(damaged(image_, flip));
    const bool right_kind = !judged.error || judged.error->kind == ErrorKind::corrupt ||
                            // RocksDB finds no file of that name.
                            is_current(flip.file);
    // What verify names is what cannot be read, and everything before it can.
    const bool right_place = judged.verdict != Verdict::reported || !judged.error ||
                             judged.error->position->value == judged.first_unreadable;
    if (!allowed.contains(judged.verdict) || !right_kind || !right_place) {
      bad_ += "\n  " + to_string(flip) + ": " + testing::to_string(judged);
    }
    ++counts_[judged.verdict];
    return judged;
  }

  void every_byte(const std::string& file, const std::set<Verdict>& allowed,
                  const std::set<std::size_t>& but = {}) {
    for (std::size_t at = 0; at < bytes(file).size(); ++at) {
      if (!but.contains(at)) flip({file, at, static_cast<unsigned>(at) % 8}, allowed);
    }
  }
  void sample(const std::string& file, std::size_t count, Random& random,
              const std::set<Verdict>& allowed, const std::set<std::size_t>& but = {}) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto at = random.below(bytes(file).size());
      const auto bit = static_cast<unsigned>(random.below(8));
      if (!but.contains(at)) flip({file, at, bit}, allowed);
    }
  }

  [[nodiscard]] std::size_t count(Verdict verdict) const {
    const auto found = counts_.find(verdict);
    return found == counts_.end() ? 0 : found->second;
  }
  /// Empty if all was as it must be.
  [[nodiscard]] const std::string& bad() const { return bad_; }

 private:
  const DamagedLedger& ledger_;
  const DirectoryImage& image_;
  std::string bad_;
  std::map<Verdict, std::size_t> counts_;
};

const std::set<Verdict> kNoticed = {Verdict::refused, Verdict::reported};
const std::set<Verdict> kNothingFalse = {Verdict::refused, Verdict::reported, Verdict::harmless};

/// The SST that holds an event.
std::string sst_of(const DirectoryImage& image, std::uint64_t position) {
  for (const auto& file : files(image, "log/", is_sst)) {
    if (image.files.at(file).find(marker(position).substr(0, 16)) != std::string::npos) return file;
  }
  FAIL("no SST holds event " << position);
  return {};
}

std::string write_ahead_log(const DirectoryImage& image) {
  const auto all = files(image, "log/", is_write_ahead_log);
  REQUIRE(all.size() == 1);
  return all.front();
}

/// Where an event is, in a file that may be compressed.
std::size_t place_of(const std::string& bytes, std::uint64_t position) {
  // The last letters may be compressed together with what follows them.
  const auto place = bytes.find(marker(position).substr(0, 16));
  REQUIRE_MESSAGE(place != std::string::npos, "no marker of event " << position);
  return place;
}

}  // namespace

TEST_CASE("byte flips: a bit of a WAL or MANIFEST or CURRENT does not go unnoticed") {
  Random random(chosen_seed());
  const DamagedLedger ledger;
  Flipping flipping(ledger, Ended::closed);
  const auto wal = write_ahead_log(flipping.image());
  for (const auto header : headers(flipping.bytes(wal))) {
    for (std::size_t i = 0; i < 7; ++i) {
      flipping.flip({wal, header + i, static_cast<unsigned>(random.below(8))}, kNoticed);
    }
  }
  // All bytes between the marks of two events.
  const auto first = ledger.session_ends().at(1) + 1;
  const auto end = place_of(flipping.bytes(wal), first + 1);
  for (auto at = place_of(flipping.bytes(wal), first); at < end; ++at) {
    flipping.flip({wal, at, static_cast<unsigned>(at) % 8}, kNoticed);
  }
  flipping.sample(wal, 200, random, kNoticed);
  for (const auto& file : files(flipping.image(), "log/", is_manifest)) {
    // Of its last record's loss nothing is lost, if the write-ahead log still has it.
    flipping.every_byte(file, kNothingFalse);
  }
  flipping.every_byte("log/CURRENT", kNoticed);
  CHECK_MESSAGE(flipping.bad().empty(), flipping.bad());
}

TEST_CASE("byte flips: no bit of an SST of the log makes anything false") {
  Random random(chosen_seed());
  const DamagedLedger ledger;
  Flipping flipping(ledger, Ended::closed);
  // All bytes between the marks of two commands' events, in the first block of the storage.
  constexpr std::uint64_t kChosen = 13;
  const auto sst = sst_of(flipping.image(), kChosen);
  const auto end = place_of(flipping.bytes(sst), kChosen + 1);
  for (auto at = place_of(flipping.bytes(sst), kChosen); at < end; ++at) {
    const auto judged =
        flipping.flip({sst, at, static_cast<unsigned>(at) % 8}, {Verdict::reported});
    REQUIRE(judged.error);
    CHECK(judged.error->position == Position{1});  // the first one of that block
  }
  constexpr std::size_t kFooter = 53;
  for (const auto& file : files(flipping.image(), "log/", is_sst)) {
    const auto footer = flipping.bytes(file).size() - kFooter;
    for (int i = 0; i < 80; ++i) {
      const auto at = random.below(footer);
      flipping.flip({file, at, static_cast<unsigned>(random.below(8))}, kNoticed);
    }
    // It has unused bytes.
    const auto but = trusted(flipping.bytes(file));
    for (auto at = footer; at < footer + kFooter; ++at) {
      if (but.contains(at)) continue;
      flipping.flip({file, at, static_cast<unsigned>(random.below(8))}, kNothingFalse);
    }
  }
  CHECK_MESSAGE(flipping.bad().empty(), flipping.bad());
  CHECK(flipping.count(Verdict::refused) > 100);
}

TEST_CASE("byte flips: files of the log without a meaning have none") {
  Random random(chosen_seed());
  const DamagedLedger ledger;
  Flipping flipping(ledger, Ended::closed);
  const auto has_none = [](const std::string& file) {
    return !is_write_ahead_log(file) && !is_sst(file) && !is_manifest(file) && !is_current(file);
  };
  const auto all = files(flipping.image(), "log/", has_none);
  CHECK(all.size() >= 2);  // IDENTITY, OPTIONS-*
  for (const auto& file : all) flipping.sample(file, 20, random, {Verdict::harmless});
  flipping.every_byte("LOCK", {Verdict::harmless});
  CHECK_MESSAGE(flipping.bad().empty(), flipping.bad());
}

TEST_CASE("byte flips: after a kill the log alone tells of them") {
  Random random(chosen_seed());
  const DamagedLedger ledger;
  Flipping flipping(ledger, Ended::killed);
  const auto wal = write_ahead_log(flipping.image());
  // Damage to the very last record looks like a write that a crash cut short.
  auto but = believed(flipping.bytes(wal));
  for (auto at = headers(flipping.bytes(wal)).back(); at < flipping.bytes(wal).size(); ++at) {
    but.insert(at);
  }
  flipping.sample(wal, 300, random, kNoticed, but);
  for (const auto& file : files(flipping.image(), "log/", is_manifest)) {
    flipping.every_byte(file, kNothingFalse, believed(flipping.bytes(file)));
  }
  flipping.every_byte("log/CURRENT", kNoticed);
  for (const auto& file : files(flipping.image(), "log/", is_sst)) {
    flipping.sample(file, 60, random, kNothingFalse, trusted(flipping.bytes(file)));
  }
  CHECK_MESSAGE(flipping.bad().empty(), flipping.bad());
}

TEST_CASE("byte flips: after a kill a header in the WAL does not hide what follows") {
  // A crash leaves one record at most that is not whole, and nothing behind it; so of the last one
  // nobody can tell.
  const DamagedLedger ledger;
  Flipping flipping(ledger, Ended::killed);
  const auto wal = write_ahead_log(flipping.image());
  for (const auto at : believed(flipping.bytes(wal))) {
    if (at >= headers(flipping.bytes(wal)).back()) break;
    for (unsigned bit = 0; bit < 8; ++bit) flipping.flip({wal, at, bit}, kNoticed);
  }
  CHECK_MESSAGE(flipping.bad().empty(), flipping.bad());
}

TEST_CASE(
    "byte flips: after a kill a header in the MANIFEST costs no file of a log that is refused") {
  const DamagedLedger ledger;
  Flipping flipping(ledger, Ended::killed);
  const auto manifest = files(flipping.image(), "log/", is_manifest).front();
  std::size_t refused = 0;
  std::size_t removed = 0;
  for (const auto at : believed(flipping.bytes(manifest))) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      // Where it opens, files may have become others, and nothing false is said.
      const auto judged = flipping.flip({manifest, at, bit}, kNothingFalse);
      if (judged.verdict != Verdict::refused) continue;
      ++refused;
      for (const auto& file : files(flipping.image(), "log/", is_sst)) {
        if (!fs::exists(ledger.path() / file)) ++removed;
      }
    }
  }
  CHECK_MESSAGE(flipping.bad().empty(), flipping.bad());
  CHECK(refused > 0);
  CHECK(removed == 0);
}

namespace {

/// The verdict on a flip in the mark that an event has in its SST.
Judged flip_event(const DamagedLedger& ledger, std::uint64_t position) {
  const auto& image = ledger.image(Ended::closed);
  const auto sst = sst_of(image, position);
  return ledger.judge(damaged(image, {sst, place_of(image.files.at(sst), position), 0}));
}

}  // namespace

TEST_CASE("byte flips: damage in any SST is located and events beside it can be read") {
  const DamagedLedger ledger;
  const auto first_end = ledger.session_ends().at(0);
  const auto second_end = ledger.session_ends().at(1);
  // At the beginning, in the middle and at the end of each.
  for (const auto position : {std::uint64_t{3}, first_end / 2, first_end - 1, first_end + 3,
                              (first_end + second_end) / 2, second_end - 1}) {
    const auto judged = flip_event(ledger, position);
    INFO("event " << position << ": " << to_string(judged));
    CHECK(judged.verdict == Verdict::reported);
    if (judged.verdict != Verdict::reported || !judged.error) continue;
    CHECK(judged.error->position->value == judged.first_unreadable);
    CHECK(judged.error->position->value <= position);
    // What another SST holds is not touched.
    if (position > first_end) CHECK(judged.error->position->value > first_end);
  }
}

namespace {

/// Changes one byte of a block of the log by way of the storage, whose own checksums are then
/// right: what is left is what actbook itself checks. `offset` counts from the mark of the event.
void rewrite_event(const fs::path& log, std::uint64_t position, std::ptrdiff_t offset) {
  rocksdb::DB* opened = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  const std::vector<rocksdb::ColumnFamilyDescriptor> names = {
      {rocksdb::kDefaultColumnFamilyName, {}}, {"blocks", {}}};
  REQUIRE(rocksdb::DB::Open({}, log.string(), names, &families, &opened).ok());
  const std::unique_ptr<rocksdb::DB> database(opened);
  const std::unique_ptr<rocksdb::Iterator> iterator(database->NewIterator({}, families.at(1)));
  bool found = false;
  for (iterator->SeekToFirst(); iterator->Valid() && !found; iterator->Next()) {
    auto value = iterator->value().ToString();
    const auto place = value.find(marker(position));
    if (place == std::string::npos) continue;
    found = true;
    auto& byte = value.at(static_cast<std::size_t>(static_cast<std::ptrdiff_t>(place) + offset));
    byte = static_cast<char>(byte ^ 1);
    REQUIRE(database->Put({}, families.at(1), iterator->key(), value).ok());
  }
  CHECK(found);
  for (auto* family : families) REQUIRE(database->DestroyColumnFamilyHandle(family).ok());
}

/// A batch of three events: two commands recorded one and two events before it, and so it goes on.
constexpr std::uint64_t kBatch = 4;
constexpr std::uint64_t kBatchSize = 3;

Judged rewritten(const DamagedLedger& ledger, std::uint64_t position, std::ptrdiff_t offset) {
  return ledger.judge(ledger.image(Ended::closed),
                      [&] { rewrite_event(ledger.path() / "log", position, offset); });
}

}  // namespace

TEST_CASE("byte flips: a byte changed under the storage's checksums is found by our own") {
  Random random(chosen_seed());
  const DamagedLedger ledger;
  for (int i = 0; i < 60; ++i) {
    // Anywhere in the record and around it.
    const auto offset = static_cast<std::ptrdiff_t>(random.below(500)) - 250;
    const auto judged = rewritten(ledger, kBatch + 1, offset);
    INFO("offset " << offset << ": " << to_string(judged));
    CHECK(judged.verdict == Verdict::reported);
    REQUIRE(judged.error);
    CHECK(judged.error->kind == ErrorKind::corrupt);
    CHECK(judged.error->position->value >= kBatch);
    CHECK(judged.error->position->value < kBatch + kBatchSize);
    // The event is named, though the block around it cannot be trusted either.
    CHECK(judged.first_unreadable <= judged.error->position->value);
  }
}

TEST_CASE("byte flips: of a batch the very event that is damaged is named") {
  const DamagedLedger ledger;
  for (auto position = kBatch; position < kBatch + kBatchSize; ++position) {
    const auto judged = rewritten(ledger, position, 0);
    INFO("event " << position << ": " << to_string(judged));
    REQUIRE(judged.error);
    CHECK(judged.error->position->value == position);
  }
}

TEST_CASE("byte flips: in the views they cost answers but make none false") {
  Random random(chosen_seed());
  const DamagedLedger ledger;
  Flipping flipping(ledger, Ended::closed);
  for (const auto& file : files(flipping.image(), "views/", is_any)) {
    const std::size_t count = is_sst(file) ? 120 : is_manifest(file) ? 60 : 16;
    const auto but = is_sst(file) ? trusted(flipping.bytes(file)) : std::set<std::size_t>();
    flipping.sample(file, count, random, kNothingFalse, but);
  }
  CHECK_MESSAGE(flipping.bad().empty(), flipping.bad());
  // Most flips are found on open, and the views made again.
  CHECK(flipping.count(Verdict::refused) + flipping.count(Verdict::reported) > 0);
}

namespace {

/// What became of a ledger without a file, or with less of it.
std::vector<std::pair<std::string, Judged>> cut(const DamagedLedger& ledger, Ended ended,
                                                const std::string& file, Random& random) {
  std::vector<std::pair<std::string, Judged>> judged;
  const auto size = ledger.image(ended).files.at(file).size();
  for (const std::size_t left : {std::size_t{0}, std::size_t{1}, size / 2, size - 1,
                                 random.below(size), random.below(size)}) {
    auto image = ledger.image(ended);
    image.files.at(file).resize(left);
    judged.emplace_back(file + " cut to " + std::to_string(left) + " of " + std::to_string(size),
                        ledger.judge(image));
  }
  auto image = ledger.image(ended);
  image.files.erase(file);
  judged.emplace_back(file + " missing", ledger.judge(image));
  return judged;
}

}  // namespace

TEST_CASE("byte flips: no file cut off or missing makes anything false") {
  Random random(chosen_seed());
  const DamagedLedger ledger;
  for (const auto& file : files(ledger.image(Ended::closed), "", is_any)) {
    for (const auto& left : cut(ledger, Ended::closed, file, random)) {
      const auto& judged = left.second;
      const bool has_meaning = file.starts_with("log/") &&
                               (is_write_ahead_log(file) || is_sst(file) || is_current(file));
      CHECK_MESSAGE((has_meaning ? kNoticed : kNothingFalse).contains(judged.verdict), left.first,
                    ": ", to_string(judged));
    }
  }
}

TEST_CASE("byte flips: after a kill an end cut off the WAL is as if it had never been") {
  Random random(chosen_seed());
  const DamagedLedger ledger;
  const auto wal = write_ahead_log(ledger.image(Ended::killed));
  for (const auto& left : cut(ledger, Ended::killed, wal, random)) {
    const auto& judged = left.second;
    // A crash in the middle of the write leaves no other file: nothing here can tell. What is left
    // is the ledger as it was before, not a part of it.
    CHECK_MESSAGE(judged.verdict == Verdict::shortened, left.first, ": ", to_string(judged));
  }
}

TEST_CASE("byte flips: after a kill no other file cut off or missing makes anything false") {
  Random random(chosen_seed());
  const DamagedLedger ledger;
  const auto other = [](const std::string& file) {
    return is_sst(file) || is_current(file) || file.starts_with("views/");
  };
  for (const auto& file : files(ledger.image(Ended::killed), "", other)) {
    for (const auto& left : cut(ledger, Ended::killed, file, random)) {
      const auto& judged = left.second;
      CHECK_MESSAGE(kNothingFalse.contains(judged.verdict), left.first, ": ", to_string(judged));
    }
  }
}

TEST_CASE("byte flips: after a kill a MANIFEST cut off makes nothing false") {
  const DamagedLedger ledger;
  const auto& image = ledger.image(Ended::killed);
  const auto manifest = files(image, "log/", is_manifest).front();
  for (const auto header : headers(image.files.at(manifest))) {
    auto less = image;
    less.files.at(manifest).resize(header);
    const auto judged = ledger.judge(less);
    CHECK_MESSAGE(kNothingFalse.contains(judged.verdict), "cut to ", header, ": ",
                  to_string(judged));
  }
}

TEST_CASE("byte flips: a ledger that lost CURRENT is damaged and init leaves it alone") {
  const DamagedLedger ledger;
  for (const auto ended : {Ended::closed, Ended::killed}) {
    auto image = ledger.image(ended);
    const auto current = image.files.at("log/CURRENT");
    image.files.erase("log/CURRENT");
    const auto judged = ledger.judge(image);
    CHECK(judged.verdict == Verdict::refused);
    REQUIRE(judged.error);
    CHECK(judged.error->kind == ErrorKind::corrupt);
    for (int i = 0; i < 2; ++i) {
      CHECK_FALSE(EventStore::create(ledger.path(), ledger.options()));
    }
    // Nothing of it is gone: with CURRENT again, all of it is there.
    DirectoryImage left(ledger.path());
    left.files["log/CURRENT"] = current;
    CHECK(ledger.judge(left).verdict == Verdict::harmless);
  }
}

TEST_CASE("byte flips: a ledger that lost its MANIFEST is corrupt") {
  const DamagedLedger ledger;
  auto image = ledger.image(Ended::closed);
  image.files.erase(files(image, "log/", is_manifest).front());
  const auto judged = ledger.judge(image);
  CHECK(judged.verdict == Verdict::refused);
  REQUIRE(judged.error);
  // Trying again, as for what is unavailable, does not help.
  CHECK(judged.error->kind == ErrorKind::corrupt);
}

}  // namespace actbook::testing
