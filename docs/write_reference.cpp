// Writes docs/REFERENCE.md to standard output; scripts/write-reference puts it where it belongs.
// Usage: write_reference [--check FILE | --refusals]
//   --check FILE   compares FILE with what would be written, and says where they part
//   --refusals     instead on each line a command, a reason it can be refused for, and in which
//   mode
//                  that shows: command, or observed where a command is always refused for another
// Exits 1 if something is left unsaid in the schemas, or FILE is not what they say.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "docs/markdown.h"

namespace {

using actbook::reference::reference;

int check(const std::string& path, const std::string& page) {
  std::ifstream file(path, std::ios::binary);
  const std::string written{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file && written == page) return EXIT_SUCCESS;
  std::istringstream is(written);
  std::istringstream should_be(page);
  std::string left;
  std::string right;
  std::size_t line = 0;
  bool more = true;
  while (more && left == right) {
    ++line;
    const bool is_one = static_cast<bool>(std::getline(is, left));
    const bool should_be_one = static_cast<bool>(std::getline(should_be, right));
    if (!is_one) left = "(the end)";
    if (!should_be_one) right = "(the end)";
    more = is_one && should_be_one;
  }
  std::cerr << path << ":" << line << " is not what the schemas say:\n  it is      " << left
            << "\n  should be  " << right << "\nWrite it anew with scripts/write-reference.\n";
  return EXIT_FAILURE;
}

void write_refusals() {
  for (const auto& command : reference().commands) {
    const auto& observed = command.observed_only;
    for (const auto& reason : command.refusals) {
      const bool is_observed = std::ranges::find(observed, reason) != observed.end();
      std::cout << command.name << ' ' << reason << (is_observed ? " observed\n" : " command\n");
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string how = argc > 1 ? argv[1] : "";
  const bool is_check = how == "--check" && argc == 3;
  const bool is_refusals = how == "--refusals" && argc == 2;
  if (argc > 1 && !is_check && !is_refusals) {
    std::cerr << "usage: write_reference [--check FILE | --refusals]\n";
    return 2;
  }
  const auto gaps = actbook::reference::gaps(reference());
  for (const auto& gap : gaps) std::cerr << gap << '\n';
  if (!gaps.empty()) {
    std::cerr << "The doc comments in schemas/ have to say it; see docs/ADDING_AN_EVENT.md.\n";
    return EXIT_FAILURE;
  }
  if (is_refusals) {
    write_refusals();
    return EXIT_SUCCESS;
  }
  const auto page = actbook::reference::markdown(reference());
  if (is_check) return check(argv[2], page);
  std::cout << page << std::flush;
  return std::cout ? EXIT_SUCCESS : EXIT_FAILURE;
}
