#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace actbook::fuzz {

/// Ends the program, as the sanitizers do, if a promise is broken; the input is then a finding.
inline void promise(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "BROKEN PROMISE: %s\n", what.c_str());
  std::abort();
}

}  // namespace actbook::fuzz
