#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace actbook {

/// The distinct tags of an event. Keeps its memory from one event to the next.
class TagSet {
 public:
  void clear() {
    text_.clear();
    ends_.clear();
  }
  void add(std::string_view prefix, std::string_view value = {}) {
    text_.append(prefix).append(value);
    ends_.push_back(text_.size());
  }
  /// In order. Valid until the set changes.
  [[nodiscard]] const std::vector<std::string_view>& sorted() {
    tags_.clear();
    std::size_t begin = 0;
    for (const auto end : ends_) {
      tags_.push_back(std::string_view(text_).substr(begin, end - begin));
      begin = end;
    }
    std::ranges::sort(tags_);
    tags_.erase(std::unique(tags_.begin(), tags_.end()), tags_.end());
    return tags_;
  }

 private:
  std::string text_;
  std::vector<std::size_t> ends_;
  std::vector<std::string_view> tags_;
};

}  // namespace actbook
