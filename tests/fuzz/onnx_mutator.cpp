// Changes a model inside its messages and writes the lengths anew: a change of the bytes as they stand breaks
// a length around it nearly always, and the reader refuses it before anything is inferred.
#include "tests/fuzz/wire_tree.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace ns::fuzz {
namespace {

using Random = std::minstd_rand;

/// Where arithmetic on extents, axes and counts goes wrong, if anywhere.
constexpr std::array<std::int64_t, 24> telling{
    0,          1,          -1,         2,          3,          7,         8,         16,
    64,         127,        255,        4096,       65535,      1 << 20,   INT32_MAX, INT32_MIN,
    1LL << 32U, 1LL << 40U, 1LL << 48U, 1LL << 60U, 1LL << 62U, INT64_MAX, INT64_MIN, -2};

/// A field, and the list that it stands in.
struct Place {
  std::vector<WireField>* list;
  std::size_t index;
  Message parent;
  [[nodiscard]] WireField& field() const { return (*list)[index]; }
};

void collect(std::vector<WireField>& fields, Message parent, std::vector<Place>& places) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    places.push_back({&fields, i, parent});
    if (fields[i].message != Message::leaf) collect(fields[i].fields, fields[i].message, places);
  }
}

std::size_t below(Random& random, std::size_t count) { return random() % count; }
/// Numbers that are none, of the size of the field.
template <class Real>
std::string any_real(Random& random) {
  using Limits = std::numeric_limits<Real>;
  const std::array<Real, 8> reals{0,
                                  -1,
                                  Real{0.5},
                                  Limits::infinity(),
                                  -Limits::infinity(),
                                  Limits::quiet_NaN(),
                                  Limits::max(),
                                  Limits::denorm_min()};
  const auto real = reals[below(random, reals.size())];
  std::string bytes(sizeof real, '\0');
  std::memcpy(bytes.data(), &real, sizeof real);
  return bytes;
}

std::int64_t any_integer(Random& random) { return telling[below(random, telling.size())]; }

/// Fields that hold integers one behind the other, as varints.
bool is_packed(const Place& place) {
  const auto number = place.field().number;
  return (place.parent == Message::tensor && (number == 1 || number == 5 || number == 7 || number == 11)) ||
         (place.parent == Message::attribute && number == 8);
}

bool is_raw(const Place& place) { return place.parent == Message::tensor && place.field().number == 9; }

void mutate_packed(std::string& bytes, Random& random) {
  std::vector<std::uint64_t> values;
  std::uint64_t value = 0;
  for (std::string_view left = bytes; !left.empty() && take_varint(left, value);) values.push_back(value);
  const auto fresh = static_cast<std::uint64_t>(any_integer(random));
  const auto at = values.empty() ? 0 : below(random, values.size());
  if (values.empty() || below(random, 4) == 0)
    values.insert(values.begin() + static_cast<std::ptrdiff_t>(at), fresh);
  else if (below(random, 4) == 0)
    values.erase(values.begin() + static_cast<std::ptrdiff_t>(at));
  else
    values[at] = fresh;
  bytes.clear();
  for (const auto one : values) put_varint(bytes, one);
}

/// One element of little-endian eight bytes, which shapes and axes are.
void mutate_raw(std::string& bytes, Random& random) {
  const auto value = any_integer(random);
  if (bytes.size() < sizeof value || below(random, 6) == 0) bytes.append(sizeof value, '\0');
  const auto at = below(random, bytes.size() / sizeof value) * sizeof value;
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

void mutate_bytes(std::string& bytes, bool fixed) {
  constexpr std::size_t more = 32;
  const auto size = bytes.size();
  bytes.resize(size + more);
  const auto most = fixed ? size : size + more;
  bytes.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(bytes.data()), size, most));
  if (fixed) bytes.resize(size);
}

/// Another field of the same kind, from anywhere in the model: an input's name, an operator, a type.
const WireField& alike(const Place& place, const std::vector<Place>& places, Random& random) {
  const auto first = below(random, places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto& other = places[(first + i) % places.size()];
    if (other.parent == place.parent && other.field().number == place.field().number &&
        &other.field() != &place.field())
      return other.field();
  }
  return place.field();
}

void mutate_content(const Place& place, Random& random) {
  auto& field = place.field();
  if (field.wire_type == 0)
    field.value = below(random, 2) == 0 ? static_cast<std::uint64_t>(any_integer(random))
                                        : field.value + below(random, 5) - 2;
  else if (field.message != Message::leaf)
    return;
  else if (field.wire_type == 5 && below(random, 2) == 0)
    field.bytes = any_real<float>(random);
  else if (field.wire_type == 1 && below(random, 2) == 0)
    field.bytes = any_real<double>(random);
  else if (is_packed(place) && below(random, 4) != 0)
    mutate_packed(field.bytes, random);
  else if (is_raw(place) && below(random, 4) != 0)
    mutate_raw(field.bytes, random);
  else
    mutate_bytes(field.bytes, field.wire_type != 2);
}

void mutate(const Place& place, const std::vector<Place>& places, Random& random) {
  auto& list = *place.list;
  const auto at = list.begin() + static_cast<std::ptrdiff_t>(place.index);
  switch (below(random, 10)) {
    case 0:
      list.erase(at);
      return;
    case 1:
      list.push_back(WireField{*at});
      return;
    case 2:
      std::swap(*at, list[below(random, list.size())]);
      return;
    case 3:
    case 4: {
      auto other = alike(place, places, random);  // a copy: it may lie inside what is overwritten
      *at = std::move(other);
      return;
    }
    case 5: {
      auto other = places[below(random, places.size())].field();
      list.push_back(std::move(other));
      return;
    }
    default:
      mutate_content(place, random);
  }
}

std::size_t mutate_model(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed) {
  Random random{seed};
  std::vector<WireField> model;
  if (below(random, 20) == 0 ||
      !parse_wire({reinterpret_cast<const char*>(data), size}, Message::model, model))
    return LLVMFuzzerMutate(data, size, max_size);
  for (auto changes = 1 + below(random, 3); changes > 0; --changes) {
    std::vector<Place> places;
    collect(model, Message::model, places);
    if (places.empty()) break;
    mutate(places[below(random, places.size())], places, random);
  }
  const auto bytes = print_wire(model);
  if (bytes.empty() || bytes.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}

/// The first model, with a field of the second in the place of one of the same kind.
std::size_t cross(std::string_view first, std::string_view second, std::uint8_t* out, std::size_t max_size,
                  unsigned seed) {
  Random random{seed};
  std::vector<WireField> model;
  std::vector<WireField> other;
  if (!parse_wire(first, Message::model, model) || !parse_wire(second, Message::model, other)) return 0;
  std::vector<Place> places;
  std::vector<Place> others;
  collect(model, Message::model, places);
  collect(other, Message::model, others);
  if (places.empty() || others.empty()) return 0;
  const auto& place = places[below(random, places.size())];
  const auto& from = alike(place, others, random);
  if (&from == &place.field() || below(random, 3) == 0)
    place.list->push_back(WireField{from});
  else
    place.field() = from;
  const auto bytes = print_wire(model);
  if (bytes.size() > max_size) return 0;
  std::memcpy(out, bytes.data(), bytes.size());
  return bytes.size();
}

}  // namespace
}  // namespace ns::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  return ns::fuzz::mutate_model(data, size, max_size, seed);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* first, std::size_t first_size,
                                                 const std::uint8_t* second, std::size_t second_size,
                                                 std::uint8_t* out, std::size_t max_size, unsigned seed) {
  const auto text = [](const std::uint8_t* bytes, std::size_t size) {
    return std::string_view{reinterpret_cast<const char*>(bytes), size};
  };
  return ns::fuzz::cross(text(first, first_size), text(second, second_size), out, max_size, seed);
}
