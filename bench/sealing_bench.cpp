// What sealing personal data costs whoever records, by way of the facade.
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include "actbook/ledger.h"
#include "context.h"
#include "rival.h"

namespace actbook::bench {
namespace {

constexpr std::uint64_t kPeople = 1'000;
constexpr double kWarmUp = 0.2;

template <class T>
T must(Result<T> result) {
  if (!result) throw Failure(result.error().message);
  return std::move(result).value();
}

command::CommandEnvelopeT by_staff(std::uint64_t n) {
  command::CommandEnvelopeT envelope;
  envelope.command_id = "c-" + std::to_string(n);
  envelope.actor = std::make_unique<schema::ActorT>();
  envelope.actor->kind = schema::ActorKind::staff;
  envelope.actor->id = "sam";
  envelope.reason = "measured";
  return envelope;
}

command::CommandEnvelopeT contract(std::uint64_t n) {
  auto envelope = by_staff(n);
  command::GrantPartnerStatusT granted;
  granted.organisation = "organisation";
  granted.contract_reference = "The contract with the number " + std::to_string(n);
  envelope.command.Set(std::move(granted));
  return envelope;
}

command::CommandEnvelopeT name(std::uint64_t n, const std::string& person) {
  auto envelope = by_staff(n);
  command::RegisterPersonT registered;
  registered.person = person;
  registered.display_name = "Somebody with the number " + std::to_string(n);
  envelope.command.Set(std::move(registered));
  return envelope;
}

command::CommandEnvelopeT erasure(std::uint64_t n, const std::string& person) {
  auto envelope = by_staff(n);
  command::ErasePersonT erased;
  erased.person = person;
  envelope.command.Set(std::move(erased));
  return envelope;
}

/// A ledger that knows an organisation and a thousand people. Its commands record one event each.
class Registry {
 public:
  explicit Registry(const std::filesystem::path& where) : directory_(where) {
    ledger_.emplace(must(Ledger::create(where, {})));
    auto envelope = by_staff(next_++);
    command::RegisterOrganisationT organisation;
    organisation.organisation = "organisation";
    organisation.name = "An organisation";
    organisation.owner = "person-0";
    envelope.command.Set(std::move(organisation));
    (void)must(ledger_->record(envelope));
    for (std::uint64_t i = 0; i < kPeople; ++i) record(name(next_++, known_person(i)));
  }
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;
  ~Registry() {
    ledger_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  void nothing_personal() { record(contract(next_++)); }
  void name_of_known() {
    const auto n = next_++;
    record(name(n, known_person(n % kPeople)));
  }
  void name_of_new() {
    const auto n = next_++;
    record(name(n, "new-" + std::to_string(n)));
  }
  void erase() { record(erasure(next_++, known_person(erased_++))); }

 private:
  static std::string known_person(std::uint64_t i) { return "person-" + std::to_string(i); }
  void record(const command::CommandEnvelopeT& envelope) {
    if (must(ledger_->record(envelope))->outcome() != log::Outcome::recorded) {
      throw Failure("a command of the sealing benchmark recorded nothing");
    }
  }

  std::filesystem::path directory_;
  std::optional<Ledger> ledger_;
  std::atomic<std::uint64_t> next_ = 0;
  std::uint64_t erased_ = 0;
};

using Act = void (Registry::*)();

// So many callers, each with one command after the other. Events a second.
Reading run_for(Registry& registry, Act act, unsigned callers, double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const auto end =
      start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  std::atomic<std::uint64_t> events = 0;
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < callers; ++i) {
    threads.emplace_back([&] {
      for (; Clock::now() < end; ++events) (registry.*act)();
    });
  }
  threads.clear();
  const std::chrono::duration<double> took = Clock::now() - start;
  return {static_cast<double>(events) / took.count()};
}

void sealing_with(Context& context, unsigned callers) {
  Measurement measurement;
  measurement.name = "sealing-" + std::to_string(callers);
  if (!context.wanted(measurement.name)) return;
  measurement.unit = "events/s";
  measurement.plain_ratio = true;
  const auto add = [&](const std::string& what, Act act) {
    const auto registry = std::make_shared<std::unique_ptr<Registry>>();
    const auto directory = "sealing-" + std::to_string(measurement.contestants.size());
    measurement.contestants.push_back(
        contestant(what,
                   [&context, registry, act, callers, directory] {
                     *registry = std::make_unique<Registry>(context.fresh(directory));
                     (void)run_for(**registry, act, callers, kWarmUp);
                   },
                   {{"", [&context, registry, act, callers](unsigned) {
                       return run_for(**registry, act, callers, context.settings.seconds);
                     }}}));
  };
  add("a name of somebody known", &Registry::name_of_known);
  add("nothing personal", &Registry::nothing_personal);
  add("a name of somebody new", &Registry::name_of_new);
  context.harness.run(std::move(measurement));
}

void erasing(Context& context) {
  Measurement measurement{.name = "sealing-erase", .unit = "ms"};
  if (!context.wanted(measurement.name)) return;
  measurement.better = Better::lower;
  const auto registry = std::make_shared<std::unique_ptr<Registry>>();
  measurement.contestants = {contestant(
      "one person of a thousand",
      [&] { *registry = std::make_unique<Registry>(context.fresh("sealing")); },
      {{"", [registry](unsigned) {
          constexpr double kMilliseconds = 1'000;
          const auto start = std::chrono::steady_clock::now();
          (**registry).erase();
          const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
          return Reading{took.count() * kMilliseconds};
        }}})};
  context.harness.run(std::move(measurement));
}

}  // namespace

void measure_sealing(Context& context) {
  sealing_with(context, 1);
  sealing_with(context, 16);
  erasing(context);
}

}  // namespace actbook::bench
