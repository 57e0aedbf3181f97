// Reads what tensors are: TensorProto without its elements, and types.
#include "net/onnx/parse_parts.hpp"

#include <array>
#include <charconv>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {
namespace {

/// TensorProto.DataType by number; UNDEFINED is 0.
constexpr std::array<DType, 26> data_types{
    DType::float32,  DType::uint8,        DType::int8,           DType::uint16,     DType::int16,
    DType::int32,    DType::int64,        DType::string,         DType::boolean,    DType::float16,
    DType::float64,  DType::uint32,       DType::uint64,         DType::complex64,  DType::complex128,
    DType::bfloat16, DType::float8e4m3fn, DType::float8e4m3fnuz, DType::float8e5m2, DType::float8e5m2fnuz,
    DType::uint4,    DType::int4,         DType::float4e2m1,     DType::float8e8m0, DType::uint2,
    DType::int2};

/// Elements of all tensors of a file together; 2^50 of the widest type are 2^54 bytes.
constexpr double max_elements = static_cast<double>(std::uint64_t{1} << 50U);

/// TensorProto's field of elements, in the order of the numbers 4 to 11.
constexpr bool holds_elements(std::uint32_t field) {
  return field == 4 || field == 5 || field == 6 || field == 7 || field == 10 || field == 11;
}
constexpr std::uint32_t raw_data = 9;

/// A byte count of external data, which the file holds as decimal text.
std::uint64_t external_number(Parsing& parsing, Range text) {
  const auto digits = parsing.wire.text(text);
  std::uint64_t number = 0;
  const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  constexpr auto most = std::uint64_t{1} << 62U;
  if (status != std::errc{} || end != digits.data() + digits.size() || number > most)
    parsing.wire.fail(text.offset, "offset or length of external data is no number of bytes");
  return number;
}

/// One StringStringEntryProto of external_data.
void read_external_entry(Parsing& parsing, Range message, Storage& external) {
  std::string key;
  Range value{message.offset, 0};
  for (Fields fields{parsing.wire, message}; fields.next();) {
    if (fields.number() == 1) key = fields.text();
    if (fields.number() == 2) value = fields.range();
  }
  if (key == "location") external.location = parsing.wire.text(value);
  if (key == "offset") external.range.offset = external_number(parsing, value);
  if (key == "length") {
    external.range.size = external_number(parsing, value);
    external.has_size = true;
  }
}

/// More axes than any runtime has.
constexpr std::size_t most_axes = 64;

void check_rank(Parsing& parsing, std::uint64_t offset, std::size_t rank) {
  if (rank > most_axes)
    parsing.wire.fail(offset, fmt::format("a shape has more than {} axes, which none has", most_axes));
}

/// Refuses dims whose product would overflow what is added up of them.
void check_dims(Parsing& parsing, Range message, const std::string& name,
                const std::vector<std::int64_t>& dims) {
  check_rank(parsing, message.offset, dims.size());
  double elements = 1.0;
  for (const auto dim : dims) {
    if (dim < 0)
      parsing.wire.fail(message.offset, fmt::format("tensor '{}' has a dimension of {}", name, dim));
    elements *= static_cast<double>(dim);
  }
  parsing.elements += elements;
  if (!(parsing.elements <= max_elements))
    parsing.wire.fail(message.offset,
                      fmt::format("with tensor '{}' the file claims more than 2^50 elements", name));
}

/// Where the elements of one TensorProto are, collected field by field.
struct Places {
  std::optional<Range> raw;
  bool typed = false;
  bool is_external = false;
  Storage external{Storage::Place::external, {}, false, {}};

  [[nodiscard]] Storage best(Range message) && {
    if (is_external) return std::move(external);
    if (raw && raw->size > 0) return {Storage::Place::raw, *raw, true, {}};
    if (typed) return {Storage::Place::typed, message, true, {}};
    return {};
  }
};

TensorData read_unchecked(Parsing& parsing, Range message) {
  TensorData tensor;
  tensor.message = message;
  Places places;
  for (Fields fields{parsing.wire, message}; fields.next();) {
    const auto number = fields.number();
    if (number == 1) fields.append_integers(tensor.dims);
    if (number == 2) tensor.dtype = dtype_of(fields.integer());
    if (number == 8) tensor.name = fields.text();
    if (number == raw_data) places.raw = fields.range();
    if (number == 13) read_external_entry(parsing, fields.range(), places.external);
    if (number == 14) places.is_external = fields.integer() == 1;
    // An empty packed field holds nothing; an empty string is a string.
    if (holds_elements(number)) places.typed |= number == 6 || !fields.is_sized() || fields.range().size > 0;
  }
  tensor.storage = std::move(places).best(message);
  return tensor;
}

/// SparseTensorProto: values, indices, dims of the dense tensor.
struct Sparse {
  TensorData values;
  TensorData indices;
  std::vector<std::int64_t> dims;
};

Sparse read_sparse(Parsing& parsing, Range message) {
  Sparse sparse;
  for (Fields fields{parsing.wire, message}; fields.next();) {
    if (fields.number() == 1) sparse.values = read_tensor(parsing, fields.range());
    if (fields.number() == 2) sparse.indices = read_tensor(parsing, fields.range());
    if (fields.number() == 3) fields.append_integers(sparse.dims);
  }
  check_dims(parsing, message, sparse.values.name, sparse.dims);
  return sparse;
}

DeclaredDim read_dim(Parsing& parsing, Range message) {
  DeclaredDim dim;
  for (Fields fields{parsing.wire, message}; fields.next();) {
    if (fields.number() == 1 && fields.is_varint()) dim.value = fields.integer();
    if (fields.number() == 2) dim.symbol = fields.text();
  }
  if (dim.value && *dim.value < 0) {
    parsing.negative_dim = true;
    dim.value.reset();
  }
  return dim;
}

/// TypeProto.Tensor and TypeProto.SparseTensor.
void read_tensor_type(Parsing& parsing, Range message, DeclaredType& type) {
  for (Fields fields{parsing.wire, message}; fields.next();) {
    if (fields.number() == 1) type.dtype = dtype_of(fields.integer());
    if (fields.number() != 2) continue;
    auto& dims = type.dims.emplace();
    for (Fields shape{parsing.wire, fields.range()}; shape.next();) {
      if (shape.number() != 1) continue;
      dims.push_back(read_dim(parsing, shape.range()));
      check_rank(parsing, shape.offset(), dims.size());
    }
  }
}

/// TypeProto.Sequence, .Optional and .Map, which hold another type in field `field`.
void read_element_type(Parsing& parsing, Range message, std::uint32_t field, DeclaredType& type) {
  for (Fields fields{parsing.wire, message}; fields.next();)
    if (fields.number() == field)
      type.element = std::make_shared<const DeclaredType>(read_type(parsing, fields.range()));
  if (type.element) type.dtype = type.element->dtype;
}

}  // namespace

std::optional<DType> dtype_of(std::int64_t data_type) {
  if (data_type < 1 || data_type > static_cast<std::int64_t>(data_types.size())) return std::nullopt;
  return data_types[static_cast<std::size_t>(data_type - 1)];
}

TensorData read_tensor(Parsing& parsing, Range message) {
  auto tensor = read_unchecked(parsing, message);
  check_dims(parsing, message, tensor.name, tensor.dims);
  return tensor;
}

TensorData read_sparse_initializer(Parsing& parsing, Range message) {
  auto sparse = read_sparse(parsing, message);
  TensorData dense;
  dense.name = std::move(sparse.values.name);
  dense.dtype = sparse.values.dtype;
  dense.dims = std::move(sparse.dims);
  dense.message = message;
  dense.sparse = true;
  return dense;
}

void read_sparse_attribute(Parsing& parsing, Range message, Attribute& attribute) {
  auto sparse = read_sparse(parsing, message);
  attribute.tensors.clear();
  attribute.tensors.push_back(std::move(sparse.values));
  attribute.tensors.push_back(std::move(sparse.indices));
  attribute.sparse_dims = std::move(sparse.dims);
}

DeclaredType read_type(Parsing& parsing, Range message) {
  DeclaredType type;
  for (Fields fields{parsing.wire, message}; fields.next();) {
    const auto of = [&](Kind kind) -> DeclaredType& {
      type = {};
      type.kind = kind;
      return type;
    };
    switch (fields.number()) {
      case 1:
        read_tensor_type(parsing, fields.range(), of(Kind::tensor));
        break;
      case 4:
        read_element_type(parsing, fields.range(), 1, of(Kind::sequence));
        break;
      case 5:
        read_element_type(parsing, fields.range(), 2, of(Kind::map));
        break;
      case 7:
        of(Kind::opaque);
        break;
      case 8:
        read_tensor_type(parsing, fields.range(), of(Kind::sparse));
        break;
      case 9:
        read_element_type(parsing, fields.range(), 1, of(Kind::optional));
        break;
      default:
        break;
    }
  }
  return type;
}

ValueInfo read_value_info(Parsing& parsing, Range message) {
  ValueInfo info;
  info.message = message;
  for (Fields fields{parsing.wire, message}; fields.next();) {
    if (fields.number() == 1) info.name = fields.text();
    if (fields.number() == 2) info.type = read_type(parsing, fields.range());
  }
  if (std::exchange(parsing.negative_dim, false) && !std::exchange(parsing.negative_dim_said, true))
    parsing.warnings.push_back(fmt::format(
        "'{}' has a negative dimension, which ONNX does not allow; such dimensions are taken as unknown",
        info.name));
  return info;
}

}  // namespace ns::onnx
