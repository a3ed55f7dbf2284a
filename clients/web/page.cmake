# Builds the page. Run with cmake -P and
#   STEP    "packages": fetches the npm packages into WORK; "page": builds it there
#   NPM, SOURCE, WORK, STAMP, EXAMPLES (a folder)
#
# Where no packages can be fetched the program is built without the page, and the next
# build tries again: the stamp of the packages stays away.
cmake_minimum_required(VERSION 3.25)
set(packages ${WORK}/packages.stamp)
if(STEP STREQUAL "packages")
  file(MAKE_DIRECTORY ${WORK})
  foreach(name package.json package-lock.json .npmrc)
    file(COPY ${SOURCE}/${name} DESTINATION ${WORK})
  endforeach()
  file(REMOVE ${packages})
  execute_process(COMMAND ${NPM} ci --silent --fetch-retries=1 --fetch-timeout=30000
    WORKING_DIRECTORY ${WORK} RESULT_VARIABLE failed ERROR_VARIABLE why)
  if(failed)
    message(NOTICE "No npm packages can be fetched: the server is built without its page.\n${why}")
  else()
    file(TOUCH ${packages})
  endif()
  return()
endif()

file(REMOVE_RECURSE ${WORK}/src ${WORK}/examples ${WORK}/dist)
if(EXISTS ${packages})
  foreach(name index.html vite.config.ts tsconfig.json src)
    file(COPY ${SOURCE}/${name} DESTINATION ${WORK})
  endforeach()
  file(GLOB examples ${EXAMPLES}/*.yaml)
  file(COPY ${examples} DESTINATION ${WORK}/examples)
  execute_process(COMMAND ${NPM} run --silent build
    WORKING_DIRECTORY ${WORK} RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "the page does not build")
  endif()
endif()
file(TOUCH ${STAMP})
