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

/// Four floats that may stand anywhere.
typedef float Four __attribute__((vector_size(16)));

inline Four load_four(const float* from) {
  Four value;
  memcpy(&value, from, sizeof value);
  return value;
}

inline void store_four(Four value, float* to) { memcpy(to, &value, sizeof value); }

/// out[r][c] = in[c][r] for four rows and columns; the strides are those of out's rows and of in's.
inline void transpose_four(const float* in, Index stride, float* out, Index out_stride) {
  const Four a = load_four(in);
  const Four b = load_four(in + stride);
  const Four c = load_four(in + 2 * stride);
  const Four d = load_four(in + 3 * stride);
  const Four low_ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const Four low_cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const Four high_ab = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Four high_cd = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  store_four(__builtin_shufflevector(low_ab, low_cd, 0, 1, 4, 5), out);
  store_four(__builtin_shufflevector(low_ab, low_cd, 2, 3, 6, 7), out + out_stride);
  store_four(__builtin_shufflevector(high_ab, high_cd, 0, 1, 4, 5), out + 2 * out_stride);
  store_four(__builtin_shufflevector(high_ab, high_cd, 2, 3, 6, 7), out + 3 * out_stride);
}

/// out[r][c] = in[c][r] in tiles that stay in the cache.
void transpose_plane(const float* in, Index stride, Index rows, Index columns, float* out, Index out_stride) {
  for (Index row = 0; row < rows; row += tile) {
    const Index last_row = smaller(rows, row + tile);
    const Index whole_rows = row + (last_row - row) / 4 * 4;
    for (Index column = 0; column < columns; column += tile) {
      const Index last_column = smaller(columns, column + tile);
      const Index whole_columns = column + (last_column - column) / 4 * 4;
      for (Index r = row; r < whole_rows; r += 4) {
        for (Index c = column; c < whole_columns; c += 4)
          transpose_four(in + r + c * stride, stride, out + r * out_stride + c, out_stride);
        for (Index c = whole_columns; c < last_column; ++c)
          for (Index i = r; i < r + 4; ++i) out[i * out_stride + c] = in[i + c * stride];
      }
      for (Index r = whole_rows; r < last_row; ++r)
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

void spread(const SpreadWork& work, const float* in, float* out) {
  for (Index row = 0; row < work.rows; ++row, in += work.run, out += work.step)
    copy_row(in, 1, work.run, out);
}

namespace {

/// Where the maps of one member of a batch stand: in blocks of channels, those of a block side by side.
struct Stand {
  Index block;    // channels in it
  Index channel;  // stride within a block
  Index element;  // stride of the plane
};

/// In the dense layout all channels are one block whose channels stand a plane apart.
Stand stand_of(Index block, Index channels, Index plane) {
  if (block == 1) return {channels, plane, 1};
  return {block, 1, block};
}

/// How far the members of a batch stand apart.
Index member_size(Index block, Index channels, Index plane) {
  return (channels + block - 1) / block * block * plane;
}

void copy_channels(const float* in, const Stand& from, Index channels, Index plane, float* out,
                   const Stand& to) {
  if (from.channel != 1) {
    transpose_plane(in, from.channel, plane, channels, out, to.element);
  } else if (to.channel != 1) {
    transpose_plane(in, from.element, channels, plane, out, to.channel);
  } else {
    for (Index i = 0; i < plane; ++i) copy_row(in + i * from.element, 1, channels, out + i * to.element);
  }
}

/// Zeros for the channels that the last block lacks.
void fill_block(Index channels, Index block, Index plane, float* out) {
  const Index own = channels % block;
  if (own == 0) return;
  out += channels / block * block * plane;
  for (Index i = 0; i < plane; ++i)
    for (Index lane = own; lane < block; ++lane) out[i * block + lane] = 0.0F;
}

}  // namespace

void relayout(const Maps& maps, std::int64_t block, const float* in, float* out) {
  const Index plane = maps.height * maps.width;
  const Stand from = stand_of(maps.block, maps.channels, plane);
  const Stand to = stand_of(block, maps.channels, plane);
  for (Index member = 0; member < maps.batch; ++member) {
    for (Index channel = 0; channel < maps.channels;) {
      const Index from_lane = channel % from.block;
      const Index to_lane = channel % to.block;
      const Index next =
          smaller(channel + smaller(from.block - from_lane, to.block - to_lane), maps.channels);
      copy_channels(in + (channel - from_lane) * plane + from_lane * from.channel, from, next - channel,
                    plane, out + (channel - to_lane) * plane + to_lane * to.channel, to);
      channel = next;
    }
    if (block > 1) fill_block(maps.channels, block, plane, out);
    in += member_size(maps.block, maps.channels, plane);
    out += member_size(block, maps.channels, plane);
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
