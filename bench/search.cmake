# Speed and quality of the search on problems with known answers.
add_executable(search_bench
  ${PROJECT_SOURCE_DIR}/bench/search_bench.cc
  ${PROJECT_SOURCE_DIR}/tests/optimizer/search/test_problems.cc)
target_link_libraries(search_bench PRIVATE raffinate_search)

# Recycles between circuits.
add_executable(recycle_bench ${PROJECT_SOURCE_DIR}/bench/recycle_bench.cc)
target_link_libraries(recycle_bench PRIVATE raffinate_plant raffinate_machine)

# Setpoints over gRPC.
if(NOT RAFFINATE_CORE_ONLY)
  add_executable(setpoints_bench ${PROJECT_SOURCE_DIR}/bench/setpoints_bench.cc)
  target_link_libraries(setpoints_bench PRIVATE raffinate_service raffinate_machine)
endif()
