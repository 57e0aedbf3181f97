#include "apps/export_report.hpp"

#include "core/json.hpp"
#include "core/quantity.hpp"
#include "core/table.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace ns {
namespace {

using onnx::DeclaredType;
using onnx::ExportedHalf;
using onnx::ExportReport;
using onnx::Kind;
using onnx::Port;

std::vector<std::pair<std::string_view, const ExportedHalf*>> halves_of(const ExportReport& report) {
  std::vector<std::pair<std::string_view, const ExportedHalf*>> halves;
  if (report.head) halves.emplace_back("head", &*report.head);
  if (report.tail) halves.emplace_back("tail", &*report.tail);
  return halves;
}

std::string type_text(const DeclaredType& type) {
  switch (type.kind) {
    case Kind::tensor:
    case Kind::sparse:
      return std::string{type.dtype ? to_string(*type.dtype) : "unknown"};
    case Kind::sequence:
    case Kind::optional:
      return fmt::format("{} of {}", type.kind == Kind::sequence ? "sequence" : "optional",
                         type.element ? type_text(*type.element) : "unknown");
    case Kind::map:
      return "map";
    case Kind::opaque:
      break;
  }
  return "opaque";
}

std::string dim_text(const onnx::DeclaredDim& dim) {
  if (dim.value) return fmt::format("{}", *dim.value);
  return dim.symbol.empty() ? "?" : dim.symbol;
}

std::string shape_text(const DeclaredType& type) {
  if (!type.dims) return "?";
  if (type.dims->empty()) return "scalar";
  std::vector<std::string> dims;
  for (const auto& dim : *type.dims) dims.push_back(dim_text(dim));
  return fmt::format("{}", fmt::join(dims, "x"));
}

bool crosses(const ExportReport& report, const Port& port) {
  return std::any_of(report.crossing.begin(), report.crossing.end(),
                     [&](const Port& crossing) { return crossing.name == port.name; });
}

/// Every input and output of both halves.
Table ports_table(const ExportReport& report) {
  Table table;
  table.column("half", Align::left).column("what", Align::left).column("tensor", Align::left);
  table.column("type", Align::left).column("shape", Align::left);
  const auto add = [&](std::string_view half, const Port& port, std::string_view plain,
                       std::string_view crossing) {
    table.row({std::string{half}, std::string{crosses(report, port) ? crossing : plain}, port.name,
               type_text(port.type), shape_text(port.type)});
  };
  for (const auto& [name, half] : halves_of(report)) {
    for (const auto& port : half->inputs) add(name, port, "input", "receives");
    for (const auto& port : half->outputs) add(name, port, "output", "sends");
  }
  return table;
}

Json ports_json(const std::vector<Port>& ports) {
  Json list = Json::array();
  for (const auto& port : ports) {
    Json shape = nullptr;
    if (port.type.dims) {
      shape = Json::array();
      for (const auto& dim : *port.type.dims)
        shape.push_back(dim.value ? Json(*dim.value) : Json(dim_text(dim)));
    }
    list.push_back({{"name", port.name}, {"dtype", type_text(port.type)}, {"shape", shape}});
  }
  return list;
}

Json half_json(const std::optional<ExportedHalf>& half) {
  if (!half) return nullptr;
  return {{"file", half->path.string()},         {"size_bytes", half->bytes},
          {"data_size_bytes", half->data_bytes}, {"nodes", half->nodes},
          {"inputs", ports_json(half->inputs)},  {"outputs", ports_json(half->outputs)}};
}

}  // namespace

std::string export_sentence(const ExportReport& report) {
  std::string text;
  for (const auto& [name, half] : halves_of(report)) {
    const auto size = print(Bytes{static_cast<double>(half->bytes + half->data_bytes)});
    text += fmt::format("{}{} ({}, {})", text.empty() ? "wrote " : " and ", half->path.string(),
                        counted(half->nodes, "node"), size);
  }
  return text;
}

std::string export_text(const ExportReport& report) {
  auto sentence = export_sentence(report);
  sentence.front() = 'W';
  std::string text = sentence + ".\n";
  if (!report.head) text += "All layers run on the server: there is no head.\n";
  if (!report.tail) text += "All layers run on the device: there is no tail.\n";
  for (const auto& path : report.manifests) text += fmt::format("Wrote {}.\n", path.string());
  return text + "\n" + ports_table(report).text("  ");
}

std::string export_json(const ExportReport& report) {
  Json manifests = Json::array();
  for (const auto& path : report.manifests) manifests.push_back(path.string());
  const Json json{{"schema", "ns.export/1"},        {"head", half_json(report.head)},
                  {"tail", half_json(report.tail)}, {"crossing", ports_json(report.crossing)},
                  {"manifests", manifests},         {"warnings", report.notes}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string export_csv(const ExportReport& report) { return ports_table(report).csv(); }

}  // namespace ns
