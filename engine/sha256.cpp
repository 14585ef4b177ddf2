#include "actbook/sha256.h"

#include <openssl/evp.h>

#include <cstdlib>

namespace actbook {
namespace {

void require(int done) {
  if (done != 1) std::abort();  // out of memory, or OpenSSL without SHA-256
}

}  // namespace

struct Sha256::Context {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> openssl{EVP_MD_CTX_new(),
                                                                  EVP_MD_CTX_free};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  require(EVP_DigestInit_ex(context_->openssl.get(), EVP_sha256(), nullptr));
}

Sha256::~Sha256() = default;

void Sha256::add(ByteView bytes) {
  require(EVP_DigestUpdate(context_->openssl.get(), bytes.data(), bytes.size()));
}

void Sha256::add(std::uint64_t number) {
  std::array<std::uint8_t, 8> bytes{};
  for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, number >>= 8) {
    *byte = static_cast<std::uint8_t>(number & 0xff);
  }
  add(ByteView(bytes));
}

Hash Sha256::finish() {
  Hash hash;
  require(EVP_DigestFinal_ex(context_->openssl.get(), hash.data(), nullptr));
  require(EVP_DigestInit_ex(context_->openssl.get(), EVP_sha256(), nullptr));
  return hash;
}

std::string to_hex(const Hash& hash) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const auto byte : hash) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

}  // namespace actbook
