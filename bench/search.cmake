# Speed and quality of the search on problems with known answers, beside pagmo
# (Debian libpagmo-dev) where it is installed.
add_executable(search_bench
  ${PROJECT_SOURCE_DIR}/bench/search_bench.cc
  ${PROJECT_SOURCE_DIR}/tests/optimizer/search/known_fronts.cc
  ${PROJECT_SOURCE_DIR}/tests/optimizer/search/process_problems.cc
  ${PROJECT_SOURCE_DIR}/tests/optimizer/search/test_problems.cc
  ${PROJECT_SOURCE_DIR}/tests/optimizer/search/wfg.cc)
target_link_libraries(search_bench PRIVATE raffinate_search raffinate_oracle raffinate_machine)
find_package(pagmo QUIET)
if(pagmo_FOUND)
  target_sources(search_bench PRIVATE
    ${PROJECT_SOURCE_DIR}/bench/search_peers.cc ${PROJECT_SOURCE_DIR}/bench/wfg_peer.cc)
  target_compile_definitions(search_bench PRIVATE RAFFINATE_PAGMO)
  target_link_libraries(search_bench PRIVATE Pagmo::pagmo)
endif()

# Selection and variation beside their serial oracle.
add_executable(population_bench ${PROJECT_SOURCE_DIR}/bench/population_bench.cc)
target_link_libraries(population_bench PRIVATE raffinate_search_oracle raffinate_machine)

# Recycles between circuits.
add_executable(recycle_bench ${PROJECT_SOURCE_DIR}/bench/recycle_bench.cc)
target_link_libraries(recycle_bench PRIVATE raffinate_plant raffinate_machine)

# Trains designed from demands against what theory allows.
add_executable(train_bench ${PROJECT_SOURCE_DIR}/bench/train_bench.cc)
target_link_libraries(train_bench PRIVATE raffinate_optimizer raffinate_machine)

if(RAFFINATE_CORE_ONLY)
  return()
endif()

# Files of flowsheets.
add_library(raffinate_flowsheet_file STATIC ${PROJECT_SOURCE_DIR}/bench/flowsheet_file.cc)
target_link_libraries(raffinate_flowsheet_file
  PUBLIC raffinate_optimizer PRIVATE raffinate_file raffinate_convert)
target_compile_definitions(raffinate_flowsheet_file PRIVATE
  "RAFFINATE_ROOT=\"${PROJECT_SOURCE_DIR}\"")

# What theory asks of binaries.
add_library(raffinate_least_organic STATIC ${PROJECT_SOURCE_DIR}/bench/least_organic.cc)
target_link_libraries(raffinate_least_organic PUBLIC raffinate_optimizer)

# Base and acid of magnet plants against the stoichiometric floor; where the time of a search
# goes; design tasks, and what their structure tells.
foreach(name reagents_bench overhead_bench structure_bench tasks_bench)
  add_executable(${name} ${PROJECT_SOURCE_DIR}/bench/${name}.cc)
  target_link_libraries(${name} PRIVATE
    raffinate_flowsheet_file raffinate_chemistry_data raffinate_machine)
endforeach()
target_link_libraries(structure_bench PRIVATE raffinate_least_organic)
if(pagmo_FOUND)
  target_sources(tasks_bench PRIVATE ${PROJECT_SOURCE_DIR}/bench/search_peers.cc)
  target_compile_definitions(tasks_bench PRIVATE RAFFINATE_PAGMO)
  target_link_libraries(tasks_bench PRIVATE Pagmo::pagmo)
endif()

# Setpoints over gRPC.
add_executable(setpoints_bench ${PROJECT_SOURCE_DIR}/bench/setpoints_bench.cc)
target_link_libraries(setpoints_bench PRIVATE raffinate_service raffinate_machine)
add_executable(setpoints_demo ${PROJECT_SOURCE_DIR}/bench/setpoints_demo.cc)
target_link_libraries(setpoints_demo PRIVATE raffinate_local raffinate_service raffinate_machine)
