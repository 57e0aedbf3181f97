// Where the libraries are looked for: the opener of the plug-in, told to look for libraries that no machine
// has (NS_CUDA_SONAMES of this test).
#include "kernels/plugin.hpp"

#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <unistd.h>

namespace ns {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// One process asks once, so each case is a process of its own, as ctest runs them.
std::string message() {
  const auto backend = open_cudnn("0");
  EXPECT_FALSE(backend);
  EXPECT_EQ(backend.error().code, Errc::no_device);
  return backend.error().message;
}

/// A library under another name, in a folder that is left behind in the build tree.
void place(const fs::path& folder, const char* name) {
  fs::create_directories(folder);
  fs::copy_file(NS_TEST_LIBRARY, folder / name, fs::copy_options::overwrite_existing);
}

const fs::path folder = fs::temp_directory_path() / ("ns-libraries-" + std::to_string(getpid()));

class GpuLibraries : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* const name : {"NS_CUDA_ROOT", "VIRTUAL_ENV", "CONDA_PREFIX"}) unsetenv(name);
    setenv("HOME", folder.c_str(), 1);
  }
  void TearDown() override { fs::remove_all(folder); }
};

TEST_F(GpuLibraries, ThatAreMissingAreNamedWithTheRemedy) {
  EXPECT_THAT(message(), HasSubstr("CUDA libraries not found: libns_first.so.99; install"));
}

TEST_F(GpuLibraries, AreFoundInTheRootThatIsNamed) {
  place(folder / "lib64", "libns_first.so.99");
  setenv("NS_CUDA_ROOT", folder.c_str(), 1);
  EXPECT_THAT(message(), HasSubstr("not found: libns_second.so.99"));
}

TEST_F(GpuLibraries, AreFoundInAPythonEnvironment) {
  place(folder / "lib/python3.11/site-packages/nvidia/cublas/lib", "libns_first.so.99");
  setenv("VIRTUAL_ENV", folder.c_str(), 1);
  EXPECT_THAT(message(), HasSubstr("not found: libns_second.so.99"));
}

TEST_F(GpuLibraries, AreFoundInTheUsersPythonPackages) {
  place(folder / ".local/lib/python3.13/site-packages/nvidia/cu13/lib", "libns_first.so.99");
  EXPECT_THAT(message(), HasSubstr("not found: libns_second.so.99"));
}

}  // namespace
}  // namespace ns
