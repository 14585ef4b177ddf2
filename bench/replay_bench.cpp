// Reading everything: plain, folded to a state, and hashed.
#include <openssl/evp.h>

#include <array>
#include <atomic>
#include <thread>

#include "archive.h"
#include "folder.h"

namespace actbook::bench {
namespace {

double timed(const std::function<void()>& work) {
  const double start = seconds_now();
  work();
  return seconds_now() - start;
}

// Events per second of a scan, which must have seen what there is. The first turn is preceded by an
// untimed one, so that all of them find the files in memory.
Variant scanning(std::string name, std::function<ScanSum()> scan, const ScanSum& expected) {
  return {std::move(name), [scan = std::move(scan), expected](unsigned round) {
            if (round == 0) (void)scan();
            ScanSum sum;
            const double seconds = timed([&] { sum = scan(); });
            if (sum != expected) throw Failure("read something else than was appended");
            return Reading{static_cast<double>(sum.events) / seconds};
          }};
}

ScanSum scan_flat(const FlatRecords& flat) {
  ScanSum sum;
  flat.each(0, 1, [&](ByteView bytes) {
    const auto* record = flatbuffers::GetRoot<log::Record>(bytes.data());
    ++sum.events;
    sum.positions += record->position();
    sum.payload_bytes += record->payload()->size();
  });
  return sum;
}

void expect_whole(ByteView bytes) {
  if (!is_flat<log::Record>(bytes)) throw Failure("a record of the flat file is not well-formed");
}

// Events per second of a fold to the state, on one core. Everyone must come to the same state.
Variant folding(std::function<void(Folder&)> fold, std::uint64_t events,
                std::shared_ptr<std::optional<std::uint64_t>> digest) {
  return {"", [fold = std::move(fold), events, digest = std::move(digest)](unsigned round) {
            const OneCore one_core;
            if (round == 0) {
              Folder warm_up;
              fold(warm_up);
            }
            Folder folder;
            const double seconds = timed([&] {
              fold(folder);
              folder.finish();
            });
            if (!*digest) *digest = folder.digest();
            if (**digest != folder.digest()) throw Failure("folded to another state than actbook");
            return Reading{static_cast<double>(events) / seconds,
                           {{"state_mib", static_cast<double>(folder.memory()) / (1 << 20)}}};
          }};
}

// SHA-256 with what OpenSSL finds out once.
class Sha256 {
 public:
  Sha256() : method_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), context_(EVP_MD_CTX_new()) {}
  ~Sha256() {
    EVP_MD_CTX_free(context_);
    EVP_MD_free(method_);
  }
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  std::uint8_t first_byte(ByteView bytes) {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    EVP_DigestInit_ex(context_, method_, nullptr);
    EVP_DigestUpdate(context_, bytes.data(), bytes.size());
    EVP_DigestFinal_ex(context_, digest.data(), nullptr);
    return digest[0];
  }

 private:
  EVP_MD* method_;
  EVP_MD_CTX* context_;
};

// Checks and hashes every record of the flat file, in two threads.
std::uint64_t hash_flat(const FlatRecords& flat) {
  constexpr std::size_t kThreads = 2;
  std::atomic<std::uint64_t> events{0};
  std::atomic<std::uint64_t> sum{0};  // so that nothing is left out as useless
  std::atomic<bool> whole{true};
  const auto part = [&](std::size_t number) {
    Sha256 sha256;
    std::uint64_t count = 0;
    std::uint64_t bytes_sum = 0;
    flat.each(number, kThreads, [&](ByteView bytes) {
      if (!is_flat<log::Record>(bytes)) whole = false;
      bytes_sum += sha256.first_byte(bytes);
      ++count;
    });
    events += count;
    sum += bytes_sum;
  };
  std::thread other(part, 1);
  part(0);
  other.join();
  if (!whole) throw Failure("a record of the flat file is not well-formed");
  return events;
}

Variant verifying(std::function<std::uint64_t()> verify, std::uint64_t events) {
  return {"", [verify = std::move(verify), events](unsigned round) {
            if (round == 0) (void)verify();
            std::uint64_t seen = 0;
            const double seconds = timed([&] { seen = verify(); });
            if (seen != events) throw Failure("verified something else than was appended");
            return Reading{static_cast<double>(events) / seconds};
          }};
}

}  // namespace

void measure_scan(Context& context, Archive& archive) {
  Measurement measurement{.name = "scan", .unit = "events/s"};
  if (!context.wanted(measurement.name)) return;
  const ScanSum expected = archive.expected();
  measurement.goals = {{"rocksdb, one key per event", 2, 2.6}};
  auto& all = measurement.contestants;
  all.push_back(contestant("actbook", [&] { (void)archive.actbook(); },
                           {scanning(
                               "", [&archive] { return archive.actbook().scan(); }, expected)}));
  const auto by_key = [&](std::size_t kib) {
    return scanning(
        std::to_string(kib) + " KiB blocks",
        [&archive, kib] { return archive.records(kib).scan(); }, expected);
  };
  all.push_back(contestant("rocksdb, one key per event",
                           [&] {
                             (void)archive.records(16);
                             (void)archive.records(64);
                           },
                           {by_key(16), by_key(64)}));
  all.push_back(contestant("sqlite", [&] { (void)archive.sqlite(); },
                           {scanning(
                               "", [&archive] { return archive.sqlite().scan(); }, expected)}));
  all.push_back(contestant("flat file, mapped", [&] { (void)archive.flat(); },
                           {scanning(
                               "", [&archive] { return scan_flat(archive.flat()); }, expected)}));
  context.harness.run(std::move(measurement));
}

void measure_fold(Context& context, Archive& archive) {
  Measurement measurement{.name = "fold", .unit = "events/s"};
  if (!context.wanted(measurement.name)) return;
  measurement.goals = {{"flat file, mapped", 0.4, 0.7}};
  const std::uint64_t events = context.settings.events;
  const auto digest = std::make_shared<std::optional<std::uint64_t>>();
  const auto ours = [&archive](Folder& folder) {
    archive.actbook().each_record([&](const log::Record& record, ByteView) { folder.add(record); });
  };
  const auto raw = [&archive](Folder& folder) {
    archive.flat().each(0, 1, [&](ByteView bytes) {
      expect_whole(bytes);
      folder.add(*flatbuffers::GetRoot<log::Record>(bytes.data()));
    });
  };
  measurement.contestants = {
      contestant("actbook", [&] { (void)archive.actbook(); }, {folding(ours, events, digest)}),
      contestant("flat file, mapped", [&] { (void)archive.flat(); },
                 {folding(raw, events, digest)})};
  context.harness.run(std::move(measurement));
}

void measure_verify(Context& context, Archive& archive) {
  Measurement measurement{.name = "verify", .unit = "events/s"};
  if (!context.wanted(measurement.name)) return;
  measurement.goals = {{"", 2e6, 3e6}, {"flat file, SHA-256", 2 / 4.3, 3 / 4.3}};
  const std::uint64_t events = context.settings.events;
  measurement.contestants = {
      contestant("actbook", [&] { (void)archive.actbook(); },
                 {verifying([&archive] { return archive.actbook().verify(); }, events)}),
      contestant("flat file, SHA-256", [&] { (void)archive.flat(); },
                 {verifying([&archive] { return hash_flat(archive.flat()); }, events)})};
  context.harness.run(std::move(measurement));
}

}  // namespace actbook::bench
