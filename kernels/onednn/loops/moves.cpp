// Moving and picking elements; see loops.cpp.
#include "kernels/onednn/loops/parts.hpp"

#include <string.h>

namespace ns::onednn::NS_LOOPS {
namespace {

constexpr Index tile = 16;

/// A row of `count` elements that stand `stride` apart.
inline void copy_row(const float* in, Index stride, Index count, float* out) {
  if (stride == 1) {
    memcpy(out, in, static_cast<unsigned long>(count) * sizeof(float));
  } else if (stride == 0) {
    const float value = *in;
    for (Index i = 0; i < count; ++i) out[i] = value;
  } else {
    for (Index i = 0; i < count; ++i) out[i] = in[i * stride];
  }
}

/// [rows, columns] whose input has its rows side by side, in tiles that stay in the cache.
void transpose_plane(const float* in, Index stride, Index rows, Index columns, float* out, Index out_stride) {
  for (Index row = 0; row < rows; row += tile) {
    const Index last_row = smaller(rows, row + tile);
    for (Index column = 0; column < columns; column += tile) {
      const Index last_column = smaller(columns, column + tile);
      for (Index r = row; r < last_row; ++r)
        for (Index c = column; c < last_column; ++c) out[r * out_stride + c] = in[r + c * stride];
    }
  }
}

/// Strides of a dense tensor of work.extents.
void dense_strides(const CopyWork& work, Index (&strides)[16]) {
  Index step = 1;
  for (Index axis = work.rank - 1; axis >= 0; --axis) {
    strides[axis] = step;
    step *= work.extents[axis];
  }
}

/// Which axis other than the last stands side by side in the input; -1 if none does.
Index row_axis(const CopyWork& work) {
  if (work.rank < 2 || work.strides[work.rank - 1] == 1) return -1;
  for (Index axis = work.rank - 2; axis >= 0; --axis)
    if (work.strides[axis] == 1) return axis;
  return -1;
}

}  // namespace

void copy(const CopyWork& work, const float* in, float* out) {
  in += work.offset;
  if (work.rank == 0) {
    *out = *in;
    return;
  }
  Index out_strides[16];
  dense_strides(work, out_strides);
  const Index last = work.rank - 1;
  const Index second = row_axis(work);
  Index places = 1;
  for (Index axis = 0; axis < last; ++axis)
    if (axis != second) places *= work.extents[axis];
  Index at[16] = {};
  const float* from = in;
  float* to = out;
  for (Index place = 0; place < places; ++place) {
    if (second >= 0) {
      transpose_plane(from, work.strides[last], work.extents[second], work.extents[last], to,
                      out_strides[second]);
    } else {
      copy_row(from, work.strides[last], work.extents[last], to);
    }
    for (Index axis = last - 1; axis >= 0; --axis) {
      if (axis == second) continue;
      from += work.strides[axis];
      to += out_strides[axis];
      if (++at[axis] < work.extents[axis]) break;
      from -= work.extents[axis] * work.strides[axis];
      to -= work.extents[axis] * out_strides[axis];
      at[axis] = 0;
    }
  }
}

void pad(const PadWork& work, const float* in, float* out) {
  const Index last = work.rank - 1;
  Index rows = 1;
  for (Index axis = 0; axis < last; ++axis) rows *= work.out[axis];
  const Index width = work.out[last];
  const Index* const sources = work.sources[last];
  for (Index row = 0; row < rows; ++row, out += width) {
    Index rest = row;
    Index place = 0;
    Index step = work.in[last];
    bool inside = true;
    for (Index axis = last - 1; axis >= 0; --axis) {
      const Index source = work.sources[axis][rest % work.out[axis]];
      inside = inside && source >= 0;
      place += source * step;
      step *= work.in[axis];
      rest /= work.out[axis];
    }
    if (!inside) {
      for (Index i = 0; i < width; ++i) out[i] = work.value;
      continue;
    }
    const float* const from = in + place;
    for (Index i = 0; i < work.before; ++i) out[i] = sources[i] < 0 ? work.value : from[sources[i]];
    if (work.run > 0) copy_row(from + sources[work.before], 1, work.run, out + work.before);
    for (Index i = work.before + work.run; i < width; ++i)
      out[i] = sources[i] < 0 ? work.value : from[sources[i]];
  }
}

void gather_rows(const RowsWork& work, const float* data, const float* indices, float* out) {
  for (Index outer = 0; outer < work.outer; ++outer, data += work.extent * work.run) {
    for (Index i = 0; i < work.tuples; ++i, out += work.run)
      copy_row(data + place_of(indices[i], work.extent) * work.run, 1, work.run, out);
  }
}

namespace {

inline float updated(Update update, float old, float value) {
  switch (update) {
    case Update::replace:
      return value;
    case Update::add:
      return old + value;
    case Update::mul:
      return old * value;
    case Update::max:
      return maximum(old, value);
    case Update::min:
      return old < value ? old : value;
  }
  return value;
}

/// Calls visit(number of the index, place in the data) for each index.
template <class Visit>
void visit_elements(const ElementsWork& work, const float* indices, Visit&& visit) {
  Index count = 1;
  for (Index axis = 0; axis < work.rank; ++axis) count *= work.indices[axis];
  for (Index i = 0; i < count; ++i) {
    Index rest = i;
    Index place = 0;
    Index step = 1;
    for (Index axis = work.rank - 1; axis >= 0; --axis) {
      const Index own = rest % work.indices[axis];
      rest /= work.indices[axis];
      place += (axis == work.axis ? place_of(indices[i], work.data[axis]) : own) * step;
      step *= work.data[axis];
    }
    visit(i, place);
  }
}

inline Index place_of_tuple(const PlacesWork& work, const float* indices, Index tuple) {
  Index place = tuple / work.per_batch;
  for (Index i = 0; i < work.named; ++i)
    place = place * work.extents[i] + place_of(indices[tuple * work.named + i], work.extents[i]);
  return place * work.run;
}

}  // namespace

void gather_elements(const ElementsWork& work, const float* data, const float* indices, float* out) {
  visit_elements(work, indices, [data, out](Index i, Index place) { out[i] = data[place]; });
}

void gather_places(const PlacesWork& work, const float* data, const float* indices, float* out) {
  for (Index tuple = 0; tuple < work.tuples; ++tuple, out += work.run)
    copy_row(data + place_of_tuple(work, indices, tuple), 1, work.run, out);
}

void scatter_elements(const ElementsWork& work, const float* indices, const float* updates, float* out) {
  visit_elements(work, indices, [&work, updates, out](Index i, Index place) {
    out[place] = updated(work.update, out[place], updates[i]);
  });
}

void scatter_places(const PlacesWork& work, const float* indices, const float* updates, float* out) {
  for (Index tuple = 0; tuple < work.tuples; ++tuple, updates += work.run) {
    float* const to = out + place_of_tuple(work, indices, tuple);
    if (work.update == Update::replace) {
      copy_row(updates, 1, work.run, to);
    } else {
      for (Index i = 0; i < work.run; ++i) to[i] = updated(work.update, to[i], updates[i]);
    }
  }
}

}  // namespace ns::onednn::NS_LOOPS
