#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "actbook/flat.h"

namespace actbook {

/// A SHA-256.
using Hash = std::array<std::uint8_t, 32>;

/// 64 lower-case hexadecimal digits.
[[nodiscard]] std::string to_hex(const Hash& hash);

/// A SHA-256 of bytes that come piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(ByteView bytes);
  /// A number as eight bytes, the highest first.
  void add(std::uint64_t number);
  /// Of everything added since the beginning, or since the last call.
  [[nodiscard]] Hash finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace actbook
