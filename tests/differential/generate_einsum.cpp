// Equations as nets have them, and any others.
#include "draws.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>

namespace ns {
namespace {

constexpr std::array usual{"bhid.bhjd-bhij", "bhij.bhjd-bhid", "bihd.bjhd-bhij", "bhij.bjhd-bihd",
                           "bhwc.hkc-bhwk",  "bhwc.wkc-bhwk",  "nd.md-nm",       "bij.bjk-bik",
                           "bij.jk-bik",     "i.j-ij",         "i.i-",           "bc.bchw-bhw",
                           "ij.ij-ij",       "bthd.bshd-bhts", "ncv.vw-ncw",     "ij-ji",
                           "bhij-bh",        "ii-i",           "iij-j",          "ijk-"};

/// Some letters of the first five, in any order.
std::string random_term(Random& random, bool repeats) {
  std::string term;
  for (char label = 'a'; label <= 'e'; ++label)
    if (random.chance(2))
      term.insert(static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(term.size()))), 1,
                  label);
  if (repeats && !term.empty() && random.chance(5)) term += random.pick(term);
  return term;
}

/// Of what the operands have, some labels in any order.
std::string random_equation(Random& random) {
  const auto first = random_term(random, true);
  const bool two = !random.chance(4);
  const auto second = two ? random_term(random, true) : "";
  auto result = random_term(random, false);
  std::erase_if(result, [&](char label) {
    return first.find(label) == std::string::npos && second.find(label) == std::string::npos;
  });
  return first + (two ? "." + second : "") + "-" + result;
}

}  // namespace

LayerConfig random_einsum(Random& random) {
  Einsum layer;
  layer.equation = random.chance(2) ? random.pick(usual) : random_equation(random);
  std::map<char, std::int64_t> extents;
  const bool long_sums = random.chance(3);
  for (char label = 'a'; label <= 'z'; ++label)
    extents[label] = random.chance(6) ? 1 : random.between(1, long_sums && label > 'b' ? 17 : 6);
  std::vector<Extents> operands(1);
  for (const auto label : layer.equation.substr(0, layer.equation.find('-'))) {
    if (label == '.')
      operands.emplace_back();
    else
      operands.back().push_back(extents[label]);
  }
  LayerConfig config{layer, {}, {}};
  for (const auto& operand : operands) config.inputs.push_back({Shape{operand}});
  if (operands.size() == 1) return config;
  if (const bool broadcasts = random.chance(8); broadcasts && !operands[1].empty()) {
    operands[1][0] = 1;
    config.inputs[1] = {Shape{operands[1]}};
  }
  layer.with_first = random.chance(2);
  const auto& stored = operands[layer.with_first ? 0 : 1];
  if (stored.empty() || !random.chance(3)) return config;
  layer.with = stored;
  config.inputs.erase(config.inputs.begin() + (layer.with_first ? 0 : 1));
  config.params = layer;
  return config;
}

}  // namespace ns
