#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "actbook/error.h"
#include "actbook/flat.h"
#include "actbook/position.h"
#include "actbook/schema/record_generated.h"
#include "actbook/time.h"

namespace actbook {

/// What the engine records by itself has a type that begins with a dollar sign; no projector hears
/// of it.
[[nodiscard]] inline bool is_system_event(std::string_view type) { return type.starts_with('$'); }
/// Its payload is a log::ClockHeld: the clock stepped back, and time stands still until it has
/// caught up.
inline constexpr std::string_view kClockHeld = "$clock";

/// One event with its envelope, as stored. Copies share the bytes of the block it came from, so a
/// Record stays valid on its own and costs no copy of the event.
class Record {
 public:
  /// Takes the record in `bytes`, which lie within `owner`. Errors: corrupt, if they are not
  /// well-formed.
  [[nodiscard]] static Result<Record> check(std::shared_ptr<const Bytes> owner, ByteView bytes);
  /// The same, none if they are not.
  [[nodiscard]] static std::optional<Record> read(std::shared_ptr<const Bytes> owner,
                                                  ByteView bytes);

  /// The envelope: recorded_at, actor, tags ...
  const log::Record* operator->() const { return flatbuffers::GetRoot<log::Record>(bytes_.data()); }

  [[nodiscard]] Position position() const { return Position{(*this)->position()}; }
  [[nodiscard]] Timestamp recorded_at() const { return Timestamp{(*this)->recorded_at()}; }
  [[nodiscard]] Timestamp occurred_at() const { return Timestamp{(*this)->occurred_at()}; }
  [[nodiscard]] std::string_view type() const { return (*this)->type()->string_view(); }
  [[nodiscard]] ByteView payload() const {
    return {(*this)->payload()->data(), (*this)->payload()->size()};
  }
  /// The payload as an event of the program. Errors: corrupt, if it is not a well-formed one.
  template <class Event>
  [[nodiscard]] Result<const Event*> payload_as() const {
    if (!is_flat<Event>(payload())) {
      return Error{ErrorKind::corrupt, "MALFORMED_EVENT",
                   "an event of type " + std::string(type()) +
                       " is not well-formed; restore the ledger from a copy",
                   position()};
    }
    return flatbuffers::GetRoot<Event>(payload().data());
  }
  /// Exactly as stored, hashed and checked.
  [[nodiscard]] ByteView bytes() const { return bytes_; }

 private:
  Record(std::shared_ptr<const Bytes> owner, ByteView bytes)
      : owner_(std::move(owner)), bytes_(bytes) {}

  std::shared_ptr<const Bytes> owner_;
  ByteView bytes_;
};

}  // namespace actbook
