# Precompiled headers: only of libraries, never our own, so that no edit of a header
# compiles more than what includes it. Sources name what they use all the same; script/lint
# reads them without. CMAKE_DISABLE_PRECOMPILE_HEADERS builds without.

# raffinate_precompile(NAME HEADERS headers... LIBS libraries... [OPTIONS options...]):
# headers parsed once for all targets that take them.
function(raffinate_precompile name)
  cmake_parse_arguments(ARG "" "" "HEADERS;LIBS;OPTIONS" ${ARGN})
  # Headers are precompiled on behalf of a source.
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "")
  add_library(${name} OBJECT EXCLUDE_FROM_ALL ${source})
  target_compile_options(${name} PRIVATE ${ARG_OPTIONS})
  target_link_libraries(${name} PRIVATE raffinate_options ${ARG_LIBS})
  target_precompile_headers(${name} PRIVATE ${ARG_HEADERS})
endfunction()

# raffinate_take_precompiled(NAME targets...): by targets of the same optimization level.
function(raffinate_take_precompiled name)
  foreach(target ${ARGN})
    target_precompile_headers(${target} REUSE_FROM ${name})
  endforeach()
endfunction()

# What nearly every source of ours includes sooner or later.
set(RAFFINATE_COMMON_HEADERS
  <algorithm> <cmath> <functional> <map> <memory> <mutex> <numeric> <optional> <random> <set>
  <span> <string> <string_view> <thread> <utility> <variant> <vector>
  <absl/status/statusor.h> <absl/strings/str_cat.h> <absl/strings/str_format.h>
  <absl/strings/str_join.h>)
set(RAFFINATE_COMMON_LIBS absl::status absl::statusor absl::strings absl::str_format)

# Messages, gRPC, and what is generated from the protos.
set(RAFFINATE_RPC_HEADERS
  ${RAFFINATE_COMMON_HEADERS}
  <condition_variable> <deque> <grpcpp/grpcpp.h> <google/protobuf/util/json_util.h>
  <raffinate/v1/chemistry.grpc.pb.h>
  <raffinate/v1/flowsheets.grpc.pb.h>
  <raffinate/v1/optimizations.grpc.pb.h>
  <raffinate/v1/setpoints.grpc.pb.h>
  <raffinate/v1/simulator.grpc.pb.h>)
set(RAFFINATE_RPC_LIBS ${RAFFINATE_COMMON_LIBS} raffinate_proto)

set(RAFFINATE_TEST_HEADERS <gmock/gmock.h> <gtest/gtest.h>)
