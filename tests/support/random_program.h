#pragma once

#include <flatbuffers/reflection.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "support/memory_ledger.h"
#include "support/seed.h"

namespace actbook::testing {

/// Random commands of every kind, of both partner programs, about a few organisations, people,
/// workspaces and so on that come and go. Fields are filled as the schema of commands asks; then
/// somebody is looked for who may do that, by trying it out. Some commands are left to chance
/// alone, so that rules get broken, too.
class RandomProgram {
 public:
  struct Options {
    /// Now and then a command is a fact: in observed mode, some of long ago.
    bool facts = false;
    /// Addresses mean the contacts of a PlainSealer. Of others no invite is tried out.
    bool plain_contacts = true;
  };
  RandomProgram(unsigned seed, Options options) : options_(options), random_(seed) {}

  /// Some time later: minutes, days, or to the instant at which something expires.
  [[nodiscard]] Timestamp next_time(Timestamp now);
  /// Whether something expires at this very instant.
  [[nodiscard]] bool expires_at(Timestamp at) const { return expiries_.contains(at.microseconds); }
  [[nodiscard]] command::CommandEnvelopeT next(const RowReader& rows, Position head, Timestamp now);
  /// What became of the command. `event` is one that was recorded.
  void note(const command::CommandEnvelopeT& command, log::Outcome outcome);
  void note(const Record& event);

  struct Count {
    int given = 0;
    int recorded = 0;
  };
  [[nodiscard]] const std::map<command::Command, Count>& counts() const { return counts_; }
  /// Everybody who ever was about.
  [[nodiscard]] const std::set<std::string>& everybody() const { return everybody_; }

 private:
  using Envelope = command::CommandEnvelopeT;

  bool chance(std::uint64_t percent) { return random_.below(100) < percent; }
  template <class T>
  const T& any(const std::vector<T>& of) {
    return of[random_.below(of.size())];
  }
  command::Command kind();
  bool has_enough(command::Command kind);
  std::optional<Envelope> search(command::Command kind, bool may_fail);
  Envelope fill(command::Command kind);
  Envelope define_role();
  void hint(Envelope& envelope);
  void hint_move(Envelope& envelope);
  std::string member_of(const std::string& workspace, const std::string& otherwise);
  void remember_invited(const Envelope& envelope);
  void set_mode(Envelope& envelope);
  std::vector<schema::ActorT> actors(const Envelope& envelope);
  std::set<std::string> concerned(const Envelope& envelope);
  std::vector<std::string> related(const std::string& kind, const std::string& id);
  schema::ActorT anybody();

  // ---- a table as its schema asks ----
  flatbuffers::uoffset_t table(const reflection::Object& object);
  void add(const reflection::Field& field, std::int64_t number, flatbuffers::uoffset_t offset);
  bool is_given(const std::string& object, const reflection::Field& field,
                const std::string& chosen);
  std::int64_t number(const std::string& object, const reflection::Field& field);
  std::int64_t instant(const std::string& name);
  flatbuffers::uoffset_t vector_of(const std::string& object, const reflection::Field& field);
  std::string text(const std::string& object, const reflection::Field& field);
  std::string id(const std::string& kind, const std::string& path);
  std::string fresh(const std::string& kind);
  std::string address(const std::string& person);
  std::uint32_t latest_version() const;

  Options options_;
  Random random_;
  std::uint64_t commands_ = 0;
  std::uint64_t ids_ = 0;
  std::map<command::Command, Count> counts_;
  std::vector<std::string> people_ = {"ada", "bob", "cleo", "dan", "eva", "finn",
                                      "gus", "hal", "ina",  "joe", "kim", "lou"};
  std::set<std::string> everybody_{people_.begin(), people_.end()};
  /// By the kind of tag; what was touched last comes last.
  std::map<std::string, std::vector<std::string>> pools_ = {{"agreement", {"dpa"}}};
  /// Whom an invite was sent to: the person and the address.
  std::map<std::string, std::pair<std::string, std::string>> invited_;
  std::set<std::int64_t> expiries_;

  // What the command in the making is about.
  const RowReader* rows_ = nullptr;
  Position head_;
  Timestamp now_;
  bool external_ = false;
  flatbuffers::FlatBufferBuilder builder_;
  PlainSealer sealer_;
};

}  // namespace actbook::testing
