#pragma once

#include <string>
#include <utility>

#include "actbook/projector.h"
#include "actbook/schema/events_generated.h"

namespace actbook::testing {

/// The projector with a bug: it forgets that a workspace was renamed to a certain name.
class Forgetful final : public Projector {
 public:
  /// `version` is what it says of itself, `reads_since` the oldest whose rows it reads.
  explicit Forgetful(std::string name, std::uint32_t version = partner_projector().version(),
                     std::uint32_t reads_since = partner_projector().version())
      : name_(std::move(name)), version_(version), reads_since_(reads_since) {}
  [[nodiscard]] std::uint32_t version() const override { return version_; }
  [[nodiscard]] std::uint32_t reads_since() const override { return reads_since_; }
  [[nodiscard]] std::string_view event_namespace() const override {
    return partner_projector().event_namespace();
  }
  [[nodiscard]] const Schema& events() const override { return partner_projector().events(); }

 private:
  [[nodiscard]] Result<void> project_event(const Record& record, RowOverlay& rows) const override {
    const auto* event = flatbuffers::GetRoot<event::WorkspaceRenamed>(record.payload().data());
    if (event->to()->str() == name_) return boost::outcome_v2::success();
    return partner_projector().project(record, rows);
  }

  std::string name_;
  std::uint32_t version_;
  std::uint32_t reads_since_;
};

}  // namespace actbook::testing
