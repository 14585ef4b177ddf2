# cmake --install and find_package(actbook).
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY ACTBOOK_LIBRARIES)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/actbook)

install(TARGETS ${libraries} actbook_schemas EXPORT actbookTargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS actbook RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(EXPORT actbookTargets NAMESPACE actbook:: DESTINATION ${package_dir})
configure_package_config_file(cmake/actbook-config.cmake.in
                              ${CMAKE_CURRENT_BINARY_DIR}/actbook-config.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/actbook-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/actbook-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/actbook-config-version.cmake
        DESTINATION ${package_dir})
