#include "net/onnx_writer/values.hpp"

#include <algorithm>
#include <bit>
#include <fmt/format.h>
#include <string_view>

namespace ns::onnx_writer {
namespace {

static_assert(std::endian::native == std::endian::little, "ONNX's raw data is written as it is in memory");

/// 4 MiB at a time.
constexpr std::int64_t buffer_values = std::int64_t{1} << 20;

template <class Value>
std::string_view bytes_of(const std::vector<Value>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value)};
}

}  // namespace

Result<double> ValueStream::factor_of(const Trained& trained) const {
  if (!trained.divisor) return 1.0;
  float divisor = 0.0F;
  if (auto read = weights_.read(net_, trained.layer, *trained.divisor, 0, {&divisor, 1}); !read)
    return tl::unexpected{std::move(read.error())};
  return divisor == 0.0F ? 0.0 : 1.0 / static_cast<double>(divisor);
}

Result<void> ValueStream::append_trained(const Initializer& initializer, const Trained& trained,
                                         OutputFile& file) {
  const auto factor = factor_of(trained);
  if (!factor) return tl::unexpected{factor.error()};
  const auto count = initializer.elements();
  for (std::int64_t first = 0; first < count; first += buffer_values) {
    buffer_.resize(static_cast<std::size_t>(std::min(buffer_values, count - first)));
    if (auto read = weights_.read(net_, trained.layer, trained.slot, first, buffer_); !read) return read;
    if (trained.divisor)
      for (float& value : buffer_) value = static_cast<float>(static_cast<double>(value) * *factor);
    if (auto appended = file.append(bytes_of(buffer_)); !appended) return appended;
  }
  return {};
}

Result<void> ValueStream::append_fill(const Initializer& initializer, const Fill& fill, OutputFile& file) {
  const auto count = initializer.elements();
  for (std::int64_t first = 0; first < count; first += buffer_values) {
    buffer_.assign(static_cast<std::size_t>(std::min(buffer_values, count - first)), fill.value);
    if (auto appended = file.append(bytes_of(buffer_)); !appended) return appended;
  }
  return {};
}

Result<void> ValueStream::append(const Initializer& initializer, OutputFile& file) {
  const auto& values = initializer.values;
  if (const auto* const trained = std::get_if<Trained>(&values)) {
    auto appended = append_trained(initializer, *trained, file);
    if (!appended && appended.error().code != Errc::io)
      return failure_within(std::move(appended), fmt::format("layer {}", net_.layers[trained->layer].name));
    return appended;
  }
  if (const auto* const fill = std::get_if<Fill>(&values)) return append_fill(initializer, *fill, file);
  if (const auto* const reals = std::get_if<std::vector<float>>(&values))
    return file.append(bytes_of(*reals));
  return file.append(bytes_of(std::get<std::vector<std::int64_t>>(values)));
}

}  // namespace ns::onnx_writer
