#include "actbook/batch.h"

#include <algorithm>
#include <set>

namespace actbook {
namespace {

// A payload stands 8-byte aligned within its record, a record within its block: FlatBuffers reads
// scalars in place.
constexpr std::size_t kAlignment = 8;

// Every record of a batch is built with this size and gets the true one when the batch is finished.
constexpr std::uint32_t kUnknownSize = 0xffffffff;

flatbuffers::Offset<flatbuffers::String> optional_string(flatbuffers::FlatBufferBuilder& builder,
                                                         const std::string& text) {
  if (text.empty()) return {};
  return builder.CreateString(text);
}

}  // namespace

Batch::Batch(const RowReader& state, Position first, Timestamp recorded_at, CommandInfo info,
             const Projector& projector)
    : rows_(state),
      first_(first),
      recorded_at_(recorded_at),
      info_(std::move(info)),
      projector_(projector) {}

Result<void> Batch::append(const EventDraft& draft) {
  std::set<std::string> tags(draft.extra_tags.begin(), draft.extra_tags.end());
  if (!is_system_event(draft.type)) {
    const std::string table = std::string(projector_.event_namespace()) + draft.type;
    for (auto& tag : projector_.events().tags(table, draft.payload)) tags.insert(std::move(tag));
  }
  tags.insert("type:" + draft.type);
  // `actor:sam` finds what an id did; `staff:sam` or `person:adam` also tells the kinds of actor
  // apart, and gives a person one tag for all they did and all that was done to them.
  tags.insert("actor:" + info_.actor.id);
  if (info_.actor.kind) {
    const auto kind = schema_name(schema::EnumNameActorKind(*info_.actor.kind));
    tags.insert(kind + ":" + info_.actor.id);
  }
  if (!info_.acting_organisation.empty()) tags.insert("organisation:" + info_.acting_organisation);
  if (!info_.correlation_id.empty()) tags.insert("correlation:" + info_.correlation_id);

  flatbuffers::FlatBufferBuilder builder;
  const auto type = builder.CreateString(draft.type);
  const auto command_id = builder.CreateString(info_.command_id);
  const auto actor = schema::Actor::Pack(builder, &info_.actor);
  const auto acting_organisation = optional_string(builder, info_.acting_organisation);
  const auto basis = optional_string(builder, basis_);
  const auto reason = optional_string(builder, info_.reason);
  const auto correlation_id = optional_string(builder, info_.correlation_id);
  const auto causation_id = optional_string(builder, info_.causation_id);
  flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>> rules_broken;
  if (!rules_broken_.empty()) rules_broken = builder.CreateVectorOfStrings(rules_broken_);
  const auto tag_list =
      builder.CreateVectorOfStrings(std::vector<std::string>(tags.begin(), tags.end()));
  builder.ForceVectorAlignment(draft.payload.size(), 1, kAlignment);
  const auto payload = builder.CreateVector(draft.payload);

  log::RecordBuilder record(builder);
  record.add_position(first_.value + records_.size());
  record.add_recorded_at(recorded_at_.microseconds);
  record.add_occurred_at(occurred_at().microseconds);
  record.add_type(type);
  record.add_command_id(command_id);
  record.add_batch_index(static_cast<std::uint32_t>(records_.size()));
  record.add_batch_size(kUnknownSize);
  record.add_actor(actor);
  if (!acting_organisation.IsNull()) record.add_acting_organisation(acting_organisation);
  if (!basis.IsNull()) record.add_basis(basis);
  record.add_mode(info_.mode);
  if (!rules_broken.IsNull()) record.add_rules_broken(rules_broken);
  if (!reason.IsNull()) record.add_reason(reason);
  if (!correlation_id.IsNull()) record.add_correlation_id(correlation_id);
  if (!causation_id.IsNull()) record.add_causation_id(causation_id);
  record.add_tags(tag_list);
  record.add_payload(payload);
  builder.Finish(record.Finish());

  auto bytes = std::make_shared<Bytes>(builder.GetBufferPointer(),
                                       builder.GetBufferPointer() + builder.GetSize());
  BOOST_OUTCOME_TRY(checked, Record::check(bytes, *bytes));
  BOOST_OUTCOME_TRY(projector_.project(checked, rows_));
  buffers_.push_back(std::move(bytes));
  records_.push_back(checked);
  return boost::outcome_v2::success();
}

Batch::Finished Batch::finish() {
  const auto size = static_cast<std::uint32_t>(records_.size());
  for (const auto& buffer : buffers_) {
    flatbuffers::GetMutableRoot<log::Record>(buffer->data())->mutate_batch_size(size);
  }
  return {std::move(records_), rows_.take_puts()};
}

}  // namespace actbook
