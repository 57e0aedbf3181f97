#include "apps/inspect_report.hpp"
#include "apps/json_text.hpp"
#include "apps/prefix_cuts.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace ns {
namespace {

// Each member begins with all that stands before its value, as R"(,"macs":)": a large model has a hundred
// thousand.

template <class Value>
void append_member(std::string& text, std::string_view lead, const Value& value) {
  text += lead;
  append_json(text, value);
}

void append_flag(std::string& text, std::string_view lead, bool value) {
  text += lead;
  text += value ? "true" : "false";
}

void append_counted(std::string& text, std::string_view lead, double value) {
  text += lead;
  append_count(text, value);
}

void append_size(std::string& text, std::string_view lead, std::optional<Bytes> size) {
  text += lead;
  if (size)
    append_count(text, size->value());
  else
    text += "null";
}

/// "[a,b]", each element appended by `append`.
template <class List, class Append>
void append_list(std::string& text, std::string_view lead, const List& list, Append append) {
  text += lead;
  text += '[';
  bool first = true;
  for (const auto& element : list) {
    if (!first) text += ',';
    first = false;
    append(element);
  }
  text += ']';
}

void append_names(std::string& text, std::string_view lead, const Listing& net, const auto& ids) {
  append_list(text, lead, ids, [&](TensorId id) { append_json(text, net.tensors[id].name); });
}

void append_extent(std::string& text, const ListedExtent& extent) {
  if (const auto* number = std::get_if<std::int64_t>(&extent))
    append_json(text, *number);
  else if (const auto* symbol = std::get_if<std::string_view>(&extent))
    append_json(text, *symbol);
  else
    text += "null";
}

/// The members that describe a tensor, the first with `lead`.
void append_type(std::string& text, std::string_view lead, const ListedTensor& tensor) {
  if (tensor.kind != "tensor") {
    text += lead;
    append_member(text, R"(null,"kind":)", tensor.kind);
    return;
  }
  if (tensor.extents)
    append_list(text, lead, *tensor.extents, [&](const auto& extent) { append_extent(text, extent); });
  else
    (text += lead) += "null";
  text += R"(,"dtype":)";
  if (tensor.dtype)
    append_json(text, to_string(*tensor.dtype));
  else
    text += "null";
  append_size(text, R"(,"size_bytes":)", tensor.bytes());
  if (tensor.most) {
    append_list(text, R"(,"max_shape":)", *tensor.most,
                [&](std::int64_t extent) { append_json(text, extent); });
    append_size(text, R"(,"size_bytes_max":)", tensor.most_bytes());
  }
  if (tensor.constant) append_flag(text, R"(,"constant":)", true);
}

void append_ends(std::string& text, std::string_view lead, const Listing& net,
                 const std::vector<TensorId>& ids) {
  append_list(text, lead, ids, [&](TensorId id) {
    append_member(text, R"({"name":)", net.tensors[id].name);
    append_type(text, R"(,"shape":)", net.tensors[id]);
    text += '}';
  });
  text += ',';
}

void append_layer(std::string& text, const Listing& net, std::size_t index) {
  const auto& layer = net.layers[index];
  append_member(text, R"({"index":)", static_cast<std::int64_t>(index));
  append_member(text, R"(,"name":)", layer.name);
  append_member(text, R"(,"op":)", layer.op);
  append_member(text, R"(,"type":)", layer.type);
  append_names(text, R"(,"inputs":)", net, layer.inputs());
  append_names(text, R"(,"outputs":)", net, layer.outputs());
  append_counted(text, R"(,"macs":)", layer.macs.value());
  append_counted(text, R"(,"flops":)", layer.flops.value());
  append_member(text, R"(,"parameters":)", layer.parameters);
  append_member(text, R"(,"parameter_bytes":)", layer.parameter_bytes);
  if (layer.constant) append_flag(text, R"(,"constant":)", true);
  text += '}';
}

void append_totals(std::string& text, const Listing& net) {
  append_member(text, "\n \"totals\": {\"layers\":", static_cast<std::int64_t>(net.layers.size()));
  append_counted(text, R"(,"macs":)", net.totals.macs.value());
  append_counted(text, R"(,"flops":)", net.totals.flops.value());
  append_member(text, R"(,"parameters":)", net.totals.parameters);
  append_counted(text, R"(,"parameter_bytes":)", net.totals.parameter_bytes.value());
  append_member(text, R"(,"opaque_layers":)", net.totals.opaque_layers);
  append_flag(text, R"(,"lower_bound":)", net.lower_bound);
  text += "},";
}

void append_cut(std::string& text, const Listing& net, const PrefixCut& cut) {
  append_member(text, R"({"index":)", static_cast<std::int64_t>(cut.index));
  if (cut.index == 0)
    text += R"(,"after":null)";
  else
    append_member(text, R"(,"after":)", net.layers[cut.index - 1].name);
  append_names(text, R"(,"tensors":)", net, cut.crossing);
  append_size(text, R"(,"size_bytes":)", cut.size);
  if (cut.most) append_size(text, R"(,"size_bytes_max":)", cut.most);
  text += '}';
}

/// A list or object with a line for each element.
class Lines {
 public:
  Lines(ResultStream& result, std::string_view lead, std::string_view end) : result_{result}, end_{end} {
    result.text() += lead;
  }
  /// Where the next element is to be appended.
  std::string& next() {
    result_.pass();
    result_.text() += first_ ? "\n  " : ",\n  ";
    first_ = false;
    return result_.text();
  }
  void end() { result_.text() += end_; }

 private:
  ResultStream& result_;
  std::string_view end_;
  bool first_ = true;
};

void append_head(std::string& text, const Listing& net) {
  append_member(text, R"({"schema": "ns.net/1", "name": )", net.name);
  append_member(text, R"(, "file": )", net.file);
  append_member(text, R"(, "format": )", net.format);
  append_ends(text, ",\n \"inputs\": ", net, net.inputs);
  append_ends(text, "\n \"outputs\": ", net, net.outputs);
}

}  // namespace

void inspect_json(const Listing& net, ResultStream& result) {
  append_head(result.text(), net);

  Lines layers{result, "\n \"layers\": [", "],"};
  for (std::size_t i = 0; i < net.layers.size(); ++i) append_layer(layers.next(), net, i);
  layers.end();

  Lines tensors{result, "\n \"tensors\": {", "},"};
  for (const auto& tensor : net.tensors) {
    auto& text = tensors.next();
    append_json(text, tensor.name);
    append_type(text, R"(: {"shape":)", tensor);
    text += '}';
  }
  tensors.end();

  append_totals(result.text(), net);
  Lines cuts{result, "\n \"cuts\": [", "],"};
  visit_prefix_cuts(net, [&](const PrefixCut& cut) { append_cut(cuts.next(), net, cut); });
  cuts.end();

  append_list(result.text(), "\n \"warnings\": ", net.warnings,
              [&](const auto& warning) { append_json(result.text(), warning); });
  result.text() += "}\n";
}

}  // namespace ns
