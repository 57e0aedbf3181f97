#include "core/dtype.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace ns {
namespace {

struct Row {
  DType type;
  std::string_view name;
  std::int64_t bytes;
};

constexpr std::array table{
    Row{DType::float32, "float32", 4}, Row{DType::float16, "float16", 2}, Row{DType::bfloat16, "bfloat16", 2},
    Row{DType::float64, "float64", 8}, Row{DType::int8, "int8", 1},       Row{DType::uint8, "uint8", 1},
    Row{DType::int16, "int16", 2},     Row{DType::uint16, "uint16", 2},   Row{DType::int32, "int32", 4},
    Row{DType::uint32, "uint32", 4},   Row{DType::int64, "int64", 8},     Row{DType::uint64, "uint64", 8},
    Row{DType::boolean, "bool", 1},
};

const Row& row(DType type) { return *std::ranges::find(table, type, &Row::type); }

}  // namespace

std::string_view to_string(DType type) { return row(type).name; }

Result<DType> parse_dtype(std::string_view name) {
  const auto found = std::ranges::find(table, name, &Row::name);
  if (found == table.end()) return bad_input(fmt::format("'{}' is no element type; try float32", name));
  return found->type;
}

std::int64_t element_bytes(DType type) { return row(type).bytes; }

}  // namespace ns
