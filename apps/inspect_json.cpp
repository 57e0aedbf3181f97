#include "apps/inspect_report.hpp"
#include "apps/json_text.hpp"
#include "apps/prefix_cuts.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace ns {
namespace {

/// `"key":`, behind a comma unless it is the first.
void append_key(std::string& text, std::string_view key) {
  if (text.back() != '{') text += ',';
  text += '"';
  text += key;
  text += "\":";
}

template <class Value>
void append_member(std::string& text, std::string_view key, Value value) {
  append_key(text, key);
  append_json(text, value);
}

void append_flag(std::string& text, std::string_view key, bool value) {
  append_key(text, key);
  text += value ? "true" : "false";
}

void append_counted(std::string& text, std::string_view key, double value) {
  append_key(text, key);
  append_count(text, value);
}

void append_size(std::string& text, std::string_view key, std::optional<Bytes> size) {
  append_key(text, key);
  if (size)
    append_count(text, size->value());
  else
    text += "null";
}

/// "[a,b]", each element appended by `append`.
template <class List, class Append>
void append_list(std::string& text, const List& list, Append append) {
  text += '[';
  for (const auto& element : list) {
    if (text.back() != '[') text += ',';
    append(element);
  }
  text += ']';
}

void append_names(std::string& text, std::string_view key, const Listing& net, const auto& ids) {
  append_key(text, key);
  append_list(text, ids, [&](TensorId id) { append_json(text, net.tensors[id].name); });
}

void append_extent(std::string& text, const ListedExtent& extent) {
  if (const auto* number = std::get_if<std::int64_t>(&extent))
    append_json(text, *number);
  else if (const auto* symbol = std::get_if<std::string>(&extent))
    append_json(text, *symbol);
  else
    text += "null";
}

/// The members that describe a tensor, behind those that are there already.
void append_type(std::string& text, const ListedTensor& tensor) {
  append_key(text, "shape");
  if (tensor.kind != "tensor") {
    text += "null";
    append_member(text, "kind", tensor.kind);
    return;
  }
  if (tensor.extents)
    append_list(text, *tensor.extents, [&](const auto& extent) { append_extent(text, extent); });
  else
    text += "null";
  append_key(text, "dtype");
  if (tensor.dtype)
    append_json(text, to_string(*tensor.dtype));
  else
    text += "null";
  append_size(text, "size_bytes", tensor.bytes());
  if (tensor.most) {
    append_key(text, "max_shape");
    append_list(text, *tensor.most, [&](std::int64_t extent) { append_json(text, extent); });
    append_size(text, "size_bytes_max", tensor.most_bytes());
  }
  if (tensor.constant) append_flag(text, "constant", true);
}

void append_ends(std::string& text, std::string_view key, const Listing& net,
                 const std::vector<TensorId>& ids) {
  text += "\n ";
  append_json(text, key);
  text += ": ";
  append_list(text, ids, [&](TensorId id) {
    text += '{';
    append_member(text, "name", net.tensors[id].name);
    append_type(text, net.tensors[id]);
    text += '}';
  });
  text += ',';
}

void append_layer(std::string& text, const Listing& net, std::size_t index) {
  const auto& layer = net.layers[index];
  text += '{';
  append_member(text, "index", static_cast<std::int64_t>(index));
  append_member(text, "name", layer.name);
  append_member(text, "op", layer.op);
  append_member(text, "type", layer.type);
  append_names(text, "inputs", net, layer.inputs);
  append_names(text, "outputs", net, layer.outputs);
  append_counted(text, "macs", layer.macs.value());
  append_counted(text, "flops", layer.flops.value());
  append_member(text, "parameters", layer.parameters);
  append_member(text, "parameter_bytes", layer.parameter_bytes);
  if (layer.constant) append_flag(text, "constant", true);
  text += '}';
}

void append_totals(std::string& text, const Listing& net) {
  text += "\n \"totals\": {";
  append_member(text, "layers", static_cast<std::int64_t>(net.layers.size()));
  append_counted(text, "macs", net.totals.macs.value());
  append_counted(text, "flops", net.totals.flops.value());
  append_member(text, "parameters", net.totals.parameters);
  append_counted(text, "parameter_bytes", net.totals.parameter_bytes.value());
  append_member(text, "opaque_layers", net.totals.opaque_layers);
  append_flag(text, "lower_bound", net.lower_bound);
  text += "},";
}

void append_cut(std::string& text, const Listing& net, const PrefixCut& cut) {
  text += '{';
  append_member(text, "index", static_cast<std::int64_t>(cut.index));
  append_key(text, "after");
  if (cut.index == 0)
    text += "null";
  else
    append_json(text, net.layers[cut.index - 1].name);
  append_names(text, "tensors", net, cut.crossing);
  append_size(text, "size_bytes", cut.size);
  if (cut.most) append_size(text, "size_bytes_max", cut.most);
  text += '}';
}

/// A list or object with a line for each element.
class Lines {
 public:
  Lines(ResultStream& result, std::string_view key, std::string_view brackets)
      : result_{result}, brackets_{brackets} {
    result.text() += "\n ";
    append_json(result.text(), key);
    result.text() += ": ";
    result.text() += brackets[0];
  }
  /// Where the next element is to be appended.
  std::string& next() {
    result_.pass();
    result_.text() += first_ ? "\n  " : ",\n  ";
    first_ = false;
    return result_.text();
  }
  void end() {
    result_.text() += brackets_[1];
    result_.text() += ',';
  }

 private:
  ResultStream& result_;
  std::string_view brackets_;
  bool first_ = true;
};

void append_head(std::string& text, const Listing& net) {
  text += R"({"schema": "ns.net/1")";
  for (const auto& [key, value] :
       {std::pair{"name", &net.name}, {"file", &net.file}, {"format", &net.format}}) {
    text += ", ";
    append_json(text, key);
    text += ": ";
    append_json(text, *value);
  }
  text += ',';
}

}  // namespace

void inspect_json(const Listing& net, ResultStream& result) {
  append_head(result.text(), net);
  append_ends(result.text(), "inputs", net, net.inputs);
  append_ends(result.text(), "outputs", net, net.outputs);

  Lines layers{result, "layers", "[]"};
  for (std::size_t i = 0; i < net.layers.size(); ++i) append_layer(layers.next(), net, i);
  layers.end();

  Lines tensors{result, "tensors", "{}"};
  for (const auto& tensor : net.tensors) {
    auto& text = tensors.next();
    append_json(text, tensor.name);
    text += ": {";
    append_type(text, tensor);
    text += '}';
  }
  tensors.end();

  append_totals(result.text(), net);
  Lines cuts{result, "cuts", "[]"};
  visit_prefix_cuts(net, [&](const PrefixCut& cut) { append_cut(cuts.next(), net, cut); });
  cuts.end();

  result.text() += "\n \"warnings\": ";
  append_list(result.text(), net.warnings, [&](const auto& warning) { append_json(result.text(), warning); });
  result.text() += "}\n";
}

}  // namespace ns
