#include "kernels/reference/layers.hpp"
#include "kernels/runnable.hpp"

#include <cassert>

namespace ns::reference {
namespace {

struct Dispatch {
  const Operands& operands;
  template <class Layer>
  void operator()(const Layer& layer) const {
    run(layer, operands);
  }
  void operator()(const Opaque&) const { assert(false && "an opaque layer passed supports()"); }
};

}  // namespace

void run(const LayerParams& layer, const Operands& operands) { std::visit(Dispatch{operands}, layer); }

Result<void> supports(const LayerConfig& layer) { return check_runnable(layer); }

}  // namespace ns::reference
