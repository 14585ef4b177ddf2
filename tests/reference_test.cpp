#include "docs/reference.h"

#include <doctest/doctest.h>
#include <flatbuffers/idl.h>

#include "docs/markdown.h"
#include "support/documented.h"

// What docs/REFERENCE.md is written from, on schemas that are small, and wrong on purpose.
namespace actbook::reference {
namespace {

using Strings = std::vector<std::string>;

const std::string kSchema = R"(
  namespace actbook.schema;
  attribute "ident";
  attribute "tag";
  enum Reason:ushort {
    /// it is shut
    SHUT,
    /// nobody is
    NOBODY_HOME
  }
  namespace actbook.event;
  /// A door was opened.
  table DoorOpened { door:string (id: 0, required, tag, ident); }
  union Event { DoorOpened }
  table AnyEvent { event:Event (id: 1, required); }
  namespace actbook.command;
  /// Rings, once,
  /// or more often.
  ///
  /// Where there is a bell.
  ///
  /// By: anybody; also: a
  /// cat.
  /// Refused for: at night: NOBODY_HOME, SHUT; by
  /// day: SHUT.
  /// Results: opened, seen_through_window.
  table Ring {
    /// Whose.
    door:string (id: 0, required, tag, ident);
    why:actbook.schema.Reason = NOBODY_HOME (id: 1);
  }
  /// Goes away.
  /// By: anybody.
  /// Refused for: nothing.
  table Leave { door:string (id: 0); }
  union Command { Ring, Leave }
  table CommandEnvelope { command:Command (id: 1, required); }
  root_type CommandEnvelope;
)";

/// A schema of commands and events, with one piece of its text replaced.
class Parsed {
 public:
  explicit Parsed(const std::string& piece = "", const std::string& replacement = "") {
    auto text = kSchema;
    const auto at = text.find(piece);
    REQUIRE_MESSAGE(at != std::string::npos, piece);
    text.replace(at, piece.size(), replacement);
    parser_.opts.binary_schema_comments = true;
    REQUIRE_MESSAGE(parser_.Parse(text.c_str()), parser_.error_);
    parser_.Serialize();
    const auto* schema = reflection::GetSchema(parser_.builder_.GetBufferPointer());
    reference_ = read_reference(*schema, *schema);
  }
  [[nodiscard]] const Reference& operator*() const { return reference_; }
  [[nodiscard]] const Reference* operator->() const { return &reference_; }

 private:
  flatbuffers::Parser parser_;
  Reference reference_;
};

Strings gaps_with(const std::string& piece, const std::string& replacement) {
  return gaps(*Parsed(piece, replacement));
}

bool has(const std::string& page, const std::string& text) {
  return page.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("reference: a doc comment is read in paragraphs and by its labels") {
  const Parsed parsed;
  CHECK(gaps(*parsed) == Strings());
  const auto* ring = parsed->command("Ring");
  REQUIRE(ring != nullptr);
  CHECK(ring->comment.text == Strings{"Rings, once, or more often.", "Where there is a bell."});
  CHECK(ring->comment.labelled_as("By") == "anybody; also: a cat.");
  CHECK(ring->comment.labelled_as("Refused for") == "at night: NOBODY_HOME, SHUT; by day: SHUT.");
  CHECK(ring->refusals == Strings{"NOBODY_HOME", "SHUT"});
  CHECK(ring->results == Strings{"opened", "seen_through_window"});
  const auto* leave = parsed->command("Leave");
  REQUIRE(leave != nullptr);
  CHECK(leave->comment.text == Strings{"Goes away."});
  CHECK(leave->refusals == Strings());
  CHECK(parsed->command("Knock") == nullptr);
  REQUIRE(parsed->reasons.size() == 2);
  CHECK(parsed->reasons[0].code == "SHUT");
  CHECK(parsed->reasons[0].text == "it is shut");
  REQUIRE(parsed->events.size() == 1);
  CHECK(parsed->events[0].text == Strings{"A door was opened."});
}

TEST_CASE("reference: what a comment leaves out is found") {
  CHECK(gaps_with("/// By: anybody.", "///") ==
        Strings{"Leave does not say who may give it (By:)"});
  CHECK(gaps_with("/// Refused for: nothing.", "///") ==
        Strings{"Leave does not say what it is refused for (Refused for:)"});
  CHECK(gaps_with("/// Goes away.", "///") == Strings{"Leave does not say what it does"});
  CHECK(gaps_with("/// A door was opened.", "") ==
        Strings{"DoorOpened does not say what happened"});
  CHECK(gaps_with("/// nobody is", "") == Strings{"NOBODY_HOME has no sentence for people"});
}

TEST_CASE("reference: what a comment says wrongly is found") {
  CHECK(gaps_with("night: NOBODY_HOME, SHUT", "night: NOBODY_HOEM, SHUT") ==
        Strings{"Ring is refused for NOBODY_HOEM, which is no reason"});
  CHECK(gaps_with("nothing.", "something.") ==
        Strings{"Leave is refused for no reason there is; write \"Refused for: nothing.\" if it "
                "never is"});
  CHECK(gaps_with("/// Results:", "/// Result:") ==
        Strings{"Ring has a paragraph \"Result:\"; those there are: By, Refused for, Results"});
}

TEST_CASE("reference: the page shows it, and each reason with its commands") {
  const auto page = markdown(*Parsed());
  CHECK(page.starts_with("<!-- Generated "));
  CHECK(has(page,
            "\n### Ring\n\nRings, once, or more often.\n\nWhere there is a bell.\n\n"
            "- **By:** anybody; also: a cat.\n"
            "- **Refused for:** at night: `NOBODY_HOME`, `SHUT`; by day: `SHUT`.\n"
            "- **Results:** `opened`, `seen_through_window`.\n"));
  CHECK(has(page, "| `door` | required | id | `door:` | Whose. |\n"));
  CHECK(has(page, "\n### DoorOpened\n\nA door was opened.\n"));
  CHECK(has(page, "\n- `SHUT`: it is shut. [Ring](#ring).\n"));
}

TEST_CASE("reference: an outcome that the doc comment does not say is found") {
  using testing::undocumented;
  const Parsed parsed;
  const auto& ring = *parsed->command("Ring");
  CHECK(undocumented(ring, {}).empty());
  CHECK(undocumented(ring, {"SHUT", {}, "opened"}).empty());
  CHECK(undocumented(ring, {"", {"NOBODY_HOME", "SHUT"}, ""}).empty());
  CHECK(undocumented(ring, {"", {"SHUT"}, ""}).empty());
  CHECK(has(undocumented(ring, {"AWAY", {}, ""}), "Ring was refused for AWAY"));
  CHECK(has(undocumented(ring, {"", {"SHUT", "AWAY"}, ""}), "Ring, observed, broke AWAY"));
  CHECK(has(undocumented(ring, {"", {"SHUT", "NOBODY_HOME"}, ""}),
            "Ring, observed, broke SHUT before NOBODY_HOME"));
  const Parsed marked("at night: NOBODY_HOME", "at night: NOBODY_HOME (observed)");
  const auto& night = *marked->command("Ring");
  CHECK(night.observed_only == Strings{"NOBODY_HOME"});
  CHECK(undocumented(night, {"", {"NOBODY_HOME", "SHUT"}, ""}).empty());
  CHECK(has(undocumented(night, {"NOBODY_HOME", {}, ""}), "only an observed fact can break"));
  CHECK(has(undocumented(ring, {"", {}, "closed"}), "Ring has the result closed"));
}

TEST_CASE("reference: the schemas of this program leave nothing out") {
  CHECK(gaps(reference()) == Strings());
  CHECK(reference().commands.size() > 30);
  CHECK(reference().command("CreateWorkspace")->refusals.front() == "ORG_NOT_FOUND");
}

}  // namespace actbook::reference
