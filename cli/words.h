#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actbook/ledger.h"

namespace actbook::cli {

// How things are said to people. What is absent is an empty text.

/// A name of the schema as words: external_client becomes "external client".
[[nodiscard]] std::string words(std::string_view name);

/// With a capital letter, as a sentence or a heading begins.
[[nodiscard]] std::string sentence_case(std::string text);

/// "1 acceptance", "2 acceptances"
[[nodiscard]] std::string count_words(std::size_t count, std::string_view one,
                                      std::string_view many);

/// ISO 8601; empty for an instant that was never given.
[[nodiscard]] std::string time_words(std::int64_t microseconds);

/// "adam", "staff sue", "system signup"
[[nodiscard]] std::string actor_words(const std::unique_ptr<schema::ActorT>& actor);

/// "2026-03-01T09:00:00Z by adam, position 41"; and what it was like in the world, where that was
/// at another time.
[[nodiscard]] std::string act_words(const std::unique_ptr<schema::ActT>& act);

/// An act whose parts are texts already.
struct ActTexts {
  std::string position;
  std::string recorded_at;
  std::string occurred_at;
  std::string actor_kind;
  std::string actor_id;
};
[[nodiscard]] std::string act_words(const ActTexts& act);

/// "City of Haarlem (contact-1, organisation haarlem)": a kind that the id begins with is not said
/// twice.
[[nodiscard]] std::string data_owner_words(const std::unique_ptr<schema::DataOwnerT>& owner);

/// By which of the two programs an organisation is a partner: "in the workspace program"; "no".
[[nodiscard]] std::string partner_words(bool workspace_program, bool agency_program);

/// "43, 51"
[[nodiscard]] std::string position_words(const std::vector<std::uint64_t>& positions);

/// Reason codes with spaces between them, as an act that broke rules is shown.
[[nodiscard]] std::string broken_words(const std::vector<std::string>& codes);

/// The first digits of a hash, for tables only.
[[nodiscard]] std::string short_hash(std::string_view hash);

/// The sentence for a reason code such as NOT_PARTNER; empty for a code this version does not know.
[[nodiscard]] std::string reason_sentence(std::string_view code);

}  // namespace actbook::cli
