#include "chart.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "flatten.h"
#include "html.h"
#include "words.h"

namespace actbook::cli {
namespace {

using nlohmann::ordered_json;

constexpr std::array<std::string_view, 9> kBeginnings = {
    "from", "since", "granted", "signed", "placed", "enrolled", "proposed", "issued", "requested"};
constexpr std::array<std::string_view, 5> kEnds = {"until", "ended", "revoked", "decided",
                                                   "released"};
constexpr std::size_t kMostLabels = 3;
constexpr std::size_t kLongestLabel = 48;

/// Sentences and kinds of reasons would not fit, or say nothing of whose it was.
bool is_label(const std::string& name, const ordered_json& value) {
  constexpr std::array<std::string_view, 9> kNot = {
      "basis", "cause", "reason", "message", "sentence", "currency", "state", "source", "channel"};
  if (name == "version") return value.is_number();
  return value.is_string() && !time_in(value) &&
         value.get_ref<const std::string&>().size() <= kLongestLabel &&
         std::ranges::find(kNot, name) == kNot.end() && !name.ends_with("_reason");
}

class Spans {
 public:
  Spans(bool occurred, Timestamp end, std::string entity)
      : time_(occurred ? "occurred_at" : "recorded_at"), end_(end), entity_(std::move(entity)) {}

  void walk(const ordered_json& value) {
    if (value.is_array()) return walk_list(value);
    if (!value.is_object() || is_act(value)) return;
    add(value, {});
    walk_members(value);
  }

  [[nodiscard]] std::vector<ChartSpan> finish() && { return std::move(spans_); }

 private:
  void walk_list(const ordered_json& list) {
    const auto same = same_in_all(list);
    for (const auto& element : list) {
      if (!element.is_object() || is_act(element)) continue;
      add(element, same);
      walk_members(element);
    }
  }

  void walk_members(const ordered_json& object) {
    for (const auto& [name, member] : object.items()) {
      // What a row was and is tells the same twice.
      if (name != "before" && name != "after") walk(member);
    }
  }

  /// The members that say the same in every element, and so tell none from another.
  static std::set<std::string> same_in_all(const ordered_json& list) {
    std::set<std::string> same;
    if (list.size() < 2 || !list.front().is_object()) return same;
    for (const auto& [name, value] : list.front().items()) {
      const auto& member = name;
      const auto& first = value;
      const bool all = std::ranges::all_of(list, [&](const ordered_json& element) {
        return element.is_object() && element.contains(member) && element.at(member) == first;
      });
      if (all) same.insert(name);
    }
    return same;
  }

  template <std::size_t Count>
  [[nodiscard]] std::optional<Timestamp> act(
      const ordered_json& object, const std::array<std::string_view, Count>& names) const {
    for (const auto name : names) {
      const auto member = object.find(name);
      if (member == object.end() || !is_act(*member)) continue;
      if (member->contains(time_)) return time_in(member->at(time_));
    }
    return {};
  }

  /// An acceptance is its own beginning.
  [[nodiscard]] std::optional<Timestamp> beginning(const ordered_json& object) const {
    if (object.contains("agreement") && object.contains("recorded_at")) {
      return time_in(object[time_]);
    }
    return act(object, kBeginnings);
  }

  void add(const ordered_json& object, const std::set<std::string>& same) {
    const auto from = beginning(object);
    if (!from) return;
    auto until = act(object, kEnds);
    if (!until && object.contains("expires_at")) {
      until = time_in(object["expires_at"]);
      if (until && *until > end_) until.reset();
    }
    spans_.push_back({label(object, same), *from, until});
  }

  [[nodiscard]] std::string label(const ordered_json& object,
                                  const std::set<std::string>& same) const {
    std::string text;
    std::size_t count = 0;
    for (const auto& [name, value] : object.items()) {
      if (count == kMostLabels || same.contains(name) || !is_label(name, value)) continue;
      if (value == entity_) continue;
      // Ids are said as they are.
      const bool is_name = name == "what" || name == "role" || name == "kind";
      const auto said = (name == "version" ? "version " : "") + value_text(value);
      text.append(text.empty() ? "" : " ").append(is_name ? words(said) : said);
      ++count;
    }
    return text;
  }

  std::string time_;
  Timestamp end_;
  /// What the whole answer is about, and so no span by itself.
  std::string entity_;
  std::vector<ChartSpan> spans_;
};

}  // namespace

std::vector<ChartSpan> spans_of(const ordered_json& answer, bool occurred, Timestamp end) {
  Spans spans(occurred, end, answer.value("entity", ""));
  spans.walk(answer);
  auto found = std::move(spans).finish();
  std::ranges::stable_sort(found, {}, &ChartSpan::from);
  return found;
}

}  // namespace actbook::cli
