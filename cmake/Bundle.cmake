# A folder that runs anywhere (scripts/bundle): the component commands, and bundle, which holds the libraries that they need. The system's own stay out, as do
# NVIDIA's, of which the GPU's machine has its own.
install(RUNTIME_DEPENDENCY_SET ns_dependencies
  PRE_EXCLUDE_REGEXES "^ld-linux" "^lib(c|m|dl|rt|pthread|gcc_s|stdc[+][+])[.]so" "^lib(cuda|cudnn|cublas|cublasLt|nvidia-ml)[.]so"
  LIBRARY DESTINATION lib COMPONENT bundle EXCLUDE_FROM_ALL)
install(PROGRAMS scripts/gpu-check DESTINATION scripts COMPONENT bundle EXCLUDE_FROM_ALL)
