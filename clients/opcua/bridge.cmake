# Puts the OPC UA bridge with its packages into WORK. Run with cmake -P and
#   STEP    "packages": fetches the npm packages; "bridge": copies the sources and checks types
#   NPM, SOURCE, WORK, STAMP
#
# Where no packages can be fetched the bridge is left out, and the next build tries again: the
# stamp of the packages stays away.
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
    message(NOTICE "No npm packages can be fetched: the OPC UA bridge is left out.\n${why}")
  else()
    file(TOUCH ${packages})
  endif()
  return()
endif()

file(GLOB old ${WORK}/*.mjs)
if(old)
  file(REMOVE ${old})
endif()
if(EXISTS ${packages})
  file(GLOB sources ${SOURCE}/*.mjs)
  file(COPY ${sources} ${SOURCE}/tsconfig.json DESTINATION ${WORK})
  execute_process(COMMAND ${NPM} run --silent check
    WORKING_DIRECTORY ${WORK} RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "the OPC UA bridge has type errors")
  endif()
endif()
file(TOUCH ${STAMP})
