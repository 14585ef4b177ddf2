#include "actbook/error.h"

namespace actbook {

const char* to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid:
      return "invalid";
    case ErrorKind::conflict:
      return "conflict";
    case ErrorKind::unavailable:
      return "unavailable";
    case ErrorKind::unknown_outcome:
      return "unknown_outcome";
    case ErrorKind::corrupt:
      return "corrupt";
    case ErrorKind::unsupported:
      return "unsupported";
    case ErrorKind::misuse:
      return "misuse";
  }
  return "unknown";
}

}  // namespace actbook
