#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "actbook/error.h"

namespace actbook {

/// The key that opens a vault: 32 random bytes. In text, and so in files and environment variables,
/// 64 lower-case hexadecimal digits. Held in memory that is not swapped out and is wiped
/// afterwards. Any thread may read it.
class MasterKey {
 public:
  static constexpr std::size_t kSize = 32;

  [[nodiscard]] static MasterKey generate();
  /// Blanks and line breaks around the digits are ignored. Errors: invalid, MASTER_KEY.
  [[nodiscard]] static Result<MasterKey> parse(std::string_view text);
  /// Errors: those of parse; unavailable, MASTER_KEY_MISSING, if the file cannot be read.
  [[nodiscard]] static Result<MasterKey> read(const std::filesystem::path& file);
  /// Makes a file that only its owner may read (mode 0600), durable on return. Errors: misuse,
  /// MASTER_KEY_EXISTS, if there is one: a key is never overwritten; unavailable.
  [[nodiscard]] Result<void> write(const std::filesystem::path& file) const;

  [[nodiscard]] const std::uint8_t* data() const { return bytes_.get(); }

 private:
  struct Free {
    void operator()(std::uint8_t* bytes) const;
  };
  MasterKey();

  std::unique_ptr<std::uint8_t, Free> bytes_;
};

}  // namespace actbook
