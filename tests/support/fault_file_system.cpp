#include "support/fault_file_system.h"

#include <rocksdb/system_clock.h>

#include <algorithm>
#include <cstdarg>
#include <filesystem>
#include <mutex>

namespace fs = std::filesystem;

namespace actbook::testing {
namespace {

using Status = rocksdb::IOStatus;
using Options = rocksdb::IOOptions;
using Debug = rocksdb::IODebugContext;

std::string normal(const std::string& path) {
  auto text = fs::path(path).lexically_normal().string();
  if (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

// The file system is gone. Without a text, which clang-analyzer would believe to leak.
Status dead() { return Status::IOError(); }

Status no_space(const std::string& path) {
  auto status = Status::NoSpace("While appending to file: " + path, "No space left on device");
  status.SetRetryable(true);  // as RocksDB's own file system says
  return status;
}

}  // namespace

class FaultFileSystem::State {
 public:
  using Lock = std::unique_lock<std::mutex>;
  /// The life of the process that opened a file.
  using Life = std::uint64_t;

  Lock lock() const { return Lock(mutex_); }

  // Each of the following is called with the lock held.

  [[nodiscard]] bool alive() const { return alive_; }
  [[nodiscard]] bool alive(Life life) const { return alive_ && life == life_; }
  [[nodiscard]] Life life() const { return life_; }

  void crash() { alive_ = false; }
  void lift() {
    if (!alive_) ++life_;
    alive_ = true;
    fault_.reset();
  }
  void arm(Fault fault) {
    fault_ = std::move(fault);
    seen_ = 0;
    triggered_ = false;
  }

  enum class Operation { write, sync, read };

  /// How an operation goes; lets the lock go while the fault has something else done.
  std::optional<Fault::Kind> meet_fault(Operation operation, const std::string& path, Lock& held) {
    if (operation == Operation::write) ++writes;
    if (operation == Operation::sync) ++syncs;
    if (!fault_ || (fault_->concerns && !fault_->concerns(path))) return std::nullopt;
    const auto kind = fault_->kind;
    if (!meets(kind, operation)) return std::nullopt;
    ++seen_;
    if (seen_ != fault_->n && !(fault_->lasting && seen_ > fault_->n)) return std::nullopt;
    triggered_ = true;
    if (seen_ == fault_->n && fault_->meanwhile) {
      const auto meanwhile = fault_->meanwhile;
      held.unlock();
      meanwhile();
      held.lock();
    }
    if (kind == Fault::Kind::crash) crash();
    return kind;
  }

  [[nodiscard]] bool triggered() const { return triggered_; }

  UnsyncedTree tree;
  std::uint64_t writes = 0;
  std::uint64_t syncs = 0;
  bool new_directories_need_sync = false;

 private:
  static bool meets(Fault::Kind kind, Operation operation) {
    switch (kind) {
      case Fault::Kind::crash:
        return operation != Operation::read;
      case Fault::Kind::fail_sync:
        return operation == Operation::sync;
      case Fault::Kind::fail_read:
        return operation == Operation::read;
      case Fault::Kind::fail_write:
      case Fault::Kind::tear_write:
      case Fault::Kind::no_space:
        return operation == Operation::write;
    }
    return false;
  }

  mutable std::mutex mutex_;
  std::optional<Fault> fault_;
  std::uint64_t seen_ = 0;
  bool triggered_ = false;
  bool alive_ = true;
  Life life_ = 1;
};

namespace {

using State = FaultFileSystem::State;

/// A file that is written to.
class FaultFile final : public rocksdb::FSWritableFile {
 public:
  FaultFile(std::shared_ptr<State> state, std::string path, std::shared_ptr<UnsyncedFile> file,
            std::uint64_t end)
      : state_(std::move(state)),
        life_(state_->life()),
        path_(std::move(path)),
        file_(std::move(file)),
        end_(end) {}
  ~FaultFile() override { close(); }

  Status Append(const rocksdb::Slice& data, const Options&, Debug*) override {
    return change(data.size(), [&](std::size_t length) {
      file_->write(end_, {data.data(), length});
      end_ += length;  // also of a torn write: what is appended next stands behind its half
    });
  }
  Status Append(const rocksdb::Slice& data, const Options& options,
                const rocksdb::DataVerificationInfo&, Debug* debug) override {
    return Append(data, options, debug);
  }
  Status PositionedAppend(const rocksdb::Slice& data, std::uint64_t offset, const Options&,
                          Debug*) override {
    return change(data.size(), [&](std::size_t length) {
      file_->write(offset, {data.data(), length});
    });
  }
  Status PositionedAppend(const rocksdb::Slice& data, std::uint64_t offset, const Options& options,
                          const rocksdb::DataVerificationInfo&, Debug* debug) override {
    return PositionedAppend(data, offset, options, debug);
  }
  Status Truncate(std::uint64_t size, const Options&, Debug*) override {
    return change(1, [&](std::size_t all) {
      if (all == 1) file_->truncate(size);
    });
  }
  /// Takes no space, as what it would take is not seen by readers.
  Status Allocate(std::uint64_t, std::uint64_t, const Options&, Debug*) override {
    return change(0, [](std::size_t) {});
  }

  Status Sync(const Options&, Debug*) override {
    auto lock = state_->lock();
    if (!state_->alive(life_)) return dead();
    const auto fault = state_->meet_fault(State::Operation::sync, path_, lock);
    if (!state_->alive(life_)) return dead();
    if (fault) {
      file_->fail_sync();
      return Status::IOError("While fdatasync: " + path_, "a planted fault");
    }
    file_->sync();
    return Status::OK();
  }
  Status Fsync(const Options& options, Debug* debug) override { return Sync(options, debug); }
  Status RangeSync(std::uint64_t, std::uint64_t, const Options&, Debug*) override {
    return is_alive() ? Status::OK() : dead();
  }
  bool IsSyncThreadSafe() const override { return true; }

  Status Flush(const Options&, Debug*) override { return is_alive() ? Status::OK() : dead(); }
  Status Close(const Options&, Debug*) override {
    const bool was_alive = is_alive();
    close();
    return was_alive ? Status::OK() : dead();
  }
  std::uint64_t GetFileSize(const Options&, Debug*) override {
    const auto lock = state_->lock();
    return file_ != nullptr ? file_->size() : 0;
  }

 private:
  [[nodiscard]] bool is_alive() const {
    const auto lock = state_->lock();
    return state_->alive(life_);
  }

  // Does all of a write, or half of it, or nothing, as the fault has it.
  template <class Write>
  Status change(std::size_t length, const Write& write) {
    auto lock = state_->lock();
    if (!state_->alive(life_)) return dead();
    const auto fault = state_->meet_fault(State::Operation::write, path_, lock);
    if (fault == Fault::Kind::crash) write(length);
    if (!state_->alive(life_)) return dead();
    if (!fault) {
      write(length);
      return Status::OK();
    }
    if (fault == Fault::Kind::no_space) return no_space(path_);
    if (fault == Fault::Kind::tear_write) write(length / 2);
    return Status::IOError("While appending to file: " + path_, "a planted fault");
  }

  void close() {
    const auto lock = state_->lock();
    file_.reset();
    if (state_->alive(life_)) state_->tree.closed(path_);
  }

  const std::shared_ptr<State> state_;
  const State::Life life_;
  const std::string path_;
  std::shared_ptr<UnsyncedFile> file_;
  std::uint64_t end_;
};

class FaultDirectory final : public rocksdb::FSDirectory {
 public:
  FaultDirectory(std::shared_ptr<State> state, std::string path)
      : state_(std::move(state)), life_(state_->life()), path_(std::move(path)) {}

  Status Fsync(const Options&, Debug*) override {
    auto lock = state_->lock();
    if (!state_->alive(life_)) return dead();
    const auto fault = state_->meet_fault(State::Operation::sync, path_, lock);
    if (!state_->alive(life_)) return dead();
    if (fault) return Status::IOError("While fsync: " + path_, "a planted fault");
    state_->tree.sync_directory(path_);
    return Status::OK();
  }
  Status Close(const Options&, Debug*) override { return Status::OK(); }

 private:
  const std::shared_ptr<State> state_;
  const State::Life life_;
  const std::string path_;
};

/// A file that is read anywhere.
class FaultRandomAccessFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  FaultRandomAccessFile(std::shared_ptr<State> state, std::string path,
                        std::unique_ptr<rocksdb::FSRandomAccessFile> file)
      : FSRandomAccessFileOwnerWrapper(std::move(file)),
        state_(std::move(state)),
        path_(std::move(path)),
        life_(state_->life()) {}

  Status Read(std::uint64_t offset, std::size_t n, const Options& options, rocksdb::Slice* result,
              char* scratch, Debug* debug) const override {
    if (!reads()) return dead();
    return FSRandomAccessFileWrapper::Read(offset, n, options, result, scratch, debug);
  }
  Status MultiRead(rocksdb::FSReadRequest* requests, std::size_t count, const Options& options,
                   Debug* debug) override {
    if (!reads()) return dead();
    return FSRandomAccessFileWrapper::MultiRead(requests, count, options, debug);
  }

 private:
  [[nodiscard]] bool reads() const {
    auto lock = state_->lock();
    if (!state_->alive(life_)) return false;
    return !state_->meet_fault(State::Operation::read, path_, lock) && state_->alive(life_);
  }

  const std::shared_ptr<State> state_;
  const std::string path_;
  const State::Life life_;
};

/// RocksDB's own diary says nothing that matters here.
class NoLogger final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, std::va_list) override {}
};

}  // namespace

namespace {

class ImpatientClock final : public rocksdb::SystemClockWrapper {
 public:
  ImpatientClock() : SystemClockWrapper(rocksdb::SystemClock::Default()) {}
  [[nodiscard]] const char* Name() const override { return "ImpatientClock"; }
  void SleepForMicroseconds(int time) override {
    SystemClockWrapper::SleepForMicroseconds(std::min(time, 1000));
  }
};

class ImpatientEnv final : public rocksdb::EnvWrapper {
 public:
  explicit ImpatientEnv(const std::shared_ptr<rocksdb::FileSystem>& files)
      : EnvWrapper(rocksdb::NewCompositeEnv(files)) {
    file_system_ = files;
    system_clock_ = std::make_shared<ImpatientClock>();
  }
};

}  // namespace

FaultEnvironment::FaultEnvironment()
    : files(std::make_shared<FaultFileSystem>()),
      env(std::make_unique<ImpatientEnv>(files)),
      storage{env.get()} {}

FaultFileSystem::FaultFileSystem()
    : FileSystemWrapper(rocksdb::FileSystem::Default()), state_(std::make_shared<State>()) {}
FaultFileSystem::~FaultFileSystem() = default;

void FaultFileSystem::arm(Fault fault) {
  const auto lock = state_->lock();
  state_->arm(std::move(fault));
}

bool FaultFileSystem::triggered() const {
  const auto lock = state_->lock();
  return state_->triggered();
}

void FaultFileSystem::crash() {
  const auto lock = state_->lock();
  state_->crash();
}

void FaultFileSystem::lose_power(Survivors survivors, std::mt19937& random) {
  const auto lock = state_->lock();
  state_->crash();
  state_->tree.lose(survivors, random);
}

void FaultFileSystem::lift() {
  const auto lock = state_->lock();
  state_->lift();
}

void FaultFileSystem::set_new_directories_need_sync(bool needed) {
  const auto lock = state_->lock();
  state_->new_directories_need_sync = needed;
}

std::uint64_t FaultFileSystem::writes() const {
  const auto lock = state_->lock();
  return state_->writes;
}

std::uint64_t FaultFileSystem::syncs() const {
  const auto lock = state_->lock();
  return state_->syncs;
}

Status FaultFileSystem::NewSequentialFile(const std::string& path, const FileOptions& options,
                                          std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                          Debug* debug) {
  const auto lock = state_->lock();
  if (!state_->alive()) return dead();
  return target_->NewSequentialFile(path, options, file, debug);
}

Status FaultFileSystem::NewRandomAccessFile(const std::string& path, const FileOptions& options,
                                            std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                            Debug* debug) {
  const auto lock = state_->lock();
  if (!state_->alive()) return dead();
  std::unique_ptr<rocksdb::FSRandomAccessFile> opened;
  auto status = target_->NewRandomAccessFile(path, options, &opened, debug);
  if (status.ok())
    *file = std::make_unique<FaultRandomAccessFile>(state_, normal(path), std::move(opened));
  return status;
}

Status FaultFileSystem::open_writable(const std::string& path, std::optional<std::uint64_t> at,
                                      bool truncate, WritableFile* file) {
  const auto lock = state_->lock();
  if (!state_->alive()) return dead();
  const auto name = normal(path);
  auto opened = state_->tree.open(name);
  if (opened == nullptr) return Status::IOError("While opening: " + path);
  if (truncate && opened->size() > 0) opened->truncate(0);
  const auto end = at.value_or(opened->size());
  *file = std::make_unique<FaultFile>(state_, name, std::move(opened), end);
  return Status::OK();
}

Status FaultFileSystem::NewWritableFile(const std::string& path, const FileOptions&,
                                        WritableFile* file, Debug*) {
  return open_writable(path, 0, true, file);
}

Status FaultFileSystem::ReopenWritableFile(const std::string& path, const FileOptions&,
                                           WritableFile* file, Debug*) {
  return open_writable(path, std::nullopt, false, file);
}

Status FaultFileSystem::ReuseWritableFile(const std::string& path, const std::string& old_path,
                                          const FileOptions&, WritableFile* file, Debug* debug) {
  if (auto status = RenameFile(old_path, path, Options(), debug); !status.ok()) return status;
  return open_writable(path, 0, false, file);
}

Status FaultFileSystem::NewRandomRWFile(const std::string&, const FileOptions&,
                                        std::unique_ptr<rocksdb::FSRandomRWFile>*, Debug*) {
  return Status::NotSupported("NewRandomRWFile: its writes would not be counted");
}

Status FaultFileSystem::NewDirectory(const std::string& path, const Options&,
                                     std::unique_ptr<rocksdb::FSDirectory>* directory, Debug*) {
  const auto lock = state_->lock();
  if (!state_->alive()) return dead();
  if (!fs::is_directory(path)) return Status::PathNotFound(path);
  *directory = std::make_unique<FaultDirectory>(state_, normal(path));
  return Status::OK();
}

Status FaultFileSystem::FileExists(const std::string& path, const Options& options, Debug* debug) {
  const auto lock = state_->lock();
  return state_->alive() ? target_->FileExists(path, options, debug) : dead();
}

Status FaultFileSystem::GetChildren(const std::string& path, const Options& options,
                                    std::vector<std::string>* children, Debug* debug) {
  const auto lock = state_->lock();
  return state_->alive() ? target_->GetChildren(path, options, children, debug) : dead();
}

Status FaultFileSystem::GetFileSize(const std::string& path, const Options& options,
                                    std::uint64_t* size, Debug* debug) {
  const auto lock = state_->lock();
  return state_->alive() ? target_->GetFileSize(path, options, size, debug) : dead();
}

Status FaultFileSystem::DeleteFile(const std::string& path, const Options& options, Debug* debug) {
  const auto lock = state_->lock();
  if (!state_->alive()) return dead();
  state_->tree.removing(normal(path));
  return target_->DeleteFile(path, options, debug);
}

Status FaultFileSystem::RenameFile(const std::string& from, const std::string& to,
                                   const Options& options, Debug* debug) {
  const auto lock = state_->lock();
  if (!state_->alive()) return dead();
  state_->tree.renaming(normal(from), normal(to));
  return target_->RenameFile(from, to, options, debug);
}

Status FaultFileSystem::LinkFile(const std::string& from, const std::string& to,
                                 const Options& options, Debug* debug) {
  const auto lock = state_->lock();
  if (!state_->alive()) return dead();
  auto status = target_->LinkFile(from, to, options, debug);
  if (status.ok()) state_->tree.linked(normal(from), normal(to));
  return status;
}

Status FaultFileSystem::Truncate(const std::string& path, std::size_t size, const Options& options,
                                 Debug* debug) {
  WritableFile file;
  auto status = ReopenWritableFile(path, FileOptions(), &file, debug);
  return status.ok() ? file->Truncate(size, options, debug) : status;
}

Status FaultFileSystem::CreateDir(const std::string& path, const Options& options, Debug* debug) {
  const auto lock = state_->lock();
  if (!state_->alive()) return dead();
  auto status = target_->CreateDir(path, options, debug);
  if (status.ok() && state_->new_directories_need_sync) {
    state_->tree.made_directory(normal(path));
  }
  return status;
}

Status FaultFileSystem::CreateDirIfMissing(const std::string& path, const Options& options,
                                           Debug* debug) {
  {
    const auto lock = state_->lock();
    if (!state_->alive()) return dead();
    if (fs::is_directory(path)) return Status::OK();
  }
  return CreateDir(path, options, debug);
}

Status FaultFileSystem::LockFile(const std::string& path, const Options& options,
                                 rocksdb::FileLock** lock, Debug* debug) {
  const auto held = state_->lock();
  return state_->alive() ? target_->LockFile(path, options, lock, debug) : dead();
}

Status FaultFileSystem::NewLogger(const std::string&, const Options&,
                                  std::shared_ptr<rocksdb::Logger>* logger, Debug*) {
  *logger = std::make_shared<NoLogger>();
  return Status::OK();
}

}  // namespace actbook::testing
