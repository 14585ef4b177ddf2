#pragma once

#include "rival.h"

namespace actbook::bench {

/// The physical limit: the same bytes written over a file of zeros, then fdatasync. No index, no
/// check, nothing to find anything by. One caller.
class RawFileRival final : public Rival {
 public:
  void create(const std::filesystem::path& directory) override;
  [[nodiscard]] std::unique_ptr<Session> connect() override;
  void close() override {}
  void reopen() override {}
  [[nodiscard]] std::uint64_t disk_bytes() const override { return 0; }

 private:
  std::filesystem::path file_;
};

}  // namespace actbook::bench
