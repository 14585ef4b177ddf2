// The questions of an audit and an investigation about one workspace, person or account of many, on
// both axes.
#include <algorithm>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <random>
#include <utility>

#include "actbook/decide.h"
#include "actbook/ledger.h"
#include "actbook/projector.h"
#include "context.h"
#include "feeder.h"
#include "program_history.h"
#include "rival.h"

namespace actbook::bench {
namespace {

constexpr std::uint64_t kBatch = 1'000;
constexpr std::uint64_t kLateOneIn = 50;  // batches of facts that happened long before
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kStart = 1'767'225'600 * kSecond;  // 2026-01-01
constexpr std::size_t kPage = 100;
constexpr double kGoalMilliseconds = 10;

template <class T>
T must(Result<T> result) {
  if (!result) throw Failure(result.error().message);
  return std::move(result).value();
}

actbook::Submission batch_of(std::uint64_t number, std::optional<Timestamp> occurred_at) {
  actbook::Submission submission;
  submission.info.command_id = "b-" + std::to_string(number);
  submission.info.command_type = "Import";
  submission.info.actor.kind = schema::ActorKind::import_;
  submission.info.actor.id = "bench";
  submission.info.mode = schema::Mode::observed;
  submission.info.occurred_at = occurred_at;
  command::CommandEnvelopeT envelope;
  envelope.command_id = submission.info.command_id;
  envelope.actor = std::make_unique<schema::ActorT>(submission.info.actor);
  envelope.command.Set(command::RegisterOrganisationT());
  submission.content = pack(envelope);
  submission.content_type = command::CommandEnvelope::GetFullyQualifiedName();
  submission.content_schema = &command_schema();
  return submission;
}

void fill(const std::filesystem::path& where, const ProgramHistory& programs, std::uint64_t seed) {
  Ledger::CreateOptions options;
  options.clock = schema::ClockKind::simulated;
  (void)must(Ledger::create(where, options, Timestamp{kStart}));
  ManualClock clock{Timestamp{kStart}};
  EventStore::Options store_options;
  store_options.clock = &clock;
  store_options.projector = &partner_projector();
  const auto store = must(EventStore::open(where, store_options));
  std::mt19937_64 random(seed);
  for (std::uint64_t first = 0; first < programs.events(); first += kBatch) {
    const auto number = first / kBatch;
    const Timestamp now{kStart + static_cast<std::int64_t>(number + 1) * kSecond};
    clock.set(now);
    std::optional<Timestamp> occurred_at;
    if (random() % kLateOneIn == 0) {
      occurred_at = Timestamp{now.microseconds -
                              static_cast<std::int64_t>(random() % (number + 1)) * kSecond};
    }
    std::vector<EventDraft> drafts;
    const auto last = std::min(first + kBatch, programs.events());
    for (auto i = first; i < last; ++i) drafts.push_back(programs.draft_of(i));
    (void)must(store->submit(batch_of(number, occurred_at), append_events(std::move(drafts))));
  }
}

using Ask = std::function<void(const Ledger&, const View&, const View& earlier, std::uint64_t w)>;

struct Question {
  std::string name;
  Ask ask;
};

Search about(std::string tag) {
  Search search;
  search.tags = {std::move(tag)};
  search.limit = kPage;
  return search;
}

Search first_page() {
  Search search;
  search.limit = kPage;
  return search;
}

Entity workspace_entity(std::uint64_t w) {
  return must(Entity::parse("workspace:" + ProgramHistory::workspace(w)));
}

/// Now there is something to find of everything that is asked about; a view from before may not
/// even know the entity. An answer with nothing in it would be fast.
template <class T>
void answered(const Ledger& ledger, const View& view, const Result<T>& result) {
  const bool now = view.position() == ledger.head() && !view.true_at();
  if (!result && (now || result.error().code != "NOT_FOUND")) throw Failure(result.error().message);
  if constexpr (requires { result.value().lines.empty(); }) {
    if (now && result.value().lines.empty()) throw Failure("a question found nothing");
  }
}

using L = const Ledger&;
using V = const View&;
using W = std::uint64_t;

std::vector<Question> questions_about_programs(const ProgramHistory& all) {
  return {
      {"partner-status",
       [&all](L l, V v, V, W w) {
         answered(l, v, l.partner_status(v, about("organisation:" + all.organisation(w))));
       }},
      {"moves",
       [](L l, V v, V, W w) {
         answered(l, v, l.moves(v, about("recording:" + ProgramHistory::recording(w))));
       }},
      {"deals",
       [](L l, V v, V, W w) {
         answered(l, v, l.deals(v, about("workspace:" + ProgramHistory::workspace(w))));
       }},
      {"kickbacks",
       [](L l, V v, V, W w) {
         answered(l, v, l.kickbacks(v, about("deal:" + ProgramHistory::deal(w))));
       }},
      {"discounts",
       [](L l, V v, V, W w) {
         answered(l, v, l.discounts(v, about("account:" + ProgramHistory::account(w))));
       }},
      {"mandates",
       [&all](L l, V v, V, W w) {
         answered(l, v, l.mandates(v, about("organisation:" + all.client(w))));
       }},
      {"entries",
       [](L l, V v, V, W w) {
         answered(l, v, l.entries(v, about("project:" + ProgramHistory::project(w))));
       }},
      {"special-plans",
       [&all](L l, V v, V, W w) { answered(l, v, l.special_plans(v, all.client(w))); }},
      {"readers-project",
       [](L l, V v, V, W w) {
         answered(l, v, l.readers(v, must(Entity::parse("project:" + ProgramHistory::project(w)))));
       }},
  };
}

std::vector<Question> questions_of(const ProgramHistory& all) {
  const auto of_workspace = [](std::uint64_t w) {
    return about("workspace:" + ProgramHistory::workspace(w));
  };
  const auto of_person = [&all](std::uint64_t w) { return about("person:" + all.person(w, 1)); };
  return {
      {"acceptances", [=](L l, V v, V, W w) { answered(l, v, l.acceptances(v, of_workspace(w))); }},
      {"acceptances-organisation",
       [&all](L l, V v, V, W w) {
         answered(l, v, l.acceptances(v, about("organisation:" + all.organisation(w))));
       }},
      {"readers", [=](L l, V v, V, W w) { answered(l, v, l.readers(v, workspace_entity(w))); }},
      {"access-of", [&all](L l, V v, V, W w) { answered(l, v, l.access_of(v, all.person(w, 1))); }},
      {"reads", [=](L l, V v, V, W w) { answered(l, v, l.reads(v, of_workspace(w))); }},
      {"creations", [=](L l, V v, V, W w) { answered(l, v, l.creations(v, of_workspace(w))); }},
      {"roles", [=](L l, V v, V, W w) { answered(l, v, l.roles(v, of_workspace(w))); }},
      {"roles-person", [=](L l, V v, V, W w) { answered(l, v, l.roles(v, of_person(w))); }},
      {"roles-ended",  // by an act that most workspaces have
       [=](L l, V v, V, W w) {
         auto search = of_workspace(w);
         search.types = {"MembershipEnded"};
         answered(l, v, l.roles(v, search));
       }},
      {"seats",
       [](L l, V v, V, W w) {
         answered(l, v, l.seats(v, about("account:" + ProgramHistory::account(w))));
       }},
      {"ownership",
       [](L l, V v, V, W w) { answered(l, v, l.tenures(v, ProgramHistory::workspace(w))); }},
      {"handoffs", [=](L l, V v, V, W w) { answered(l, v, l.handoffs(v, of_workspace(w))); }},
      {"refusals",
       [=](L l, V v, V, W w) {
         auto search = of_workspace(w);
         search.refused = true;
         answered(l, v, l.trail(v, search));
       }},
      {"trail", [=](L l, V v, V, W w) { answered(l, v, l.trail(v, of_workspace(w))); }},
      {"trail-person", [=](L l, V v, V, W w) { answered(l, v, l.trail(v, of_person(w))); }},
      {"show", [](L l, V v, V, W w) { answered(l, v, l.show(v, workspace_entity(w))); }},
      {"explain",
       [&all](L l, V v, V, W w) {
         answered(l, v, l.explain_access(v, all.person(w, 1), workspace_entity(w)));
       }},
      {"compare", [](L l, V v, V earlier,
                     W w) { answered(l, v, l.compare(earlier, v, workspace_entity(w))); }},
      {"timeline",
       [](L l, V v, V, W w) { answered(l, v, l.timeline(v, workspace_entity(w), first_page())); }},
      {"step",  // which is of the first axis alone
       [=](L l, V v, V, W w) {
         if (!v.true_at()) answered(l, v, l.steps(v, of_workspace(w)));
       }},
      {"export",
       [=](L l, V v, V, W w) {
         answered(l, v,
                  l.export_events(v, of_workspace(w), ExportFormat::ocsf, Personal::sealed,
                                  [](std::string_view) { return true; }));
       }},
      {"what-if",
       [](L l, V v, V, W w) {
         Supposition supposed;
         supposed.rules.owners_enter = false;
         answered(l, v, l.what_if(v, supposed, workspace_entity(w)));
       }},
  };
}

class Asker {
 public:
  Asker(std::filesystem::path where, const ProgramHistory& programs, std::uint64_t seed)
      : programs_(programs), where_(std::move(where)), seed_(seed) {}

  /// Milliseconds: the greatest p99 of the axes, each asked warm.
  Reading ask(const Ask& question, std::uint64_t count, unsigned round) {
    if (!ledger_) ledger_.emplace(must(Ledger::open_read_only(where_)));
    Reading reading;
    for (const auto axis : {kNow, kAsOf, kTrueAt}) {
      std::vector<double> milliseconds;
      std::mt19937_64 random(seed_ * 1'000 + round);
      for (std::uint64_t i = 0; i < count; ++i) {
        const auto w = random() % programs_.workspaces();
        const auto views = at(axis, random);
        question(*ledger_, views.first, views.second, w);  // warms
        const double start = seconds_now();
        question(*ledger_, views.first, views.second, w);
        milliseconds.push_back((seconds_now() - start) * 1e3);
      }
      const double p99 = percentile(milliseconds, 0.99);
      reading.value = std::max(reading.value, p99);
      reading.extras.emplace_back(std::string(name_of(axis)) + "_p50",
                                  percentile(milliseconds, 0.5));
      reading.extras.emplace_back(std::string(name_of(axis)) + "_p99", p99);
    }
    return reading;
  }

 private:
  enum Which { kNow, kAsOf, kTrueAt };
  static std::string_view name_of(Which axis) {
    return axis == kNow ? "now" : axis == kAsOf ? "as_of" : "true_at";
  }
  /// A view, and one from before it.
  std::pair<View, View> at(Which axis, std::mt19937_64& random) const {
    const auto head = ledger_->head().value;
    const Position known{axis == kNow ? head : head / 10 + random() % (head - head / 10)};
    const auto view = must(ledger_->as_of(known));
    const auto earlier = must(ledger_->as_of(Position{known.value - known.value / 20}));
    if (axis != kTrueAt) return {view, earlier};
    const auto length = view.at().microseconds - kStart;
    const Timestamp then{kStart + length / 2 +
                         static_cast<std::int64_t>(random() % 1'000) * (length / 2'000)};
    const Timestamp before{then.microseconds - length / 20};
    return {must(ledger_->true_at(view, then)), must(ledger_->true_at(view, before))};
  }

  const ProgramHistory& programs_;
  std::filesystem::path where_;
  std::uint64_t seed_;
  std::optional<Ledger> ledger_;
};

}  // namespace

void measure_questions(Context& context) {
  const auto programs = std::make_shared<ProgramHistory>(context.settings.events);
  std::shared_ptr<Asker> asker;
  auto questions = questions_of(*programs);
  std::ranges::move(questions_about_programs(*programs), std::back_inserter(questions));
  for (const auto& question : questions) {
    Measurement measurement{.name = "question-" + question.name, .unit = "ms, p99"};
    if (!context.wanted(measurement.name)) continue;
    measurement.better = Better::lower;
    measurement.goals = {{"", kGoalMilliseconds, kGoalMilliseconds / 10}};
    measurement.contestants = {
        contestant("actbook",
                   [&] {
                     if (asker) return;
                     const auto where = context.fresh("questions");
                     fill(where, *programs, context.settings.seed);
                     asker = std::make_shared<Asker>(where, *programs, context.settings.seed);
                   },
                   {{"", [&, ask = question.ask](unsigned round) {
                       return asker->ask(ask, context.settings.questions, round);
                     }}})};
    context.harness.run(std::move(measurement));
  }
}

}  // namespace actbook::bench
