// Operators with subgraphs and those of sequences.
#include "net/onnx/rules/control.hpp"

#include "net/onnx/rules.hpp"

#include <array>

namespace ns::onnx {
namespace {}  // namespace

std::span<const OpRule> control_rules() {
  static constexpr std::array rows{
      OpRule{"", "ConcatFromSequence", concat_from_sequence},
      OpRule{"", "If", branch, Work::body},
      OpRule{"", "Loop", loop, Work::body},
      OpRule{"", "Optional", optional},
      OpRule{"", "OptionalGetElement", optional_get_element},
      OpRule{"", "OptionalHasElement", optional_has_element},
      OpRule{"", "Scan", scan, Work::body},
      OpRule{"", "SequenceAt", sequence_at},
      OpRule{"", "SequenceConstruct", sequence_construct},
      OpRule{"", "SequenceEmpty", sequence_empty},
      OpRule{"", "SequenceErase", sequence_erase},
      OpRule{"", "SequenceInsert", sequence_insert},
      OpRule{"", "SequenceLength", sequence_length},
      OpRule{"", "SequenceMap", sequence_map, Work::body},
      OpRule{"", "SplitToSequence", split_to_sequence},
  };
  return rows;
}

}  // namespace ns::onnx
