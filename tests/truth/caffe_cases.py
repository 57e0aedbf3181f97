"""Nets of Caffe with weights: prototxt, .caffemodel and what they compute, by the definitions of Caffe's layers in numpy alone."""

import struct
from dataclasses import dataclass, field

import numpy as np


# A .caffemodel, byte by byte: field numbers of caffe.proto.


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def sized(number, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def number(field_number, value):
    return varint(field_number << 3) + varint(value)


def shaped(values):
    """BlobProto of present files."""
    dims = b"".join(varint(dim) for dim in values.shape)
    return sized(7, sized(1, dims)) + sized(5, values.astype("<f4").tobytes())


def doubles(values):
    dims = b"".join(varint(dim) for dim in values.shape)
    return sized(7, sized(1, dims)) + sized(8, values.astype("<f8").tobytes())


def legacy(values, packed=True):
    """BlobProto of old files: four axes, ones before."""
    dims = (1,) * (4 - values.ndim) + values.shape
    head = b"".join(number(i + 1, dim) for i, dim in enumerate(dims))
    if packed:
        return head + sized(5, values.astype("<f4").tobytes())
    return head + b"".join(b"\x2d" + struct.pack("<f", value) for value in values.ravel())


def layer(name, *blobs, more=b""):
    return sized(100, sized(1, name) + more + b"".join(sized(7, blob) for blob in blobs))


def layer_v1(name, *blobs):
    return sized(2, sized(4, name) + b"".join(sized(6, blob) for blob in blobs))


# Caffe's layers.


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def convolution(x, weight, bias, stride=1, pad=0, dilation=1, group=1):
    (sy, sx), (py, px) = pair(stride), pair(pad)
    n, c, h, w = x.shape
    filters, channels, ky, kx = weight.shape
    padded = np.zeros((n, c, h + 2 * py, w + 2 * px))
    padded[:, :, py : py + h, px : px + w] = x
    oh = (h + 2 * py - dilation * (ky - 1) - 1) // sy + 1
    ow = (w + 2 * px - dilation * (kx - 1) - 1) // sx + 1
    out = np.zeros((n, filters, oh, ow))
    for f in range(filters):
        first = f // (filters // group) * channels
        for y in range(oh):
            for z in range(ow):
                window = padded[:, first : first + channels, y * sy : y * sy + dilation * (ky - 1) + 1 : dilation,
                                z * sx : z * sx + dilation * (kx - 1) + 1 : dilation]
                out[:, f, y, z] = (window * weight[f]).sum(axis=(1, 2, 3)) + bias[f]
    return out


def pooling(x, kernel, stride, pad, kind):
    """PoolingLayer: rounded up, the last window clipped where there is padding; an average divides by the padded window."""
    n, c, h, w = x.shape

    def positions(extent):
        count = -(-(extent + 2 * pad - kernel) // stride) + 1
        return count - 1 if pad and (count - 1) * stride >= extent + pad else count

    out = np.zeros((n, c, positions(h), positions(w)))
    for y in range(out.shape[2]):
        for z in range(out.shape[3]):
            top, left = y * stride - pad, z * stride - pad
            bottom, right = min(top + kernel, h + pad), min(left + kernel, w + pad)
            size = (bottom - top) * (right - left)
            window = x[:, :, max(0, top) : min(bottom, h), max(0, left) : min(right, w)]
            out[:, :, y, z] = window.max(axis=(2, 3)) if kind == "MAX" else window.sum(axis=(2, 3)) / size
    return out


def lrn_across(x, size, alpha, beta, k):
    squares = np.zeros_like(x)
    for c in range(x.shape[1]):
        low, high = max(0, c - size // 2), min(x.shape[1], c + size // 2 + 1)
        squares[:, c] = (x[:, low:high] ** 2).sum(axis=1)
    return x / (k + alpha / size * squares) ** beta


def lrn_within(x, size, alpha, beta):
    """LRNLayer of WITHIN_CHANNEL: 1 + alpha times the average pool of squares, padded by half a window."""
    return x * (1 + alpha * average_of_full_window(x**2, size)) ** -beta


def average_of_full_window(x, size):
    half = size // 2
    n, c, h, w = x.shape
    padded = np.zeros((n, c, h + 2 * half, w + 2 * half))
    padded[:, :, half : half + h, half : half + w] = x
    out = np.zeros_like(x)
    for y in range(size):
        for z in range(size):
            out += padded[:, :, y : y + h, z : z + w]
    return out / size**2


def local(x, weight, bias, kernel, stride):
    """The local layer of Caffe's forks: weights filters x 1 x (channels x window) x positions."""
    n, _, h, w = x.shape
    oh, ow = (h - kernel) // stride + 1, (w - kernel) // stride + 1
    out = np.zeros((n, weight.shape[0], oh, ow))
    for y in range(oh):
        for z in range(ow):
            columns = x[:, :, y * stride : y * stride + kernel, z * stride : z * stride + kernel].reshape(n, -1)
            out[:, :, y, z] = columns @ weight[:, 0, :, y * ow + z].T + bias[0, 0, :, y * ow + z]
    return out


def softmax(x):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@dataclass
class Case:
    name: str
    prototxt: str
    caffemodel: bytes
    layers: int
    inputs: dict
    expected: dict = field(default_factory=dict)


def values(random, *shape, low=-1.0, high=1.0):
    return random.uniform(low, high, shape).astype(np.float32)


def present_syntax():
    """Groups and dilation, BatchNorm with its factor, Scale, PReLU of both kinds, an average pool that is clipped, LRN, a transposed inner product."""
    random = np.random.default_rng(1)
    x = values(random, 2, 4, 12, 11)
    weight, bias = values(random, 6, 2, 3, 2), values(random, 6)
    mean, variance, factor = values(random, 6), values(random, 6, low=0.5, high=2.0), np.array([3.5], np.float32)
    scale, shift, slope = values(random, 6), values(random, 6), values(random, 6)
    text = """name: "present"
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 2 dim: 4 dim: 12 dim: 11 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 6 kernel_h: 3 kernel_w: 2 pad_h: 2 pad_w: 1 stride: 2 dilation: 2 group: 2 } }
layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "conv" batch_norm_param { eps: 0.001 } }
layer { name: "scale" type: "Scale" bottom: "conv" top: "conv" scale_param { bias_term: true } }
layer { name: "prelu" type: "PReLU" bottom: "conv" top: "conv" }
layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool" pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 } }
layer { name: "norm" type: "LRN" bottom: "pool" top: "norm" lrn_param { local_size: 3 alpha: 0.2 beta: 0.6 k: 1.5 } }
layer { name: "within" type: "LRN" bottom: "norm" top: "within" lrn_param { local_size: 3 alpha: 0.3 norm_region: WITHIN_CHANNEL } }
layer { name: "ip" type: "InnerProduct" bottom: "within" top: "ip" inner_product_param { num_output: 5 transpose: true } }
layer { name: "one" type: "PReLU" bottom: "ip" top: "ip" prelu_param { channel_shared: true } }
layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }
"""
    y = convolution(x, weight, bias, 2, (2, 1), 2, 2)
    per_channel = [None, slice(None), None, None]
    y = (y - (mean / factor)[tuple(per_channel)]) / np.sqrt((variance / factor)[tuple(per_channel)] + 0.001)
    y = y * scale[tuple(per_channel)] + shift[tuple(per_channel)]
    y = np.where(y < 0, slope[tuple(per_channel)] * y, y)
    y = pooling(y, 3, 2, 1, "AVE")
    y = lrn_within(lrn_across(y, 3, 0.2, 0.6, 1.5), 3, 0.3, 0.75)
    rows = y.reshape(2, -1)
    product, offset = values(random, rows.shape[1], 5), values(random, 5)
    one = values(random)
    model = (
        sized(1, "present") + layer("data") + layer("conv", shaped(weight), doubles(bias))
        + layer("bn", shaped(mean), shaped(variance), shaped(factor)) + layer("scale", shaped(scale), shaped(shift))
        + layer("prelu", shaped(slope)) + layer("ip", shaped(product), shaped(offset), more=sized(117, number(6, 1)))
        + layer("one", shaped(one))
    )
    y = rows @ product + offset
    y = np.where(y < 0, one * y, y)
    return Case("present syntax", text, model, 10, {"data": x}, {"prob": softmax(y)})


def version_1():
    """The syntax of version 1 with blobs of four axes, unpacked values, unshared filters, a maximum rounded up, HTANH."""
    random = np.random.default_rng(2)
    x = values(random, 1, 3, 11, 11)
    weight, bias = values(random, 4, 3, 3, 3), values(random, 4)
    text = """name: "old" input: "data" input_dim: 1 input_dim: 3 input_dim: 11 input_dim: 11
layers { name: "conv" type: CONVOLUTION bottom: "data" top: "conv" convolution_param { num_output: 4 kernel_size: 3 } }
layers { name: "relu" type: RELU bottom: "conv" top: "conv" relu_param { negative_slope: 0.1 } }
layers { name: "pool" type: POOLING bottom: "conv" top: "pool" pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
layers { name: "local" type: LOCAL bottom: "pool" top: "local" local_param { num_output: 2 kernel_size: 2 stride: 1 } }
layers { name: "htanh" type: HTANH bottom: "local" top: "local" }
layers { name: "drop" type: DROPOUT bottom: "local" top: "local" }
layers { name: "ip" type: INNER_PRODUCT bottom: "local" top: "ip" inner_product_param { num_output: 7 } }
"""
    z = convolution(x, weight, bias)
    z = pooling(np.where(z < 0, 0.1 * z, z), 2, 2, 0, "MAX")
    positions = (z.shape[2] - 1) * (z.shape[3] - 1)
    filters, offsets = values(random, 2, 1, 16, positions), values(random, 1, 1, 2, positions)
    z = np.clip(local(z, filters, offsets, 2, 1), -1, 1).reshape(1, -1)
    product, offset = values(random, 7, z.shape[1]), values(random, 7)
    model = (
        layer_v1("conv", legacy(weight, packed=False), legacy(bias, packed=False)) + layer_v1("relu")
        + layer_v1("local", legacy(filters), legacy(offsets)) + layer_v1("ip", legacy(product), legacy(offset))
    )
    return Case("version 1", text, model, 7, {"data": x}, {"ip": z @ product.T + offset})


def joined():
    """Branches: coefficients of a sum, a product, a maximum, slices and a concatenation, powers, positions of the largest."""
    random = np.random.default_rng(3)
    x = values(random, 1, 4, 5, 5)
    weight, bias = values(random, 4, 4, 1, 1), values(random, 4)
    text = """name: "joined" input: "data" input_shape { dim: 1 dim: 4 dim: 5 dim: 5 }
layer { name: "a" type: "Convolution" bottom: "data" top: "a" convolution_param { num_output: 4 kernel_size: 1 } }
layer { name: "sum" type: "Eltwise" bottom: "a" bottom: "data" bottom: "a" top: "sum" eltwise_param { coeff: 0.5 coeff: -1 coeff: 2 } }
layer { name: "max" type: "Eltwise" bottom: "sum" bottom: "data" top: "max" eltwise_param { operation: MAX } }
layer { name: "slice" type: "Slice" bottom: "max" top: "s1" top: "s2" slice_param { slice_point: 1 } }
layer { name: "power" type: "Power" bottom: "s1" top: "p" power_param { power: 2 scale: 0.5 shift: 3 } }
layer { name: "join" type: "Concat" bottom: "s2" bottom: "p" top: "j" }
layer { name: "prod" type: "Eltwise" bottom: "j" bottom: "a" top: "prod" eltwise_param { operation: PROD } }
layer { name: "pool" type: "Pooling" bottom: "prod" top: "pool" pooling_param { pool: AVE kernel_size: 2 stride: 3 } }
layer { name: "best" type: "ArgMax" bottom: "prod" top: "best" argmax_param { top_k: 3 axis: 1 } }
"""
    a = convolution(x, weight, bias)
    largest = np.maximum(0.5 * a - x + 2 * a, x)
    powers = (3 + 0.5 * largest[:, :1]) ** 2
    product = np.concatenate([largest[:, 1:], powers], axis=1) * a
    best = np.argsort(-product, axis=1, kind="stable")[:, :3]
    # A stride above the kernel, rounded up: no window lies behind the map here, (5 - 2) / 3 + 1 = 2.
    expected = {"pool": pooling(product, 2, 3, 0, "AVE"), "best": best}
    return Case("joined", text, layer("a", shaped(weight), shaped(bias)), 9, {"data": x}, expected)


def cases():
    return [present_syntax(), version_1(), joined()]
