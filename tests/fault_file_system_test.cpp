#include "support/fault_file_system.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "support/temp_directory.h"

// That the file system which tests the store with faults keeps and loses what it should.
namespace fs = std::filesystem;

namespace actbook::testing {
namespace {

struct Files {
  TempDirectory directory;
  FaultFileSystem files;
  std::mt19937 random{1};

  FaultFileSystem::WritableFile open(const std::string& name) {
    FaultFileSystem::WritableFile file;
    REQUIRE(files.NewWritableFile(path(name), {}, &file, nullptr).ok());
    return file;
  }
  /// A file whose name is durable already.
  FaultFileSystem::WritableFile open_durably(const std::string& name) {
    auto file = open(name);
    sync_directory();
    return file;
  }
  void sync_directory() {
    std::unique_ptr<rocksdb::FSDirectory> opened;
    REQUIRE(files.NewDirectory(directory.path().string(), {}, &opened, nullptr).ok());
    REQUIRE(opened->Fsync({}, nullptr).ok());
  }
  [[nodiscard]] std::string path(const std::string& name) const { return directory / name; }
  [[nodiscard]] std::string contents(const std::string& name) const {
    std::ifstream file(directory / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

rocksdb::IOStatus append(rocksdb::FSWritableFile& file, const std::string& bytes) {
  return file.Append(bytes, {}, nullptr);
}

rocksdb::IOStatus put(rocksdb::FSWritableFile& file, std::uint64_t offset,
                      const std::string& bytes) {
  return file.PositionedAppend(bytes, offset, {}, nullptr);
}

}  // namespace

TEST_CASE("fault file system: the n-th write or sync fails as planned once or from then on") {
  Files f;
  const auto file = f.open("a");
  f.files.arm({.kind = Fault::Kind::fail_write, .n = 2});
  CHECK(append(*file, "one.").ok());
  CHECK(append(*file, "two.").IsIOError());
  CHECK(f.files.triggered());
  CHECK(append(*file, "three.").ok());
  f.files.arm({.kind = Fault::Kind::tear_write});
  CHECK(append(*file, "four").IsIOError());
  f.files.arm({.kind = Fault::Kind::no_space, .lasting = true});
  CHECK(append(*file, "five").IsNoSpace());
  CHECK(file->Allocate(0, 4096, {}, nullptr).IsNoSpace());
  CHECK(file->Truncate(0, {}, nullptr).IsNoSpace());
  f.files.arm({.kind = Fault::Kind::fail_sync});
  CHECK(append(*file, ".six").ok());
  CHECK(file->RangeSync(0, 1, {}, nullptr).ok());
  CHECK(file->Sync({}, nullptr).IsIOError());
  f.files.lift();
  CHECK(f.contents("a") == "one.three.fo.six");
  CHECK(f.files.writes() == 8);
  CHECK(f.files.syncs() == 1);
}

TEST_CASE("fault file system: a fault may concern some files only") {
  Files f;
  const auto a = f.open("a");
  const auto b = f.open("b");
  f.files.arm({.kind = Fault::Kind::fail_write,
               .concerns = [](const std::string& path) { return path.ends_with("/b"); }});
  CHECK(append(*a, "1").ok());
  CHECK(!append(*b, "1").ok());
}

TEST_CASE("fault file system: a power loss undoes what was not synced and overwritten zeros too") {
  Files f;
  const auto file = f.open_durably("a");
  CHECK(append(*file, std::string(8, '\0')).ok());
  CHECK(put(*file, 0, "kept").ok());
  CHECK(file->Sync({}, nullptr).ok());
  CHECK(put(*file, 4, "lost").ok());
  CHECK(append(*file, std::string(8, '\0')).ok());
  CHECK(put(*file, 8, "lost").ok());
  CHECK(file->Truncate(10, {}, nullptr).ok());
  CHECK(f.contents("a") == "keptlostlo");
  f.files.lose_power(Survivors::nothing, f.random);
  CHECK(f.contents("a") == std::string("kept\0\0\0\0", 8));
}

TEST_CASE("fault file system: after a failed sync no later one makes the file durable") {
  Files f;
  const auto file = f.open_durably("a");
  f.files.arm({.kind = Fault::Kind::fail_sync});
  CHECK(append(*file, "lost").ok());
  CHECK(!file->Sync({}, nullptr).ok());
  CHECK(file->Sync({}, nullptr).ok());
  f.files.lose_power(Survivors::nothing, f.random);
  CHECK(f.contents("a").empty());
}

TEST_CASE("fault file system: a power loss may leave a prefix or sectors in any order") {
  std::set<std::string> prefixes;
  std::set<std::string> sectors;
  const std::string written = std::string(512, 'a') + std::string(512, 'b');
  for (unsigned seed = 0; seed < 100; ++seed) {
    for (const auto survivors : {Survivors::prefix, Survivors::sectors}) {
      Files f;
      f.random.seed(seed);
      const auto file = f.open_durably("a");
      CHECK(append(*file, std::string(1024, '\0')).ok());
      CHECK(file->Sync({}, nullptr).ok());
      CHECK(put(*file, 0, written).ok());
      f.files.lose_power(survivors, f.random);
      const auto left = f.contents("a");
      CHECK(left.size() == 1024);
      (survivors == Survivors::prefix ? prefixes : sectors)
          .insert({left.front(), left[511], left[512], left.back()});
    }
  }
  const std::string none(4, '\0');
  const std::string first("aa\0\0", 4);
  const std::string second("\0\0bb", 4);
  CHECK(prefixes == std::set<std::string>{none, first, "aabb"});
  CHECK(sectors == std::set<std::string>{none, first, second, "aabb"});
}

TEST_CASE("fault file system: a power loss undoes names whose directory was not synced") {
  Files f;
  for (const std::string name : {"removed", "renamed", "replaced"}) {
    const auto file = f.open(name);
    CHECK(append(*file, name).ok());
    CHECK(file->Sync({}, nullptr).ok());
  }
  f.sync_directory();
  CHECK(f.files.DeleteFile(f.path("removed"), {}, nullptr).ok());
  CHECK(f.files.RenameFile(f.path("renamed"), f.path("replaced"), {}, nullptr).ok());
  CHECK(f.open("made")->Sync({}, nullptr).ok());
  CHECK(f.contents("replaced") == "renamed");
  f.files.lose_power(Survivors::nothing, f.random);
  CHECK(f.contents("removed") == "removed");
  CHECK(f.contents("renamed") == "renamed");
  CHECK(f.contents("replaced") == "replaced");
  CHECK_FALSE(fs::exists(f.path("made")));
}

TEST_CASE("fault file system: after a crash everything fails and old handles for good") {
  Files f;
  const auto file = f.open("a");
  f.files.arm({.kind = Fault::Kind::crash});
  CHECK(!append(*file, "done yet").ok());
  CHECK(!append(*file, "!").ok());
  CHECK(!file->Sync({}, nullptr).ok());
  CHECK(!f.files.FileExists(f.path("a"), {}, nullptr).ok());
  CHECK(!f.files.DeleteFile(f.path("a"), {}, nullptr).ok());
  FaultFileSystem::WritableFile other;
  CHECK(!f.files.NewWritableFile(f.path("b"), {}, &other, nullptr).ok());
  f.files.lift();
  CHECK(!append(*file, "!").ok());
  CHECK(f.contents("a") == "done yet");
  REQUIRE(f.files.ReopenWritableFile(f.path("a"), {}, &other, nullptr).ok());
  CHECK(append(*other, "!").ok());
  CHECK(f.contents("a") == "done yet!");
}

}  // namespace actbook::testing
