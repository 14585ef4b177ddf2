#pragma once

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "actbook/json.h"
#include "actbook/ledger.h"
#include "support/must.h"
#include "support/temp_directory.h"

namespace actbook::testing {

using nlohmann::json;

inline Timestamp time_of(const std::string& time) { return must(parse_iso8601(time)); }

inline Search with_tags(std::vector<std::string> tags) {
  Search search;
  search.tags = std::move(tags);
  return search;
}

/// Of the envelope of a fact that was true at that time.
inline json fact(const std::string& occurred_at) {
  return {{"mode", "observed"}, {"occurred_at", occurred_at}};
}

/// A member of each line, such as "charge" or "/accrued/position"; null where a line has it not.
inline json each(const json& answer, const std::string& member) {
  const json::json_pointer path(member.front() == '/' ? member : "/" + member);
  json all = json::array();
  for (const auto& line : answer.at("lines")) all.push_back(line.value(path, json()));
  return all;
}

/// A ledger of its own on disk, with a simulated clock and both programs, told day by day; and the
/// questions of an audit, answered as JSON.
class ToldLedger {
 public:
  ToldLedger() {
    Ledger::CreateOptions options;
    options.clock = schema::ClockKind::simulated;
    ledger_.emplace(must(Ledger::create(directory_ / "ledger", options, Timestamp{1})));
  }

  [[nodiscard]] const Ledger& ledger() const { return *ledger_; }

  /// From here on it is this time.
  void at(const std::string& time) { now_ = time_of(time); }

  /// A command of "kind:id", which has to record something; `envelope` are further members of it.
  /// The answer is the position of its first event.
  std::uint64_t tell(const std::string& who, const std::string& type, const json& what,
                     const json& envelope = json::object()) {
    const auto receipt = record(who, type, what, envelope);
    REQUIRE_MESSAGE(receipt->outcome() == log::Outcome::recorded, type, " ",
                    receipt->reason() != nullptr ? receipt->reason()->str() : "unchanged");
    return receipt->first_position();
  }
  /// A command that has to be refused; the answer is why it was.
  std::string refuse(const std::string& who, const std::string& type, const json& what) {
    const auto receipt = record(who, type, what, json::object());
    REQUIRE(receipt->outcome() == log::Outcome::refused);
    return receipt->reason()->str();
  }
  void organisation(const std::string& id, const std::string& owner) {
    tell("staff:sam", "RegisterOrganisation",
         {{"organisation", id}, {"name", id}, {"owner", owner}, {"account", "acc-" + id}});
  }

  /// On 2026-03-01 PRISM (owner olga) becomes a partner, HAARLEM (owner hana) is there, and so is
  /// an agreement. The answer is the position of the grant.
  std::uint64_t found_partner() {
    at("2026-03-01");
    organisation("prism", "olga");
    organisation("haarlem", "hana");
    publish_agreement();
    return tell("staff:sam", "GrantPartnerStatus",
                {{"organisation", "prism"}, {"contract_reference", "P-7"}});
  }
  void add(const std::string& owner, const std::string& organisation, const std::string& person,
           const std::string& role) {
    tell("person:" + owner, "AddOrganisationMember",
         {{"organisation", organisation}, {"person", person}, {"role", role}});
  }
  /// A command about the workspace panels, which most of these histories have.
  std::uint64_t panels(const std::string& who, const std::string& type, json what = json::object(),
                       const json& envelope = json::object()) {
    what["workspace"] = "panels";
    return tell(who, type, what, envelope);
  }

  void publish_agreement() {
    tell("staff:sam", "PublishAgreementVersion",
         {{"agreement", "dpa"},
          {"version", 1},
          {"title", "T"},
          {"language", "en"},
          {"text_sha256", std::string(64, '1')}});
  }
  /// An internal workspace.
  std::uint64_t create(const std::string& who, const std::string& organisation,
                       const std::string& workspace, const json& envelope = json::object()) {
    return tell(who, "CreateWorkspace",
                {{"workspace", workspace}, {"organisation", organisation}, {"name", workspace}},
                envelope);
  }
  /// A workspace that holds the data of clara, of HAARLEM, on the account acc-WORKSPACE.
  std::uint64_t create_external(const std::string& who, const std::string& organisation,
                                const std::string& workspace,
                                const json& envelope = json::object()) {
    json what = held_for_clara(workspace);
    what.update({{"organisation", organisation}, {"name", workspace}});
    return tell(who, "CreateWorkspace", what, envelope);
  }
  [[nodiscard]] static json held_for_clara(const std::string& workspace) {
    return {{"workspace", workspace},
            {"account", "acc-" + workspace},
            {"data_owner",
             {{"organisation_name", "Haarlem"}, {"person", "clara"}, {"organisation", "haarlem"}}},
            {"acceptance",
             {{"agreement", "dpa"}, {"version", 1}, {"text_shown", true}, {"channel", "web"}}}};
  }

  /// The types of the events at these positions, with spaces between them.
  [[nodiscard]] std::string acts(const json& positions) const {
    std::string types;
    for (const auto& position : positions) {
      types.append(types.empty() ? "" : " ");
      types.append(must(ledger_->event(Position{position.get<std::uint64_t>()})).type());
    }
    return types;
  }

  [[nodiscard]] View now() const { return ledger_->now(); }
  /// What was recorded by then.
  [[nodiscard]] View known(const std::string& time) const {
    return must(ledger_->as_of(time_of(time)));
  }
  /// What was true then, by all that is known.
  [[nodiscard]] View true_at(const std::string& time) const {
    return must(ledger_->true_at(ledger_->now(), time_of(time)));
  }

  template <class Answer>
  using Question = Result<Answer> (Ledger::*)(const View&, const Search&) const;

  template <class Answer>
  [[nodiscard]] json ask(Question<Answer> question, const View& view,
                         const Search& search = {}) const {
    return json::parse(to_json(must(((*ledger_).*question)(view, search))));
  }
  template <class Answer>
  [[nodiscard]] json ask(Question<Answer> question, const Search& search = {}) const {
    return ask(question, now(), search);
  }
  /// The lines of all pages of `limit` events, from the cursor of each to the next.
  template <class Answer>
  [[nodiscard]] json paged(Question<Answer> question, Search search, std::size_t limit) const {
    search.limit = limit;
    json pages = {{"lines", json::array()}, {"pages", 0}};
    for (bool more = true; more;) {
      const json page = ask(question, search);
      for (const auto& line : page.at("lines")) pages["lines"].push_back(line);
      pages["pages"] = pages["pages"].get<int>() + 1;
      more = page.contains("next");
      if (more) search.after = Position{page.at("next").get<std::uint64_t>()};
    }
    return pages;
  }
  /// The code of the error that a question gets; empty, if it gets none.
  template <class Answer>
  [[nodiscard]] std::string failure(Question<Answer> question, const View& view,
                                    const Search& search) const {
    const auto answer = ((*ledger_).*question)(view, search);
    return answer ? std::string() : answer.error().code;
  }

 private:
  Flat<log::Receipt> record(const std::string& who, const std::string& type, const json& what,
                            const json& envelope) {
    const auto colon = who.find(':');
    json command = {{"command_id", "c-" + std::to_string(++commands_)},
                    {"actor", {{"kind", who.substr(0, colon)}, {"id", who.substr(colon + 1)}}},
                    {"reason", "asked"},
                    {"command_type", type},
                    {"command", what}};
    command.update(envelope);
    return must(ledger_->record(must(command_from_json(command.dump())), std::optional(now_)));
  }

  TempDirectory directory_;
  std::optional<Ledger> ledger_;
  Timestamp now_;
  int commands_ = 0;
};

}  // namespace actbook::testing
