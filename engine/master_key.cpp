#include "actbook/master_key.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <new>
#include <string>
#include <system_error>

namespace actbook {
namespace {

constexpr std::size_t kDigits = 2 * MasterKey::kSize;

std::string reason_of(int number) { return std::generic_category().message(number); }

Error not_written(const std::filesystem::path& file, int number) {
  return {ErrorKind::unavailable,
          "STORAGE_FAILED",
          "writing the master key " + file.string() + " failed: " + reason_of(number),
          {}};
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0;
}

}  // namespace

void MasterKey::Free::operator()(std::uint8_t* bytes) const { sodium_free(bytes); }

MasterKey::MasterKey() {
  if (sodium_init() < 0) throw std::bad_alloc();
  bytes_.reset(static_cast<std::uint8_t*>(sodium_malloc(kSize)));
  if (!bytes_) throw std::bad_alloc();
}

MasterKey MasterKey::generate() {
  MasterKey key;
  randombytes_buf(key.bytes_.get(), kSize);
  return key;
}

Result<MasterKey> MasterKey::parse(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto begin = text.find_first_not_of(kBlanks);
  const auto end = text.find_last_not_of(kBlanks);
  if (begin != std::string_view::npos) text = text.substr(begin, end - begin + 1);
  MasterKey key;
  std::size_t size = 0;
  const int parsed =
      sodium_hex2bin(key.bytes_.get(), kSize, text.data(), text.size(), nullptr, &size, nullptr);
  if (text.size() != kDigits || parsed != 0 || size != kSize) {
    return Error{
        ErrorKind::invalid, "MASTER_KEY", "the master key is not 64 hexadecimal digits", {}};
  }
  return key;
}

Result<MasterKey> MasterKey::read(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(stream)), {});
  if (!stream) {
    return Error{
        ErrorKind::unavailable,
        "MASTER_KEY_MISSING",
        "the master key " + file.string() + " cannot be read; give the file that init made",
        {}};
  }
  auto key = parse(text);
  sodium_memzero(text.data(), text.size());
  if (!key) {
    return Error{ErrorKind::invalid, "MASTER_KEY", file.string() + ": " + key.error().message, {}};
  }
  return key;
}

Result<void> MasterKey::write(const std::filesystem::path& file) const {
  // A crash must not leave half a key under its name, so it gets that when it is whole.
  const auto draft = file.string() + ".new";
  ::unlink(draft.c_str());
  const int opened = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (opened < 0) return not_written(file, errno);
  std::string text(kDigits + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes_.get(), kSize);
  text.back() = '\n';
  const bool written = write_all(opened, text);
  const int why = errno;
  sodium_memzero(text.data(), text.size());
  ::close(opened);
  if (!written) {
    ::unlink(draft.c_str());
    return not_written(file, why);
  }
  const bool named = ::link(draft.c_str(), file.c_str()) == 0;
  const int why_not_named = errno;
  ::unlink(draft.c_str());
  if (!named && why_not_named == EEXIST) {
    return Error{ErrorKind::misuse,
                 "MASTER_KEY_EXISTS",
                 file.string() + " is there already; what it opens would be lost with it",
                 {}};
  }
  if (!named) return not_written(file, why_not_named);
  const auto parent = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const int directory = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = directory >= 0 && ::fsync(directory) == 0;
  const int why_not = errno;
  if (directory >= 0) ::close(directory);
  if (!synced) return not_written(file, why_not);
  return boost::outcome_v2::success();
}

}  // namespace actbook
