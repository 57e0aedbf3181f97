#include "core/dtype.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace ns {
namespace {

struct Row {
  DType type;
  std::string_view name;
  std::int64_t bits;
};

constexpr std::array table{
    Row{DType::float32, "float32", 32},
    Row{DType::float16, "float16", 16},
    Row{DType::bfloat16, "bfloat16", 16},
    Row{DType::float64, "float64", 64},
    Row{DType::int8, "int8", 8},
    Row{DType::uint8, "uint8", 8},
    Row{DType::int16, "int16", 16},
    Row{DType::uint16, "uint16", 16},
    Row{DType::int32, "int32", 32},
    Row{DType::uint32, "uint32", 32},
    Row{DType::int64, "int64", 64},
    Row{DType::uint64, "uint64", 64},
    Row{DType::boolean, "bool", 8},
    Row{DType::float8e4m3fn, "float8e4m3fn", 8},
    Row{DType::float8e4m3fnuz, "float8e4m3fnuz", 8},
    Row{DType::float8e5m2, "float8e5m2", 8},
    Row{DType::float8e5m2fnuz, "float8e5m2fnuz", 8},
    Row{DType::float8e8m0, "float8e8m0", 8},
    Row{DType::float4e2m1, "float4e2m1", 4},
    Row{DType::int4, "int4", 4},
    Row{DType::uint4, "uint4", 4},
    Row{DType::int2, "int2", 2},
    Row{DType::uint2, "uint2", 2},
    Row{DType::string, "string", 0},
    Row{DType::complex64, "complex64", 64},
    Row{DType::complex128, "complex128", 128},
};

/// Rows stand in the order of the enumeration, so that a look-up is an index.
constexpr bool is_in_order() {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (static_cast<std::size_t>(table[i].type) != i) return false;
  return true;
}
static_assert(is_in_order());

const Row& row(DType type) { return table[static_cast<std::size_t>(type)]; }

}  // namespace

std::string_view to_string(DType type) { return row(type).name; }

Result<DType> parse_dtype(std::string_view name) {
  const auto found = std::ranges::find(table, name, &Row::name);
  if (found == table.end()) return bad_input(fmt::format("'{}' is no element type; try float32", name));
  return found->type;
}

std::int64_t element_bits(DType type) { return row(type).bits; }

bool is_floating(DType type) { return to_string(type).substr(0, 5) == "float" || type == DType::bfloat16; }

}  // namespace ns
