#include "changes.h"

#include <map>
#include <set>
#include <tuple>

#include "words.h"

namespace actbook::cli {
namespace {

/// Two lists of leaves side by side, sorted so that what belongs together stands together.
class Comparison {
 public:
  Comparison(const std::vector<Leaf>& before, const std::vector<Leaf>& after) {
    // What is now sets the order.
    add(after, &Change::after, elements_after_);
    add(before, &Change::before, elements_before_);
  }

  [[nodiscard]] std::vector<Change> by_value() const {
    std::vector<Change> changes;
    for (const auto& [place, entry] : entries_) {
      if (entry.change.before != entry.change.after) changes.push_back(entry.change);
    }
    return changes;
  }

  [[nodiscard]] std::vector<Change> by_element() const {
    std::vector<Change> changes;
    for (const auto& [place, entry] : entries_) {
      const auto& [path, before, after] = entry.change;
      if (before == after) continue;
      if (entry.element.empty() || is_on_both_sides(entry.element)) {
        changes.push_back(entry.change);
        continue;
      }
      if (changes.empty() || changes.back().path != entry.element) {
        changes.push_back({entry.element, {}, {}});
      }
      const auto name = words(path.substr(entry.element.size() + 1));
      append(changes.back().before, name, before);
      append(changes.back().after, name, after);
    }
    return changes;
  }

 private:
  struct Entry {
    std::string element;
    Change change;
  };
  /// The member of the state, the element within it, the member of that.
  using Place = std::tuple<std::size_t, std::string, std::size_t>;

  void add(const std::vector<Leaf>& leaves, std::string Change::*side,
           std::set<std::string>& elements) {
    for (const auto& leaf : leaves) {
      const auto member = leaf.path.substr(0, leaf.path.find('.'));
      const auto place =
          Place(rank(member), leaf.element, rank(member + leaf.path.substr(leaf.element.size())));
      auto& entry = entries_[place];
      entry.element = leaf.element;
      entry.change.path = leaf.path;
      entry.change.*side = leaf.text;
      elements.insert(leaf.element);
    }
  }

  /// In the order in which they turn up.
  std::size_t rank(const std::string& name) {
    return ranks_.try_emplace(name, ranks_.size()).first->second;
  }

  [[nodiscard]] bool is_on_both_sides(const std::string& element) const {
    return elements_before_.contains(element) && elements_after_.contains(element);
  }

  static void append(std::string& text, const std::string& name, const std::string& value) {
    if (!value.empty()) text += (text.empty() ? "" : ", ") + name + " " + value;
  }

  std::map<std::string, std::size_t> ranks_;
  std::map<Place, Entry> entries_;
  std::set<std::string> elements_before_;
  std::set<std::string> elements_after_;
};

}  // namespace

std::vector<Change> compare(const nlohmann::ordered_json& before,
                            const nlohmann::ordered_json& after, Reader reader) {
  const Comparison comparison(flatten(before, reader), flatten(after, reader));
  return reader == Reader::person ? comparison.by_element() : comparison.by_value();
}

}  // namespace actbook::cli
