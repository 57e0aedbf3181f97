#include "core/npz.hpp"

#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace ns::fuzz {

bool read_npz(std::string_view bytes) {
  const auto arrays = parse_npz(bytes, "arrays.npz");
  const auto* const read = value_of(arrays);
  if (read == nullptr) return false;
  std::vector<std::string> names;
  for (const auto& [name, array] : *read) {
    promise(array.values.size() == static_cast<std::size_t>(array.shape.elements()),
            "there are as many values as the shape has elements");
    names.push_back(name);
  }
  std::ranges::sort(names);
  promise(std::ranges::adjacent_find(names) == names.end(), "names are unlike one another");
  return true;
}

}  // namespace ns::fuzz
