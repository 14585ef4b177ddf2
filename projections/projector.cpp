#include "actbook/projector.h"

#include "actbook/schema/events_bfbs_generated.h"
#include "evolve/evolve.h"
#include "visit_event.h"

namespace actbook {
namespace {

class PartnerProjector final : public Projector {
 public:
  [[nodiscard]] std::uint32_t version() const override { return 8; }
  [[nodiscard]] std::string_view event_namespace() const override { return kEventNamespace; }
  [[nodiscard]] const Schema& events() const override { return events_; }

  [[nodiscard]] Result<void> project_event(const Record& record, RowOverlay& rows) const override {
    return visit_event(record, [&](const auto& event) {
      Fold fold(record, rows);
      evolve(event, fold);
    });
  }

 private:
  Schema events_{
      ByteView(event::AnyEventBinarySchema::data(), event::AnyEventBinarySchema::size())};
};

}  // namespace

const Projector& partner_projector() {
  static const PartnerProjector projector;
  return projector;
}

}  // namespace actbook
