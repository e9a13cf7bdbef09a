/* What every kernel reads with: addresses, four rows of a column at a time, ordinals and values. */
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require
#extension GL_EXT_shader_atomic_int64 : require
#extension GL_EXT_control_flow_attributes : require
#include "pk-kernel-layout.h"

/* The workgroup size is chosen when the pipeline is made. */
layout(local_size_x_id = 0) in;

/* Which columns, predicates and keys a pipeline is for; 0: absent. */
layout(constant_id = 1) const uint SOURCE = 0;
layout(constant_id = 2) const uint P0 = 0;
layout(constant_id = 3) const uint P1 = 0;
layout(constant_id = 4) const uint P2 = 0;
layout(constant_id = 5) const uint P3 = 0;
layout(constant_id = 6) const uint K0 = 0;
layout(constant_id = 7) const uint K1 = 0;
layout(constant_id = 8) const uint K2 = 0;
layout(constant_id = 9) const uint K3 = 0;
layout(constant_id = 10) const uint A = 0;   /* the aggregated column */
layout(constant_id = 11) const uint B = 0;   /* a second one: `by`, or y's x */
layout(constant_id = 12) const uint OPS = 0; /* PK_OP_… */
layout(constant_id = 13) const uint TERM = 0;
layout(constant_id = 14) const uint LIMBS = 0;
layout(constant_id = 15) const uint FORM = 0; /* of the kernel's own */

layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer ProgramRef { PkKernelProgram p; };
layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer SegmentRef { PkKernelSegment s; };
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Vec4Ref { uvec4 v; };
layout(buffer_reference, std430, buffer_reference_align = 16) writeonly buffer Vec4Out { uvec4 v; };
layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer Vec2Ref { uvec2 v; };
layout(buffer_reference, std430, buffer_reference_align = 4) readonly buffer U32Ref { uint v; };
layout(buffer_reference, std430, buffer_reference_align = 4) buffer U32Mem { uint v; };
layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer I64Ref { int64_t v; };
layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer F64Ref { double v; };
layout(buffer_reference, std430, buffer_reference_align = 8) coherent buffer U64Mem { uint64_t v; };

layout(push_constant, std430) uniform Push { PkKernelPush push; };

/* Addresses are computed in 64 bits: an index of 32 would wrap at 4 GiB. */
uint64_t at(uint64_t base, uint index, uint size)
{
  return base + uint64_t(index) * uint64_t(size);
}

SegmentRef segment_of(uint index)
{
  return SegmentRef(at(push.segments, index, 16u + 8u + 16u * uint(PK_KERNEL_SLOTS)));
}

const int64_t INT64_LEAST = int64_t(1) << 63;

/* --- reading --- */

/* The bits of rows 4 i4 … 4 i4 + 3, zero-extended. */
void load4(uint kind, uint64_t data, uint i4, out uint64_t raw[4])
{
  if (kind <= PK_KIND_I8) {
    uint w = U32Ref(at(data, i4, 4)).v;
    [[unroll]] for (uint j = 0; j < 4; j++)
      raw[j] = uint64_t(bitfieldExtract(w, int(8 * j), 8));
  } else if (kind <= PK_KIND_I16) {
    uvec2 w = Vec2Ref(at(data, i4, 8)).v;
    raw[0] = uint64_t(w.x & 0xffffu);
    raw[1] = uint64_t(w.x >> 16);
    raw[2] = uint64_t(w.y & 0xffffu);
    raw[3] = uint64_t(w.y >> 16);
  } else if (kind <= PK_KIND_I32 || kind == PK_KIND_F32) {
    uvec4 w = Vec4Ref(at(data, i4, 16)).v;
    [[unroll]] for (uint j = 0; j < 4; j++)
      raw[j] = uint64_t(w[j]);
  } else {
    uvec4 w = Vec4Ref(at(data, i4, 32)).v;
    uvec4 x = Vec4Ref(at(data, i4, 32) + 16ul).v;
    raw[0] = pack64(w.xy);
    raw[1] = pack64(w.zw);
    raw[2] = pack64(x.xy);
    raw[3] = pack64(x.zw);
  }
}

/* Bit j: row 4 i4 + j is not NULL. Without a branch, which would keep other loads waiting: what has no bits of
 * validity reads some of its data. */
uint valid4(uint column, uint64_t valid, uint64_t data, uint i4)
{
  if ((column & PK_COLUMN_NULLABLE) == 0)
    return 0xfu;
  uint word = U32Ref(valid != 0ul ? at(valid, i4 >> 3, 4) : data).v;
  return valid != 0ul ? word >> ((i4 & 7u) * 4u) & 0xfu : 0xfu;
}

/* The bits of one row. */
uint64_t load1(uint kind, uint64_t data, uint row)
{
  if (kind <= PK_KIND_I8)
    return uint64_t(bitfieldExtract(U32Ref(at(data, row >> 2, 4)).v, int(8 * (row & 3u)), 8));
  if (kind <= PK_KIND_I16)
    return uint64_t(bitfieldExtract(U32Ref(at(data, row >> 1, 4)).v, int(16 * (row & 1u)), 16));
  if (kind <= PK_KIND_I32 || kind == PK_KIND_F32)
    return uint64_t(U32Ref(at(data, row, 4)).v);
  return pack64(Vec2Ref(at(data, row, 8)).v);
}

bool valid1(uint column, uint64_t valid, uint row)
{
  return (column & PK_COLUMN_NULLABLE) == 0 || valid == 0ul ||
         ((U32Ref(at(valid, row >> 5, 4)).v >> (row & 31u)) & 1u) != 0;
}

/* --- meaning --- */

int64_t order_f64(uint64_t bits)
{
  int64_t b = int64_t(bits);
  if ((bits & 0x7ffffffffffffffful) > 0x7ff0000000000000ul) /* NaN, also of a computed value */
    return 0x7fffffffffffffffl;
  b = b == INT64_LEAST ? 0l : b; /* -0 */
  return b ^ int64_t(uint64_t(b >> 63) >> 1);
}

int order_f32(uint bits)
{
  if ((bits & 0x7fffffffu) > 0x7f800000u)
    return 0x7fffffff;
  int b = bits == 0x80000000u ? 0 : int(bits);
  return b ^ int(uint(b >> 31) >> 1);
}

/* Whole numbers of any kind but floats. */
int64_t whole(uint kind, uint64_t raw)
{
  if (kind == PK_KIND_I8)
    return int64_t(bitfieldExtract(int(uint(raw)), 0, 8));
  if (kind == PK_KIND_I16)
    return int64_t(bitfieldExtract(int(uint(raw)), 0, 16));
  if (kind == PK_KIND_I32)
    return int64_t(int(uint(raw)));
  return int64_t(raw);
}

/* The value as a double; divisor: 10^scale of a decimal, else 1. */
double value_of(uint kind, uint64_t raw, double divisor)
{
  if (kind == PK_KIND_F32)
    return double(uintBitsToFloat(uint(raw)));
  if (kind == PK_KIND_F64)
    return packDouble2x32(unpack32(raw));
  double x = kind == PK_KIND_U64 ? double(raw) : double(whole(kind, raw));
  return divisor == 1.0lf ? x : x / divisor;
}

int64_t ordinal(uint column, uint64_t raw, double divisor)
{
  uint kind = PK_COLUMN_KIND(column);
  if ((column & PK_COLUMN_AS_DOUBLE) != 0)
    return order_f64(pack64(unpackDouble2x32(value_of(kind, raw, divisor))));
  if (kind == PK_KIND_F32)
    return int64_t(order_f32(uint(raw)));
  if (kind == PK_KIND_F64)
    return order_f64(raw);
  if (kind == PK_KIND_U64)
    return int64_t(raw) ^ INT64_LEAST;
  return whole(kind, raw);
}

bool is_nan(uint column, uint64_t raw)
{
  uint kind = PK_COLUMN_KIND(column);
  if ((column & PK_COLUMN_HAS_NAN) == 0)
    return false;
  if (kind == PK_KIND_F32)
    return (uint(raw) & 0x7fffffffu) > 0x7f800000u;
  return kind == PK_KIND_F64 && (raw & 0x7ffffffffffffffful) > 0x7ff0000000000000ul;
}
