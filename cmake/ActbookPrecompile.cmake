# actbook_precompile(<target> [<header>...]): parses once for the target what nearly all its files include; without it
# a build spends most of its time there. The preset `tidy` builds without, so that every file also stands on what it
# includes itself.
set(ACTBOOK_COMMON_HEADERS
  <algorithm> <functional> <map> <memory> <optional> <set> <span> <string> <string_view> <utility> <vector>
  <boost/outcome/basic_result.hpp> <boost/outcome/try.hpp> <flatbuffers/flatbuffers.h>)

function(actbook_precompile target)
  target_precompile_headers(${target} PRIVATE ${ACTBOOK_COMMON_HEADERS} ${ARGN})
  if(CCACHE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -fpch-preprocess)
  endif()
endfunction()
