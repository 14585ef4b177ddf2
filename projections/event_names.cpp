#include "event_names.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <utility>

#include "actbook/schema/events_generated.h"
#include "actbook/search.h"

namespace actbook {
namespace {

constexpr std::size_t kSuggestions = 3;
// So much farther than the nearest, a name was hardly meant.
constexpr std::size_t kFarther = 1;
// No name is as long, and distances to longer ones would take long.
constexpr std::size_t kLongestMeant = 64;

bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::string lower(std::string_view text) {
  std::string lowered;
  for (const char c : text) lowered += lower(c);
  return lowered;
}

/// AgreementAccepted, agreement.accepted and AGREEMENT_ACCEPTED are "agreement" and "accepted".
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words;
  char before = ' ';
  for (const char c : name) {
    const bool begins = !is_letter(before) || (is_upper(c) && !is_upper(before));
    if (is_letter(c) && begins) words.emplace_back();
    if (is_letter(c)) words.back() += lower(c);
    before = c;
  }
  return words;
}

/// The pieces between the stars stand in the name, one after the other; the first at its beginning,
/// the last at its end.
bool fits(std::string_view pattern, std::string_view name) {
  auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  if (!name.starts_with(pattern.substr(0, star))) return false;
  name.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  while ((star = pattern.find('*')) != std::string_view::npos) {
    const auto found = name.find(pattern.substr(0, star));
    if (found == std::string_view::npos) return false;
    name.remove_prefix(found + star);
    pattern.remove_prefix(star + 1);
  }
  return name.ends_with(pattern);
}

/// How many letters have to be put in, taken out or changed to make one of the other.
std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < left.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < right.size(); ++j) {
      const auto changed = diagonal + (left[i] == right[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

/// An abbreviation is as far from its word as one wrong letter.
std::size_t distance_of_words(std::string_view given, std::string_view known) {
  return known.starts_with(given) && known != given ? 1 : distance(given, known);
}

struct Candidate {
  std::string name;
  std::size_t distance;
};

}  // namespace

std::string dotted_name(std::string_view event) {
  std::string text;
  for (const auto& word : words_of(event)) text.append(text.empty() ? "" : ".").append(word);
  return text;
}

const std::vector<std::string>& event_names() {
  static const auto names = [] {
    std::vector<std::string> all;
    for (const auto type : event::EnumValuesEvent()) {
      if (type != event::Event::NONE) all.emplace_back(event::EnumNameEvent(type));
    }
    return all;
  }();
  return names;
}

std::vector<std::string> events_named(std::string_view pattern) {
  std::vector<std::string> named;
  const auto wanted = lower(pattern);
  for (const auto& name : event_names()) {
    if (fits(wanted, lower(name)) || fits(wanted, dotted_name(name))) named.push_back(name);
  }
  return named;
}

std::vector<std::string> nearest(std::string_view name, const std::vector<std::string>& known) {
  std::vector<Candidate> candidates;
  if (name.size() > kLongestMeant) return {};
  const auto given = words_of(name);
  for (const auto& each : known) {
    Candidate candidate{each, 0};
    bool is_near = false;
    const auto words = words_of(each);
    for (const auto& word : given) {
      auto least = word.size();
      for (const auto& other : words) least = std::min(least, distance_of_words(word, other));
      candidate.distance += least;
      // A third of the letters may be wrong.
      is_near = is_near || 3 * least <= word.size();
    }
    if (is_near) candidates.push_back(std::move(candidate));
  }
  std::ranges::stable_sort(candidates, {}, &Candidate::distance);
  std::vector<std::string> names;
  for (auto& candidate : candidates) {
    const bool is_meant = candidate.distance <= candidates.front().distance + kFarther;
    if (is_meant && names.size() < kSuggestions) names.push_back(std::move(candidate.name));
  }
  return names;
}

}  // namespace actbook
