#include <doctest/doctest.h>

#include <random>

#include "actbook/merkle.h"

namespace actbook::testing {

namespace {

Bytes from_hex(std::string_view hex) {
  Bytes bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(
        static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

std::string hex_root(const TreeHasher& tree) {
  const auto text = to_string(tree.head());
  return text.substr(text.find(':') + 1);
}

// RFC 6962, section 2.1, word for word: MTH(D[n]) by splitting at the largest power of two below n.
Hash mth(const std::vector<Bytes>& leaves, std::size_t begin, std::size_t end) {
  if (end - begin == 1) return leaf_hash(leaves[begin]);
  std::size_t split = 1;
  while (split * 2 < end - begin) split *= 2;
  return node_hash(mth(leaves, begin, begin + split), mth(leaves, begin + split, end));
}

}  // namespace

TEST_CASE("merkle: the known answers of certificate transparency's reference implementation") {
  const std::vector<std::string> leaves = {"",
                                           "00",
                                           "10",
                                           "2021",
                                           "3031",
                                           "40414243",
                                           "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f"};
  const std::vector<std::string> roots = {
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  TreeHasher tree;
  CHECK(hex_root(tree) == roots[0]);
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    tree.add(leaf_hash(from_hex(leaves[i])));
    CHECK(tree.size() == i + 1);
    CHECK(hex_root(tree) == roots[i + 1]);
  }
}

TEST_CASE("merkle: grown leaf by leaf or from subtrees it is the tree that RFC 6962 defines") {
  std::vector<Bytes> leaves;
  TreeHasher grown;
  for (std::size_t size = 1; size <= 600; ++size) {
    leaves.emplace_back(size % 7, static_cast<std::uint8_t>(size));
    grown.add(leaf_hash(leaves.back()));
    const Hash expected = mth(leaves, 0, size);
    CHECK(grown.root() == expected);
    TreeHasher jumped;
    for (std::size_t tile = 0; tile < size / 256; ++tile) {
      jumped.add(mth(leaves, tile * 256, (tile + 1) * 256), 8);
    }
    for (std::size_t i = size / 256 * 256; i < size; ++i) jumped.add(leaf_hash(leaves[i]));
    CHECK(jumped.head() == grown.head());
  }
}

TEST_CASE("merkle: a head is written and read") {
  TreeHasher tree;
  tree.add(leaf_hash(Bytes{1, 2, 3}));
  const auto text = to_string(tree.head());
  CHECK(parse_tree_head(text).value() == tree.head());
  for (const auto* bad : {"", "1", "1:", ":", "1:00", "x:", "-1:"}) {
    CHECK(parse_tree_head(bad).error().code == "BAD_TREE_HEAD");
  }
  CHECK_FALSE(parse_tree_head(text + "0"));
  CHECK_FALSE(parse_tree_head(text.substr(1)));
  CHECK_FALSE(parse_tree_head("1:" + std::string(64, 'F')));
  CHECK_FALSE(parse_tree_head("1:" + std::string(64, 'g')));
}

}  // namespace actbook::testing
