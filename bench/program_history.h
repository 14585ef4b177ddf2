// Programs to ask questions about: workspaces with members, agreements, reads, deals and mandates.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "actbook/batch.h"

namespace actbook::bench {

/// First the organisations; then some workspaces, each with as many events, which stand as far from
/// each other as they can.
class ProgramHistory {
 public:
  explicit ProgramHistory(std::uint64_t events)
      : workspaces_(std::max<std::uint64_t>(events / kEventsOfWorkspace, 100)) {}

  [[nodiscard]] std::uint64_t events() const;
  [[nodiscard]] std::uint64_t workspaces() const { return workspaces_; }
  static std::string workspace(std::uint64_t w) { return "w-" + std::to_string(w); }
  static std::string account(std::uint64_t w) { return "a-" + std::to_string(w); }
  static std::string recording(std::uint64_t w) { return "r-" + std::to_string(w); }
  static std::string project(std::uint64_t w) { return "j-" + std::to_string(w); }
  static std::string deal(std::uint64_t w) { return "d-" + std::to_string(w); }
  /// Each has twenty workspaces, and mandates from its neighbour.
  [[nodiscard]] std::string organisation(std::uint64_t w) const {
    return "o-" + std::to_string(w % organisations());
  }
  /// Who gave a mandate to the organisation of the workspace.
  [[nodiscard]] std::string client(std::uint64_t w) const { return organisation(w + 1); }
  /// Each is a member of about eight workspaces.
  [[nodiscard]] std::string person(std::uint64_t w, std::uint64_t member) const {
    return "p-" + std::to_string((w + member * 7'919) % workspaces_);
  }

  [[nodiscard]] EventDraft draft_of(std::uint64_t number) const;

 private:
  static constexpr std::uint64_t kEventsOfWorkspace = 50;
  static constexpr std::uint64_t kMembers = 8;

  [[nodiscard]] std::uint64_t organisations() const { return workspaces_ / 20; }

  [[nodiscard]] static EventDraft plan_defined();
  [[nodiscard]] EventDraft registered(std::uint64_t o) const;
  [[nodiscard]] EventDraft made_partner(std::uint64_t o) const;
  [[nodiscard]] EventDraft of_workspace(std::uint64_t w, std::uint64_t step) const;
  [[nodiscard]] EventDraft opened(std::uint64_t w) const;
  [[nodiscard]] EventDraft created(std::uint64_t w) const;
  [[nodiscard]] EventDraft accepted(std::uint64_t w, std::uint32_t version) const;
  [[nodiscard]] EventDraft granted(std::uint64_t w, std::uint64_t member) const;
  [[nodiscard]] EventDraft seated(std::uint64_t w, std::uint64_t member) const;
  [[nodiscard]] EventDraft read(std::uint64_t w, std::uint64_t step) const;
  [[nodiscard]] EventDraft changed(std::uint64_t w, std::uint64_t member) const;
  [[nodiscard]] EventDraft ended(std::uint64_t w, std::uint64_t member) const;
  [[nodiscard]] EventDraft proposed(std::uint64_t w) const;
  [[nodiscard]] EventDraft founded(std::uint64_t w) const;
  [[nodiscard]] EventDraft recorded(std::uint64_t w) const;
  [[nodiscard]] EventDraft moved(std::uint64_t w) const;
  [[nodiscard]] EventDraft dealt(std::uint64_t w) const;
  [[nodiscard]] EventDraft charged(std::uint64_t w) const;
  [[nodiscard]] EventDraft accrued(std::uint64_t w) const;
  [[nodiscard]] EventDraft mandated(std::uint64_t w) const;
  [[nodiscard]] EventDraft enabled(std::uint64_t w) const;
  [[nodiscard]] EventDraft entered(std::uint64_t w) const;
  [[nodiscard]] EventDraft refused(std::uint64_t w) const;

  std::uint64_t workspaces_;
};

}  // namespace actbook::bench
