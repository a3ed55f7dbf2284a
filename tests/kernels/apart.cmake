# The objects with special instructions define nothing that the linker may take in the place of the
# same function of another object: weak symbols, but those made of types that
# no other object has (packs of their width, arrays and namespaces of their own).
set(objects 0)
foreach(object IN LISTS OBJECTS)
  if(NOT object MATCHES "lanes_(scalar_)?avx")
    continue()
  endif()
  math(EXPR objects "${objects} + 1")
  execute_process(COMMAND ${NM} -C --defined-only ${object}
    OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" symbols "${symbols}")
  list(FILTER symbols INCLUDE REGEX " [WVu] ")
  list(FILTER symbols EXCLUDE REGEX "Pack<|Avx2Array|detail::avx(2|512)::|__gxx_personality")
  if(symbols)
    message(FATAL_ERROR "${object} defines ${symbols}")
  endif()
endforeach()
if(objects EQUAL 0)
  message(STATUS "no object with special instructions on this processor's architecture")
endif()
