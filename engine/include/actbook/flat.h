#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "actbook/error.h"

namespace actbook {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// The name of an enum's value as the schema has it. The generated functions EnumName... append an
/// underscore to the keywords of C++ (import, private).
[[nodiscard]] inline std::string schema_name(const char* generated) {
  std::string name = generated;
  if (name.ends_with('_')) name.pop_back();
  return name;
}

/// True if `bytes` hold a well-formed T: every offset, string and vector lies within them.
template <class T>
[[nodiscard]] bool is_flat(ByteView bytes) {
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  return verifier.VerifyBuffer<T>(nullptr);
}

/// The FlatBuffers form of a native object, without a size prefix.
template <class Native>
[[nodiscard]] Bytes pack(const Native& object) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(Native::TableType::Pack(builder, &object));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

/// A FlatBuffers table that owns its bytes and was verified once, so that reading it needs no
/// further check.
template <class T>
class Flat {
 public:
  /// Errors: corrupt, if `bytes` are not a well-formed T.
  [[nodiscard]] static Result<Flat> check(Bytes bytes) {
    if (!is_flat<T>(bytes)) {
      return Error{ErrorKind::corrupt,
                   "MALFORMED_TABLE",
                   std::string("the stored bytes are not a ") + T::GetFullyQualifiedName(),
                   {}};
    }
    return Flat(std::move(bytes));
  }
  [[nodiscard]] static Flat of(const typename T::NativeTableType& object) {
    return Flat(pack(object));
  }

  const T* operator->() const { return flatbuffers::GetRoot<T>(bytes_.data()); }
  const T& operator*() const { return *operator->(); }
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }

 private:
  explicit Flat(Bytes bytes) : bytes_(std::move(bytes)) {}

  Bytes bytes_;
};

}  // namespace actbook
