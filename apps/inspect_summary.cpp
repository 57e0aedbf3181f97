// ns-inspect --summary: a net of thousands of layers in a dozen lines.
#include "apps/inspect_report.hpp"
#include "core/quantity.hpp"
#include "core/table.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <vector>

namespace ns {
namespace {

struct TypeSum {
  std::string_view type;
  std::size_t layers = 0;
  Macs macs;
  Flops flops;
  double parameters = 0.0;
};

/// Most MACs first, then most FLOPs; layers that compute constants do nothing when the net runs.
std::vector<TypeSum> sums_of(const Listing& net) {
  std::vector<TypeSum> sums;
  for (const auto& layer : net.layers) {
    if (layer.constant) continue;
    auto found = std::ranges::find(sums, layer.type, &TypeSum::type);
    if (found == sums.end()) found = sums.insert(sums.end(), TypeSum{layer.type, 0, {}, {}, 0.0});
    ++found->layers;
    found->macs += layer.macs;
    found->flops += layer.flops;
    found->parameters += static_cast<double>(layer.parameters);
  }
  std::ranges::stable_sort(sums, [](const TypeSum& a, const TypeSum& b) {
    return a.macs != b.macs ? a.macs > b.macs : a.flops > b.flops;
  });
  return sums;
}

template <class Count>
std::string share(Count part, Count whole) {
  return whole > Count{} ? fmt::format("{:.1f}", 100.0 * (part / whole)) : "";
}

}  // namespace

Table summary_table(const Listing& net, bool rounded) {
  const auto count = [&](double number) { return rounded ? print_count(number) : print_number(number); };
  Table table;
  table.column("type", Align::left).column("layers").column("MACs").column("MACs (%)");
  table.column("FLOPs").column("FLOPs (%)").column("parameters");
  for (const auto& sum : sums_of(net))
    table.row({std::string{sum.type}, std::to_string(sum.layers), count(sum.macs.value()),
               share(sum.macs, net.totals.macs), count(sum.flops.value()), share(sum.flops, net.totals.flops),
               count(sum.parameters)});
  return table;
}

}  // namespace ns
