#include "apps/result_stream.hpp"

#include <cstddef>

namespace ns {

void ResultStream::pass() {
  constexpr std::size_t piece = std::size_t{1} << 16;
  if (common_.output != "-" || text_.size() < piece) return;
  if (status_) status_ = write_output(common_, text_);
  text_.clear();
}

Result<void> ResultStream::finish() {
  if (status_) status_ = write_output(common_, text_);
  return status_;
}

}  // namespace ns
