#include "actbook/record.h"

namespace actbook {

Result<Record> Record::check(std::shared_ptr<const Bytes> owner, ByteView bytes) {
  auto record = read(std::move(owner), bytes);
  if (!record) {
    return Error{ErrorKind::corrupt, "MALFORMED_RECORD", "a stored event is not well-formed", {}};
  }
  return std::move(*record);
}

std::optional<Record> Record::read(std::shared_ptr<const Bytes> owner, ByteView bytes) {
  if (!is_flat<log::Record>(bytes)) return std::nullopt;
  return Record(std::move(owner), bytes);
}

}  // namespace actbook
