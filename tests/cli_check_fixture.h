#pragma once

#include <regex>

#include "cli_fixture.h"

namespace actbook::testing {

namespace fs = std::filesystem;

/// What every scenario here begins with: Olga's organisation is a partner with one workspace.
inline constexpr const char* kSetup = R"(steps:
  - at: 2026-01-12 09:00
    by: olga
    do: RegisterOrganisation
    with: {organisation: prism, name: PRISM, owner: olga}
  - by: staff sue
    do: PublishAgreementVersion
    with:
      {agreement: dpa, version: 1, title: Terms, language: en, text_sha256: "HASH"}
  - at: 2026-02-01 09:00
    by: {kind: staff, id: sam}
    do: GrantPartnerStatus
    with: {organisation: prism, contract_reference: 7}
    reason: >
      the contract
      is signed
  - at: 2026-03-01 09:00
    by: person olga
    do: CreateWorkspace
    with:
      workspace: panels
      organisation: prism
      name: Panels
      data_owner: {organisation_name: City, email: clara@city.example}
      acceptance: {agreement: dpa, version: 1, text_shown: true, channel: web}
      invite: inv-clara
)";

/// Scenarios in a directory of their own, and the program that runs them.
class Check {
 public:
  Check() {
    std::string setup = kSetup;
    setup.replace(setup.find("HASH"), 4, std::string(64, 'a'));
    write("setup.yaml", setup);
  }

  std::string write(const std::string& name, const std::string& text) const {
    write_file(directory_ / name, text);
    return (directory_ / name).string();
  }

  /// A scenario with these steps after those of the setup.
  [[nodiscard]] std::string steps(const std::string& steps,
                                  const std::string& name = "scenario.yaml") const {
    return write(name, "setup: setup.yaml\nsteps:\n" + steps);
  }

  /// What is said of one file, as JSON.
  [[nodiscard]] json report(const std::string& file, int code) const {
    const auto ran = Cli::bare({"check", file, "--format", "json"});
    CHECK_MESSAGE(ran.code == code, ran.out, ran.err);
    const auto said = json::parse(ran.out);
    REQUIRE(said.size() == 1);
    return said[0];
  }

  /// The steps must all be as expected.
  void holds(const std::string& given) const {
    const auto said = report(steps(given), 0);
    CHECK_MESSAGE(said["result"] == "ok", said.dump(2));
  }

  [[nodiscard]] const fs::path& directory() const { return directory_.path(); }

 private:
  TempDirectory directory_;
};

/// Where the log begins with other role definitions, all positions are others.
inline std::string without_positions(const std::string& text) {
  return std::regex_replace(text, std::regex("position [0-9]+"), "position N");
}

}  // namespace actbook::testing
