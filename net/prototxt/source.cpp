#include "net/prototxt/source.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <unordered_map>

namespace ns::prototxt {
namespace {

/// Names of types in versions 1 (upper case) and 0 (lower case) of the syntax.
std::string_view present_name(std::string_view type) {
  static const std::unordered_map<std::string_view, std::string_view> names{
      {"ABSVAL", "AbsVal"},
      {"ACCURACY", "Accuracy"},
      {"ARGMAX", "ArgMax"},
      {"BNLL", "BNLL"},
      {"CONCAT", "Concat"},
      {"CONTRASTIVE_LOSS", "ContrastiveLoss"},
      {"CONVOLUTION", "Convolution"},
      {"DATA", "Data"},
      {"DECONVOLUTION", "Deconvolution"},
      {"DROPOUT", "Dropout"},
      {"DUMMY_DATA", "DummyData"},
      {"ELTWISE", "Eltwise"},
      {"EUCLIDEAN_LOSS", "EuclideanLoss"},
      {"EXP", "Exp"},
      {"FLATTEN", "Flatten"},
      {"HDF5_DATA", "HDF5Data"},
      {"HDF5_OUTPUT", "HDF5Output"},
      {"HINGE_LOSS", "HingeLoss"},
      {"HTANH", "HTanH"},
      {"IM2COL", "Im2col"},
      {"IMAGE_DATA", "ImageData"},
      {"INFOGAIN_LOSS", "InfogainLoss"},
      {"INNER_PRODUCT", "InnerProduct"},
      {"LOCAL", "Local"},
      {"MEMORY_DATA", "MemoryData"},
      {"MULTINOMIAL_LOGISTIC_LOSS", "MultinomialLogisticLoss"},
      {"POOLING", "Pooling"},
      {"POWER", "Power"},
      {"RELU", "ReLU"},
      {"SIGMOID", "Sigmoid"},
      {"SIGMOID_CROSS_ENTROPY_LOSS", "SigmoidCrossEntropyLoss"},
      {"SILENCE", "Silence"},
      {"SLICE", "Slice"},
      {"SOFTMAX", "Softmax"},
      {"SOFTMAX_LOSS", "SoftmaxWithLoss"},
      {"SPLIT", "Split"},
      {"TANH", "TanH"},
      {"THRESHOLD", "Threshold"},
      {"WINDOW_DATA", "WindowData"},
      {"accuracy", "Accuracy"},
      {"bnll", "BNLL"},
      {"concat", "Concat"},
      {"conv", "Convolution"},
      {"data", "Data"},
      {"dropout", "Dropout"},
      {"euclidean_loss", "EuclideanLoss"},
      {"flatten", "Flatten"},
      {"hdf5_data", "HDF5Data"},
      {"hinge_loss", "HingeLoss"},
      {"im2col", "Im2col"},
      {"images", "ImageData"},
      {"infogain_loss", "InfogainLoss"},
      {"innerproduct", "InnerProduct"},
      {"lrn", "LRN"},
      {"multinomial_logistic_loss", "MultinomialLogisticLoss"},
      {"padding", "Padding"},
      {"pool", "Pooling"},
      {"relu", "ReLU"},
      {"sigmoid", "Sigmoid"},
      {"softmax", "Softmax"},
      {"softmax_loss", "SoftmaxWithLoss"},
      {"split", "Split"},
      {"tanh", "TanH"},
      {"window_data", "WindowData"},
  };
  const auto found = names.find(type);
  return found == names.end() ? type : found->second;
}

/// Version 0 wrote some keys together.
std::string_view version_0_key(std::string_view key) {
  static constexpr std::array<std::array<std::string_view, 2>, 4> keys{{{"kernel_size", "kernelsize"},
                                                                        {"bias_term", "biasterm"},
                                                                        {"batch_size", "batchsize"},
                                                                        {"crop_size", "cropsize"}}};
  const auto* const found = std::ranges::find(keys, key, [](const auto& pair) { return pair[0]; });
  return found == keys.end() ? key : (*found)[1];
}

/// An integer of the text format: decimal, hexadecimal or octal.
std::optional<std::int64_t> parse_text_integer(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  const auto digits = text.substr(negative ? 1 : 0);
  const bool hexadecimal = digits.size() > 2 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
  const bool octal = !hexadecimal && digits.size() > 1 && digits[0] == '0';
  if (!hexadecimal && !octal) return parse_integer(text);
  const auto body = digits.substr(hexadecimal ? 2 : 1);
  std::int64_t value = 0;
  const auto* const end = body.data() + body.size();
  const auto [stopped, status] = std::from_chars(body.data(), end, value, hexadecimal ? 16 : 8);
  if (status != std::errc{} || stopped != end || value < 0) return std::nullopt;
  return negative ? -value : value;
}

/// A float of the text format may end with f.
std::optional<double> parse_text_number(std::string_view text) {
  if (!text.empty() && (text.back() == 'f' || text.back() == 'F')) text.remove_suffix(1);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  return parse_number(text);
}

std::optional<bool> parse_flag(std::string_view text) {
  static constexpr std::array<std::string_view, 4> yes{"true", "True", "t", "1"};
  static constexpr std::array<std::string_view, 4> no{"false", "False", "f", "0"};
  if (std::ranges::find(yes, text) != yes.end()) return true;
  if (std::ranges::find(no, text) != no.end()) return false;
  return std::nullopt;
}

/// What state the inference view has.
struct State {
  std::int64_t level = 0;
  std::vector<std::string> stages;
};

bool holds(const Message& rule, const State& state) {
  const auto phase = rule.find("phase");
  if (phase != nullptr && phase->text() != "TEST" && phase->text() != "1") return false;
  const auto level = [&](std::string_view key, std::int64_t otherwise) {
    const auto* const field = rule.find(key);
    return field != nullptr ? parse_text_integer(field->text()).value_or(otherwise) : otherwise;
  };
  if (level("min_level", state.level) > state.level || level("max_level", state.level) < state.level)
    return false;
  const auto is_set = [&](const std::string& stage) {
    return std::ranges::find(state.stages, stage) != state.stages.end();
  };
  return std::ranges::all_of(rule.texts("stage"), is_set) &&
         std::ranges::none_of(rule.texts("not_stage"), is_set);
}

}  // namespace

LayerSource layer_source(const Message& message) {
  LayerSource layer;
  layer.message = &message;
  const auto* const inner = message.find_message("layer");
  layer.description = inner != nullptr ? inner : &message;
  if (const auto* name = layer.description->find("name")) layer.name = name->text();
  if (const auto* type = layer.description->find("type")) layer.op = type->text();
  layer.type = present_name(layer.op);
  layer.bottoms = message.texts("bottom");
  layer.tops = message.texts("top");
  return layer;
}

bool in_test_phase(const LayerSource& layer, const Message* state) {
  State view;
  if (state != nullptr) {
    if (const auto* level = state->find("level")) view.level = parse_text_integer(level->text()).value_or(0);
    view.stages = state->texts("stage");
  }
  const auto any_holds = [&](const std::vector<const Field*>& rules) {
    return std::ranges::any_of(
        rules, [&](const Field* rule) { return rule->message != nullptr && holds(*rule->message, view); });
  };
  const auto include = layer.message->all("include");
  return include.empty() ? !any_holds(layer.message->all("exclude")) : any_holds(include);
}

Params::Params(const LayerSource& layer, std::string_view name)
    : message_{layer.is_version_0() ? layer.description : layer.message->find_message(name)},
      offset_{layer.message->offset},
      version_0_{layer.is_version_0()} {}

std::vector<const Field*> Params::all(std::string_view key) {
  asked_.emplace_back(key);
  if (message_ == nullptr || mistake_) return {};
  return message_->all(version_0_ ? version_0_key(key) : key);
}

void Params::fail_at(std::size_t offset, std::string sentence) {
  if (!mistake_) mistake_ = Mistake{offset, std::move(sentence)};
}

template <class Value, class Parse>
std::vector<Value> Params::values(std::string_view key, std::string_view kind, Parse parse) {
  std::vector<Value> list;
  for (const auto* field : all(key)) {
    const auto value = field->message ? std::nullopt : parse(field->text());
    if (value)
      list.push_back(*value);
    else
      fail_at(field->offset, fmt::format("{} must be {}, not '{}'", key, kind,
                                         field->message ? "{" : field->text().substr(0, 40)));
  }
  return list;
}

bool Params::has(std::string_view key) { return !all(key).empty(); }

std::int64_t Params::integer(std::string_view key, std::int64_t otherwise) {
  const auto list = integers(key);
  return list.empty() ? otherwise : list.back();
}

double Params::real(std::string_view key, double otherwise) {
  const auto list = reals(key);
  return list.empty() ? otherwise : list.back();
}

bool Params::flag(std::string_view key, bool otherwise) {
  const auto list = values<bool>(key, "true or false", parse_flag);
  return list.empty() ? otherwise : list.back();
}

std::string Params::word(std::string_view key, std::string_view otherwise) {
  const auto list = all(key);
  return list.empty() || list.back()->message ? std::string{otherwise} : list.back()->text();
}

std::vector<std::int64_t> Params::integers(std::string_view key) {
  return values<std::int64_t>(key, "an integer of 64 bits", parse_text_integer);
}

std::vector<double> Params::reals(std::string_view key) {
  return values<double>(key, "a number", parse_text_number);
}

std::vector<std::vector<std::int64_t>> Params::shapes(std::string_view key) {
  std::vector<std::vector<std::int64_t>> list;
  for (const auto* field : all(key)) {
    auto& extents = list.emplace_back();
    if (!field->message) {
      fail_at(field->offset, fmt::format("{} must be {{ dim: ... }}", key));
      continue;
    }
    for (const auto* dim : field->message->all("dim")) {
      const auto extent = parse_text_integer(dim->text());
      if (extent)
        extents.push_back(*extent);
      else
        fail_at(dim->offset, fmt::format("dim must be an integer, not '{}'", dim->text().substr(0, 40)));
    }
  }
  return list;
}

std::optional<Params::Mistake> Params::misspelt() const {
  static constexpr std::array<std::string_view, 4> harmless{"weight_filler", "bias_filler", "engine",
                                                            "filler"};
  if (message_ == nullptr || version_0_) return std::nullopt;
  for (const auto& field : message_->fields) {
    if (std::ranges::find(asked_, field.name) != asked_.end()) continue;
    if (std::ranges::find(harmless, field.name) != harmless.end()) continue;
    if (const auto hint = suggestion(field.name, asked_); !hint.empty())
      return Mistake{field.offset, fmt::format("unknown field '{}' is ignored{}", field.name, hint)};
  }
  return std::nullopt;
}

}  // namespace ns::prototxt
