# Compiles through ccache where there is one, so that switching branches and presets is cheap. Only for our own
# builds: a project that uses actbook chooses for itself.
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CCACHE ccache)
  mark_as_advanced(CCACHE)
  if(CCACHE)
    # What ccache's manual asks for with precompiled headers (beside -fpch-preprocess, in ActbookPrecompile).
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  endif()
endif()
