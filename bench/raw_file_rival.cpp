#include "raw_file_rival.h"

#include <fcntl.h>
#include <unistd.h>

#include "system.h"

namespace actbook::bench {
namespace {

// It is written over again from the start when full.
constexpr std::uint64_t kSize = std::uint64_t{128} << 20;

class RawFileSession final : public Session {
 public:
  explicit RawFileSession(const std::filesystem::path& path) : file_(path, O_WRONLY) {}

  void append(const Submission& submission) override {
    bytes_.clear();
    for (const auto& event : submission.events) append_plain(submission, event, bytes_);
    if (at_ + bytes_.size() > kSize) at_ = 0;
    const auto written =
        ::pwrite(file_.descriptor(), bytes_.data(), bytes_.size(), static_cast<off_t>(at_));
    if (written != static_cast<ssize_t>(bytes_.size()) || ::fdatasync(file_.descriptor()) != 0) {
      throw Failure("writing the raw file failed");
    }
    at_ += bytes_.size();
  }

 private:
  File file_;
  std::uint64_t at_ = 0;
  std::string bytes_;
};

}  // namespace

void RawFileRival::create(const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  file_ = directory / "zeros";
  write_zeros(file_, kSize);
}

std::unique_ptr<Session> RawFileRival::connect() { return std::make_unique<RawFileSession>(file_); }

}  // namespace actbook::bench
