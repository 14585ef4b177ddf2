#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>

namespace actbook::testing {

/// The files below a directory, held in memory, so that a test can write them
/// out again and again, each time with something else wrong with them.
class DirectoryImage {
 public:
  DirectoryImage() = default;
  explicit DirectoryImage(const std::filesystem::path& directory) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      files[entry.path().lexically_relative(directory).string()] = {
          std::istreambuf_iterator<char>(file), {}};
    }
  }

  /// Puts these files, and no others, into the directory.
  void write(const std::filesystem::path& directory) const {
    std::filesystem::remove_all(directory);
    for (const auto& [name, bytes] : files) {
      const auto path = directory / name;
      std::filesystem::create_directories(path.parent_path());
      std::ofstream file(path, std::ios::binary);
      file << bytes;
      if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
    }
  }

  /// Contents by path below the directory.
  std::map<std::string, std::string> files;
};

}  // namespace actbook::testing
