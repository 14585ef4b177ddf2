#include "harness.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace actbook::bench {
namespace {

constexpr double kProbeSeconds = 0.3;

std::string number(double value) {
  if (value >= 1'000'000) return fmt::format("{:.2f}M", value / 1'000'000);
  if (value >= 10'000) return fmt::format("{:.1f}k", value / 1'000);
  if (value >= 100) return fmt::format("{:.0f}", value);
  if (value >= 0.1 || value == 0) return fmt::format("{:.2f}", value);
  return fmt::format("{:.2g}", value);
}

std::string with_spread(const std::vector<double>& values) {
  const Spread spread = spread_of(values);
  if (values.size() == 1) return number(spread.median);
  return fmt::format("{} [{}-{}]", number(spread.median), number(spread.least),
                     number(spread.most));
}

std::vector<double> values_of(const std::vector<Reading>& readings) {
  std::vector<double> values;
  for (const auto& reading : readings) values.push_back(reading.value);
  return values;
}

// The medians of what else the turns gave.
std::string extras_of(const std::vector<Reading>& readings) {
  std::string text;
  if (readings.empty()) return text;
  for (std::size_t i = 0; i < readings.front().extras.size(); ++i) {
    std::vector<double> values;
    for (const auto& reading : readings) values.push_back(reading.extras.at(i).second);
    text += (i == 0 ? "" : ", ") + readings.front().extras[i].first + " " +
            number(spread_of(values).median);
  }
  return text;
}

std::string verdict(double figure, const Goal& goal, bool smaller_is_better) {
  const auto reaches = [&](double wanted) {
    return smaller_is_better ? figure <= wanted : figure >= wanted;
  };
  if (reaches(goal.aim)) return "aim";
  return reaches(goal.at_least) ? "yes" : "NO";
}

// The most frequent name.
std::string usual(std::vector<std::string> names) {
  std::ranges::sort(names);
  std::string best;
  std::ptrdiff_t most = 0;
  for (const auto& name : names) {
    if (const auto times = std::ranges::count(names, name); times > most) {
      most = times;
      best = name;
    }
  }
  return best;
}

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += fmt::format("{:<{}}  ", row[i], widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace

std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

Spread spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  const double median =
      values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {median, values.front(), values.back()};
}

void Harness::run(Measurement measurement) {
  const unsigned rounds = measurement.rounds.value_or(rounds_);
  Outcome outcome{std::move(measurement), {}, {}};
  auto& contestants = outcome.measurement.contestants;
  outcome.series.resize(contestants.size());
  for (unsigned round = 0; round < rounds; ++round) {
    outcome.sync_rates.push_back(probe_.rate(kProbeSeconds));
    fmt::print(stderr, "{} round {}: fdatasync {}/s", outcome.measurement.name, round + 1,
               number(outcome.sync_rates.back()));
    for (std::size_t i = 0; i < contestants.size(); ++i) {
      if (!contestants[i].skipped.empty()) continue;
      try {
        take_turn(outcome, i, round);
        fmt::print(stderr, " | {} {}", contestants[i].name,
                   number(outcome.series[i].best.back().value));
      } catch (const std::exception& failure) {
        contestants[i].skipped = one_line(failure.what());
        fmt::print(stderr, " | {} FAILED: {}", contestants[i].name, failure.what());
        if (i == 0) sound_ = false;
      }
      std::fflush(stderr);
    }
    fmt::print(stderr, " {}\n", outcome.measurement.unit);
  }
  for (auto& contestant : contestants) contestant.variants.clear();  // they may hold stores
  outcomes_.push_back(std::move(outcome));
}

void Harness::take_turn(Outcome& outcome, std::size_t contestant, unsigned round) {
  const bool lower = outcome.measurement.better == Better::lower;
  std::vector<std::pair<std::string, Reading>> all;
  for (const auto& variant : outcome.measurement.contestants[contestant].variants) {
    all.emplace_back(variant.name, variant.measure(round));
  }
  const auto best = std::ranges::min_element(all, [&](const auto& a, const auto& b) {
    return lower ? a.second.value < b.second.value : a.second.value > b.second.value;
  });
  auto& series = outcome.series[contestant];
  series.best.push_back(best->second);
  series.variant.push_back(best->first);
  series.all.push_back(std::move(all));
}

std::vector<double> Harness::ratios(const Outcome& outcome, std::size_t rival) {
  std::vector<double> found;
  const auto& ours = outcome.series[0].best;
  const auto& theirs = outcome.series[rival].best;
  const bool theirs_over_ours =
      outcome.measurement.better == Better::lower && !outcome.measurement.plain_ratio;
  for (std::size_t round = 0; round < std::min(ours.size(), theirs.size()); ++round) {
    found.push_back(theirs_over_ours ? theirs[round].value / ours[round].value
                                     : ours[round].value / theirs[round].value);
  }
  return found;
}

void Harness::add_rows(const Outcome& outcome, std::vector<std::vector<std::string>>& rows) {
  const auto& measurement = outcome.measurement;
  const auto& us = measurement.contestants.front();
  const auto ours = values_of(outcome.series[0].best);
  const auto goal_for = [&](const std::string& rival) -> const Goal* {
    const auto found = std::ranges::find(measurement.goals, rival, &Goal::rival);
    return found == measurement.goals.end() ? nullptr : &*found;
  };
  const bool smaller = measurement.better == Better::lower;
  const auto row = [&](const std::string& rival, const std::string& theirs,
                       const std::string& ratio, const Goal* goal, const std::string& reached,
                       const std::string& also) {
    rows.push_back(
        {measurement.name, us.skipped.empty() ? with_spread(ours) : us.skipped, measurement.unit,
         rival, theirs, ratio, goal != nullptr ? number(goal->at_least) : "",
         goal != nullptr ? number(goal->aim) : "", reached, with_spread(outcome.sync_rates), also});
  };
  const std::string our_extras = extras_of(outcome.series[0].best);
  if (const auto* goal = goal_for(""); goal != nullptr || measurement.contestants.size() == 1) {
    const bool judged = goal != nullptr && !ours.empty();
    row("", "", "", goal, judged ? verdict(spread_of(ours).median, *goal, smaller) : "",
        our_extras);
  }
  for (std::size_t i = 1; i < measurement.contestants.size(); ++i) {
    const auto& rival = measurement.contestants[i];
    const auto* goal = goal_for(rival.name);
    const auto found = ratios(outcome, i);
    if (!rival.skipped.empty() || found.empty()) {
      row(rival.name, "skipped: " + rival.skipped, "", goal, "", our_extras);
      continue;
    }
    const auto& theirs = outcome.series[i];
    const std::string variant = usual(theirs.variant);
    const std::string their_extras = extras_of(theirs.best);
    const bool judged = goal != nullptr;
    row(variant.empty() ? rival.name : fmt::format("{} ({})", rival.name, variant),
        with_spread(values_of(theirs.best)), with_spread(found), goal,
        judged ? verdict(spread_of(found).median, *goal, smaller && measurement.plain_ratio) : "",
        their_extras.empty() ? our_extras : fmt::format("{} | {}", our_extras, their_extras));
  }
}

std::string Harness::table() const {
  std::vector<std::vector<std::string>> rows = {{"WHAT", "ACTBOOK", "UNIT", "RIVAL", "THEIRS",
                                                 "RATIO", "AT LEAST", "AIM", "REACHED",
                                                 "FDATASYNC/S", "FURTHER (OURS | THEIRS)"}};
  for (const auto& outcome : outcomes_) add_rows(outcome, rows);
  return aligned(rows);
}

nlohmann::ordered_json Harness::json() const {
  using Json = nlohmann::ordered_json;
  const auto summary = [](const std::vector<double>& values) {
    const Spread spread = spread_of(values);
    return Json{{"median", spread.median}, {"min", spread.least}, {"max", spread.most}};
  };
  const auto reading_json = [](const Reading& reading) {
    Json json = {{"value", reading.value}};
    for (const auto& [name, value] : reading.extras) json[name] = value;
    return json;
  };
  Json list = Json::array();
  for (const auto& outcome : outcomes_) {
    const auto& measurement = outcome.measurement;
    Json json = {{"name", measurement.name},
                 {"unit", measurement.unit},
                 {"better", measurement.better == Better::higher ? "higher" : "lower"},
                 {"fdatasync_per_second", outcome.sync_rates},
                 {"contestants", Json::array()}};
    for (std::size_t i = 0; i < measurement.contestants.size(); ++i) {
      const auto& contestant = measurement.contestants[i];
      Json entry = {{"name", contestant.name}};
      if (!contestant.skipped.empty()) entry["skipped"] = contestant.skipped;
      entry["rounds"] = Json::array();
      for (const auto& round : outcome.series[i].all) {
        Json variants = Json::object();
        for (const auto& [name, reading] : round) {
          variants[name.empty() ? contestant.name : name] = reading_json(reading);
        }
        entry["rounds"].push_back(std::move(variants));
      }
      if (const auto found = ratios(outcome, i); i > 0 && !found.empty()) {
        entry["ratios"] = found;
        entry["ratio"] = summary(found);
      }
      json["contestants"].push_back(std::move(entry));
    }
    for (const auto& goal : measurement.goals) {
      json["goals"].push_back(
          {{"rival", goal.rival}, {"at_least", goal.at_least}, {"aim", goal.aim}});
    }
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace actbook::bench
