# Writes OUTPUT, a C++ source that holds the files NAMES (separated by commas)
# of FOLDER as string literals. Run with cmake -P.
string(REPLACE "," ";" names "${NAMES}")
file(WRITE ${OUTPUT} "// Generated from data/ by data/embed.cmake.\n"
  "#include \"data/embedded_files.h\"\n\n"
  "namespace raffinate::data {\nnamespace {\n\n"
  "constexpr EmbeddedFile kFiles[] = {\n")
foreach(name IN LISTS names)
  file(READ ${FOLDER}/${name} text)
  if(text MATCHES "\\)RAFFINATE\"")
    message(FATAL_ERROR "${name} holds the end mark of the string literal")
  endif()
  # One literal per file: GCC and Clang take them of any length.
  file(APPEND ${OUTPUT} "{\"${name}\", R\"RAFFINATE(${text})RAFFINATE\"},\n")
endforeach()
file(APPEND ${OUTPUT} "};\n\n}  // namespace\n\n"
  "std::span<const EmbeddedFile> EmbeddedFiles() { return kFiles; }\n\n"
  "}  // namespace raffinate::data\n")
