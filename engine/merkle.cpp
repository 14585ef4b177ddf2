#include "actbook/merkle.h"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <initializer_list>
#include <memory>

namespace actbook {
namespace {

// Looking the algorithm up costs more than hashing an event does.
const EVP_MD* sha256() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

Hash hash(std::initializer_list<ByteView> parts) {
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), EVP_MD_CTX_free);
  Hash result;
  bool done = EVP_DigestInit_ex2(context.get(), sha256(), nullptr) == 1;
  for (const auto part : parts) {
    done = done && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  done = done && EVP_DigestFinal_ex(context.get(), result.data(), nullptr) == 1;
  if (!done) std::abort();  // out of memory, or OpenSSL without SHA-256
  return result;
}

constexpr std::uint8_t kLeaf = 0;
constexpr std::uint8_t kNode = 1;

}  // namespace

Hash leaf_hash(ByteView record) { return hash({{&kLeaf, 1}, record}); }

// In one part: each costs more than its bytes.
Hash node_hash(const Hash& left, const Hash& right) {
  std::array<std::uint8_t, 1 + 2 * std::tuple_size_v<Hash>> node{kNode};
  std::ranges::copy(right, std::ranges::copy(left, node.begin() + 1).out);
  return hash({node});
}

void TreeHasher::add(const Hash& subtree, unsigned level) {
  Hash whole = subtree;
  // Adding one is carrying in binary: each subtree as large as the new one joins it.
  for (auto carry = size_ >> level; (carry & 1) != 0; carry >>= 1) {
    whole = node_hash(subtrees_.back(), whole);
    subtrees_.pop_back();
  }
  subtrees_.push_back(whole);
  size_ += std::uint64_t{1} << level;
}

Hash TreeHasher::root() const {
  if (subtrees_.empty()) return hash({});
  Hash root = subtrees_.back();
  for (auto left = std::next(subtrees_.rbegin()); left != subtrees_.rend(); ++left) {
    root = node_hash(*left, root);
  }
  return root;
}

std::string to_string(const TreeHead& head) {
  return std::to_string(head.size) + ":" + to_hex(head.root);
}

Result<TreeHead> parse_tree_head(std::string_view text) {
  TreeHead head;
  const auto* end = text.data() + text.size();
  auto [next, error] = std::from_chars(text.data(), end, head.size);
  bool good = error == std::errc() && end - next == 1 + 2 * 32 && *next == ':';
  for (auto& byte : head.root) {
    if (!good) break;
    const auto* digits = next + 1 + 2 * (&byte - head.root.data());
    const auto read = std::from_chars(digits, digits + 2, byte, 16);
    good =
        read.ec == std::errc() && read.ptr == digits + 2 &&
        std::none_of(digits, digits + 2, [](char digit) { return digit >= 'A' && digit <= 'F'; });
  }
  if (!good) {
    return Error{ErrorKind::invalid,
                 "BAD_TREE_HEAD",
                 "a head is SIZE:ROOT, a number and 64 lower-case hexadecimal digits, not \"" +
                     std::string(text) + "\"",
                 {}};
  }
  return head;
}

}  // namespace actbook
