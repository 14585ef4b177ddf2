#include "actbook/record.h"

namespace actbook {

Result<Record> Record::check(std::shared_ptr<const Bytes> owner, ByteView bytes) {
  if (!is_flat<log::Record>(bytes)) {
    return Error{ErrorKind::corrupt, "MALFORMED_RECORD", "a stored event is not well-formed", {}};
  }
  return Record(std::move(owner), bytes);
}

}  // namespace actbook
