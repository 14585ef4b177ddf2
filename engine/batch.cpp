#include "actbook/batch.h"

#include <algorithm>

#include "tag_set.h"

namespace actbook {
namespace {

// A payload stands 8-byte aligned within its record, a record within its block: FlatBuffers reads
// scalars in place.
constexpr std::size_t kAlignment = 8;

constexpr std::size_t kLargestPiece = std::size_t{1} << 18;

using Strings = flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>>;

// Every record of a batch is built with this size and gets the true one when the batch is finished.
constexpr std::uint32_t kUnknownSize = 0xffffffff;

flatbuffers::Offset<flatbuffers::String> optional_string(flatbuffers::FlatBufferBuilder& builder,
                                                         const std::string& text) {
  if (text.empty()) return {};
  return builder.CreateString(text);
}

}  // namespace

struct Batch::Tools {
  std::string actor_tag;
  TagSet tags;
  std::vector<flatbuffers::Offset<flatbuffers::String>> tag_offsets;
  flatbuffers::FlatBufferBuilder builder;
};

Batch::Batch(const RowReader& state, Position first, Timestamp recorded_at, CommandInfo info,
             const Projector& projector)
    : rows_(state),
      first_(first),
      recorded_at_(recorded_at),
      info_(std::move(info)),
      projector_(projector),
      tools_(std::make_unique<Tools>()) {
  if (info_.actor.kind) {
    tools_->actor_tag =
        schema_name(schema::EnumNameActorKind(*info_.actor.kind)) + ":" + info_.actor.id;
  }
}

Batch::~Batch() = default;

// What an event is found by: what its schema says, who did it, and what the caller adds.
const std::vector<std::string_view>& Batch::tags_of(const EventDraft& draft) {
  auto& tags = tools_->tags;
  tags.clear();
  for (const auto& tag : draft.extra_tags) tags.add(tag);
  if (!is_system_event(draft.type)) {
    const std::string table = std::string(projector_.event_namespace()) + draft.type;
    projector_.events().visit_tags(
        table, draft.payload,
        [&](std::string_view prefix, std::string_view value) { tags.add(prefix, value); });
  }
  tags.add("type:", draft.type);
  // `actor:sam` finds what an id did; `staff:sam` or `person:adam` also tells the kinds of actor
  // apart, and gives a person one tag for all they did and all that was done to them.
  tags.add("actor:", info_.actor.id);
  if (!tools_->actor_tag.empty()) tags.add(tools_->actor_tag);
  if (!info_.acting_organisation.empty()) tags.add("organisation:", info_.acting_organisation);
  if (!info_.correlation_id.empty()) tags.add("correlation:", info_.correlation_id);
  return tags.sorted();
}

Result<void> Batch::append(const EventDraft& draft) {
  auto& builder = tools_->builder;
  builder.Clear();
  const auto type = builder.CreateString(draft.type);
  const auto command_id = builder.CreateString(info_.command_id);
  const auto actor = schema::Actor::Pack(builder, &info_.actor);
  const auto acting_organisation = optional_string(builder, info_.acting_organisation);
  const auto basis = optional_string(builder, basis_);
  const auto reason = optional_string(builder, info_.reason);
  const auto correlation_id = optional_string(builder, info_.correlation_id);
  const auto causation_id = optional_string(builder, info_.causation_id);
  Strings rules_broken;
  if (!rules_broken_.empty()) rules_broken = builder.CreateVectorOfStrings(rules_broken_);
  auto& tags = tools_->tag_offsets;
  tags.clear();
  for (const auto tag : tags_of(draft)) tags.push_back(builder.CreateString(tag));
  const auto tag_list = builder.CreateVector(tags);
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

  auto* const start = keep({builder.GetBufferPointer(), builder.GetSize()});
  BOOST_OUTCOME_TRY(checked, Record::check(piece_, {start, builder.GetSize()}));
  BOOST_OUTCOME_TRY(projector_.project(checked, rows_));
  starts_.push_back(start);
  records_.push_back(std::move(checked));
  return boost::outcome_v2::success();
}

// Events of a large batch share pieces of memory that grow with it.
std::uint8_t* Batch::keep(ByteView bytes) {
  const std::size_t size = (bytes.size() + kAlignment - 1) / kAlignment * kAlignment;
  if (!piece_ || piece_->capacity() - piece_->size() < size) {
    const auto grown = piece_ ? std::min(2 * piece_->capacity(), kLargestPiece) : 0;
    piece_ = std::make_shared<Bytes>();
    piece_->reserve(std::max(size, grown));
  }
  // Its capacity is enough, so what stands in it stays where it is.
  const auto at = piece_->size();
  piece_->insert(piece_->end(), bytes.begin(), bytes.end());
  piece_->resize(at + size);
  return piece_->data() + at;
}

Batch::Finished Batch::finish() {
  const auto size = static_cast<std::uint32_t>(records_.size());
  for (std::size_t i = 0; i < records_.size(); ++i) {
    flatbuffers::GetMutableRoot<log::Record>(starts_[i])->mutate_batch_size(size);
  }
  return {std::move(records_), rows_.take_puts()};
}

}  // namespace actbook
