# What `cmake --install` puts where, in components from which `./dev package` makes two packages:
#   programs  both programs and their documents
#   private   libraries that the distribution has too old (Debian 12: librdkafka)
#   system    what a service needs: the systemd unit and the place of its configuration
#   generic   what other distributions than Debian want elsewhere
#   bundle    all libraries but the C library's, for the tarball that runs on any Linux with the same C library or a newer one
set(private_libraries lib/prelabel)
set(c_library "^(ld-linux|lib(c|m|dl|rt|pthread|resolv)\\.so)")
set_target_properties(prelabel llm-sim PROPERTIES INSTALL_RPATH "\$ORIGIN/../${private_libraries}")
foreach(program prelabel llm-sim)
  # RPATH and not RUNPATH: it serves the libraries of the libraries too.
  target_link_options(${program} PRIVATE LINKER:--disable-new-dtags)
endforeach()

install(TARGETS prelabel llm-sim RUNTIME_DEPENDENCY_SET libraries RUNTIME DESTINATION bin COMPONENT programs)
install(RUNTIME_DEPENDENCY_SET libraries PRE_EXCLUDE_REGEXES ${c_library} POST_EXCLUDE_REGEXES "^/(usr/)?lib/"
        LIBRARY DESTINATION ${private_libraries} COMPONENT private)
install(RUNTIME_DEPENDENCY_SET libraries PRE_EXCLUDE_REGEXES ${c_library}
        LIBRARY DESTINATION ${private_libraries} COMPONENT bundle EXCLUDE_FROM_ALL)

# The manual page and the completions are what the program prints of its own command line. A build for another machine has
# them only where that machine's programs can be run (CMAKE_CROSSCOMPILING_EMULATOR).
if(NOT CMAKE_CROSSCOMPILING OR CMAKE_CROSSCOMPILING_EMULATOR)
  set(printed ${CMAKE_BINARY_DIR}/share/prelabel)
  add_custom_command(TARGET prelabel POST_BUILD
    BYPRODUCTS ${printed}/prelabel.1 ${printed}/prelabel.bash ${printed}/_prelabel ${printed}/prelabel.fish
    COMMAND ${CMAKE_COMMAND} -E make_directory ${printed}
    COMMAND prelabel man > ${printed}/prelabel.1
    COMMAND prelabel completion bash > ${printed}/prelabel.bash
    COMMAND prelabel completion zsh > ${printed}/_prelabel
    COMMAND prelabel completion fish > ${printed}/prelabel.fish
    VERBATIM)
  install(FILES ${printed}/prelabel.1 DESTINATION share/man/man1 COMPONENT programs)
  install(FILES ${printed}/prelabel.bash DESTINATION share/bash-completion/completions RENAME prelabel COMPONENT programs)
  install(FILES ${printed}/prelabel.fish DESTINATION share/fish/vendor_completions.d COMPONENT programs)
  install(FILES ${printed}/_prelabel DESTINATION share/zsh/site-functions COMPONENT generic)
  install(FILES ${printed}/_prelabel DESTINATION share/zsh/vendor-completions COMPONENT system EXCLUDE_FROM_ALL)
endif()

# Links between pages are relative, so all that they lead to keep their places.
foreach(page README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md LICENSE deploy/dev/kafka/README.md deploy/package/README.md
        helm/prelabel/README.md tests/data/README.md tests/model/README.md)
  cmake_path(GET page PARENT_PATH folder)
  install(FILES ${page} DESTINATION share/doc/prelabel/${folder} COMPONENT programs)
endforeach()
install(DIRECTORY docs DESTINATION share/doc/prelabel COMPONENT programs)
install(DIRECTORY deploy/lake DESTINATION share/doc/prelabel/deploy COMPONENT programs PATTERN __pycache__ EXCLUDE)
install(FILES deploy/systemd/prelabel@.service DESTINATION lib/systemd/system COMPONENT system EXCLUDE_FROM_ALL)
install(DIRECTORY DESTINATION /etc/prelabel COMPONENT system EXCLUDE_FROM_ALL)

set(CPACK_PACKAGE_NAME prelabel)
set(CPACK_PACKAGE_VENDOR "The prelabel developers")
set(CPACK_PACKAGE_CONTACT "The prelabel developers <nobody@prelabel.invalid>")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_SYSTEM_NAME ${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_DEPENDS ca-certificates)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
if(DEFINED ENV{PRELABEL_DEPS} AND NOT "$ENV{PRELABEL_DEPS}" STREQUAL "")
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS $ENV{PRELABEL_DEPS}/lib)
endif()
include(CPack)
