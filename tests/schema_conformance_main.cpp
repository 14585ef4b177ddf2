// Compares two binary schemas and prints what the newer one breaks; see schema_conformance.h.
// Usage: schema_conformance OLD.bfbs NEW.bfbs    Exits 1 if anything is broken, 2 if a file cannot
// be read.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include "actbook/flat.h"
#include "schema_conformance.h"

namespace {

actbook::Bytes read_schema(const char* path) {
  std::ifstream file(path, std::ios::binary);
  actbook::Bytes bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || !actbook::is_flat<reflection::Schema>(bytes)) {
    std::cerr << path << " is not a binary schema\n";
    std::exit(2);
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: schema_conformance OLD.bfbs NEW.bfbs\n";
    return 2;
  }
  const auto older = read_schema(argv[1]);
  const auto newer = read_schema(argv[2]);
  const auto violations = actbook::test::schema_violations(*reflection::GetSchema(older.data()),
                                                           *reflection::GetSchema(newer.data()));
  for (const auto& violation : violations) std::cout << violation << '\n';
  return violations.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}
