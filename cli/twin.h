#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace actbook::cli {

/// A value of a document beside the same value of the document with personal data sealed: by the
/// difference one sees what is revealed.
class Twin {
 public:
  /// Borrows both. `sealed` may be null: nothing is revealed.
  Twin(const nlohmann::ordered_json& value, const nlohmann::ordered_json* sealed)
      : value_(&value), sealed_(sealed) {}

  const nlohmann::ordered_json& operator*() const { return *value_; }
  const nlohmann::ordered_json* operator->() const { return value_; }

  /// A member that is there.
  [[nodiscard]] Twin member(const std::string& name) const;
  [[nodiscard]] Twin element(std::size_t index) const;
  [[nodiscard]] bool is_revealed() const;

 private:
  const nlohmann::ordered_json* value_;
  const nlohmann::ordered_json* sealed_;
};

/// Where a document has revealed texts, as JSON pointers (RFC 6901), in its order.
[[nodiscard]] std::vector<std::string> revealed_places(const Twin& document);

}  // namespace actbook::cli
