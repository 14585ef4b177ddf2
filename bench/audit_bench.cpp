// The audit list: 100 events of one type in one organisation within a range of time.
#include <map>
#include <random>

#include "archive.h"

namespace actbook::bench {
namespace {

std::vector<AuditQuestion> questions_for(const Context& context, std::uint64_t count,
                                         std::uint64_t round) {
  const auto& settings = context.settings;
  std::mt19937_64 random(settings.seed * 1'000 + round);
  const auto& types = EventData::types_with_one_organisation();
  const std::int64_t first = EventData::time_of(0);
  const std::int64_t length = EventData::time_of(settings.events) - first;
  std::vector<AuditQuestion> questions(count);
  for (auto& question : questions) {
    question.organisation = context.data.organisation_id(random() % kOrganisations);
    question.type = types[random() % types.size()];
    // A fifth of all time, starting anywhere that leaves as much.
    const auto start = static_cast<std::int64_t>(random() % 1'000'000);
    question.from = first + length / 5 * 4 / 1'000'000 * start;
    question.to = question.from + length / 5;
  }
  return questions;
}

// All answers of a round, in order. Everyone must give the same.
using Answers = std::vector<std::vector<AuditRow>>;

struct Shared {
  std::map<unsigned, Answers> by_round;

  void compare(unsigned round, Answers answers) {
    const auto [known, is_new] = by_round.try_emplace(round, std::move(answers));
    if (!is_new && known->second != answers) throw Failure("answers otherwise than actbook");
  }
};

Reading ask(Auditor& auditor, const std::vector<AuditQuestion>& questions, Answers& answers) {
  std::vector<double> microseconds;
  double rows = 0;
  for (const auto& question : questions) {
    const double start = seconds_now();
    answers.push_back(auditor.list(question));
    microseconds.push_back((seconds_now() - start) * 1e6);
    rows += static_cast<double>(answers.back().size());
  }
  return {percentile(microseconds, 0.50),
          {{"p99_us", percentile(microseconds, 0.99)},
           {"rows", rows / static_cast<double>(questions.size())}}};
}

// `before` makes a turn cold or warm.
Variant asking(const Context& context, std::uint64_t count, std::function<Auditor&()> auditor,
               std::function<void()> before, std::shared_ptr<Shared> shared) {
  return {"", [&context, count, auditor = std::move(auditor), before = std::move(before),
               shared = std::move(shared)](unsigned round) {
            const auto questions = questions_for(context, count, round);
            if (before) {
              before();
            } else {
              Answers warm_up;
              (void)ask(auditor(), questions, warm_up);
            }
            Answers answers;
            auto reading = ask(auditor(), questions, answers);
            shared->compare(round, std::move(answers));
            return reading;
          }};
}

void restart_cold(Rival& rival) {
  rival.close();
  if (auto* postgres = dynamic_cast<PostgresRival*>(&rival)) postgres->restart();
  drop_caches();
  rival.reopen();
}

void audit(Context& context, Archive& archive, bool cold) {
  Measurement measurement{.name = cold ? "audit-cold" : "audit-warm", .unit = "us, p50"};
  if (!context.wanted(measurement.name)) return;
  measurement.better = Better::lower;
  if (!cold) measurement.goals = {{"postgres", 3, 8}, {"sqlite", 2, 5}};
  const auto count = cold ? context.settings.cold_questions : context.settings.questions;
  const auto shared = std::make_shared<Shared>();
  const auto add = [&](const std::string& name, std::function<Rival&()> rival,
                       std::function<Auditor&()> auditor) {
    std::function<void()> before;
    if (cold) before = [rival] { restart_cold(rival()); };
    measurement.contestants.push_back(
        contestant(name, [&] { (void)rival(); },
                   {asking(context, count, std::move(auditor), std::move(before), shared)}));
  };
  const auto ours = std::make_shared<std::unique_ptr<ActbookAuditor>>();
  add(
      "actbook", [&archive]() -> Rival& { return archive.actbook(); },
      [&archive, ours]() -> Auditor& {
        if (!*ours) *ours = std::make_unique<ActbookAuditor>(archive.actbook());
        return **ours;
      });
  add(
      "postgres", [&archive]() -> Rival& { return archive.postgres(); },
      [&archive]() -> Auditor& { return archive.postgres(); });
  add(
      "sqlite", [&archive]() -> Rival& { return archive.sqlite(); },
      [&archive]() -> Auditor& { return archive.sqlite(); });
  context.harness.run(std::move(measurement));
}

}  // namespace

void measure_audit(Context& context, Archive& archive) {
  audit(context, archive, false);
  audit(context, archive, true);
}

}  // namespace actbook::bench
