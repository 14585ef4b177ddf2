# actbook_library(<folder>): the static library actbook::<folder> from the folder's own sources. Its public
# headers stand in <folder>/include/actbook/, and everything beside them is private.
function(actbook_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE;PRECOMPILE" ${ARGN})
  add_library(actbook_${name} STATIC ${ARG_SOURCES})
  add_library(actbook::${name} ALIAS actbook_${name})
  set_target_properties(actbook_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_include_directories(actbook_${name}
    PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_compile_features(actbook_${name} PUBLIC cxx_std_20)
  target_link_libraries(actbook_${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  actbook_precompile(actbook_${name} ${ARG_PRECOMPILE})
  set_property(GLOBAL APPEND PROPERTY ACTBOOK_LIBRARIES actbook_${name})
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/include)
    install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  endif()
endfunction()
