#version 460
/* One group: rows, count, sum, least and greatest of column A (with B: of the rows where B has a value too),
 * fused with the selection. Each invocation adds up its rows in registers, a workgroup in a tree of fixed
 * shape, and the host the workgroups in their order: the same bits from run to run. Sums of integers are
 * those of their low and high halves, exact for 2^32 rows. */
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "select.glsl"
#include "walk.glsl"

layout(buffer_reference, std430, buffer_reference_align = 8) writeonly buffer PartialOut { PkKernelPartial v; };

shared uint64_t tree[gl_WorkGroupSize.x];

const uint KIND = PK_COLUMN_KIND(A);
const bool IS_FLOAT = KIND == PK_KIND_F32 || KIND == PK_KIND_F64;
const bool ALL_COUNT = SOURCE == 0 && P0 == 0 && (A & PK_COLUMN_NULLABLE) == 0; /* but for the last few rows */
const uint TREE_ADD = 0, TREE_ADD_F64 = 1, TREE_MIN = 2, TREE_MAX = 3;

uint64_t bits_of(double d) { return pack64(unpackDouble2x32(d)); }
double double_of(uint64_t bits) { return packDouble2x32(unpack32(bits)); }

uint64_t join(uint how, uint64_t a, uint64_t b)
{
  if (how == TREE_ADD)
    return a + b;
  if (how == TREE_ADD_F64)
    return bits_of(double_of(a) + double_of(b));
  return how == TREE_MIN ? min(a, b) : max(a, b);
}

/* The workgroup's values joined in a fixed order; known to invocation 0. */
uint64_t over_workgroup(uint how, uint64_t mine)
{
  uint me = gl_LocalInvocationID.x;
  barrier();
  tree[me] = mine;
  for (uint half_size = gl_WorkGroupSize.x >> 1; half_size > 0; half_size >>= 1) {
    barrier();
    if (me < half_size)
      tree[me] = join(how, tree[me], tree[me + half_size]);
  }
  barrier();
  return tree[0];
}

struct Mine {
  uint rows, count;
  uint64_t low;
  int64_t high;
  double sum;
  int64_t least, greatest; /* ordinals, all kinds but f64 */
  double lowest, highest;  /* f64 */
  bool nan;
};

/* Without branches: a row that does not count adds nothing. */
void take(inout Mine m, uint64_t raw, bool on)
{
  if (IS_FLOAT && (OPS & PK_OP_SUM) != 0)
    m.sum += on ? value_of(KIND, raw, 1.0lf) : 0.0lf;
  if (!IS_FLOAT && (OPS & PK_OP_SUM) != 0) {
    int64_t v = on ? ordinal(A, raw, 1.0lf) : 0l;
    m.low += uint64_t(v) & 0xfffffffful;
    m.high += v >> 32;
  }
  if ((OPS & (PK_OP_MIN | PK_OP_MAX)) == 0)
    return;
  if (KIND == PK_KIND_F64) {
    double x = value_of(KIND, raw, 1.0lf);
    bool nan = is_nan(A, raw), number = on && !nan;
    m.nan = m.nan || (on && nan);
    m.lowest = number && x < m.lowest ? x : m.lowest;
    m.highest = number && x > m.highest ? x : m.highest;
  } else {
    int64_t o = ordinal(A, raw, 1.0lf);
    m.least = on && o < m.least ? o : m.least;
    m.greatest = on && o > m.greatest ? o : m.greatest;
  }
}

void take_rows(inout Mine m, Rows4 r)
{
  uint gid[4], spread[4];
  uint alive = select4(r, gid, spread);
  m.rows += bitCount(alive);
  if (A == 0)
    return;
  alive = values4(r, alive);
  m.count += bitCount(alive);
  if (ALL_COUNT && alive == 0xfu) {
    [[unroll]] for (uint j = 0; j < 4; j++)
      take(m, r.a.raw[j], true);
  } else {
    [[unroll]] for (uint j = 0; j < 4; j++)
      take(m, r.a.raw[j], (alive >> j & 1u) != 0);
  }
}

void main()
{
  ProgramRef program = ProgramRef(push.program);
  SegmentRef segment = segment_of(push.segment);
  uint n_rows = segment.s.n_rows;
  Mine m = Mine(0, 0, 0ul, 0l, 0.0lf, ~INT64_LEAST, INT64_LEAST, double_of(0x7ff0000000000000ul),
                double_of(0xfff0000000000000ul), false);
  bool number = false; /* f64: any value but NaN */

  select_begin(program, segment);
  for (Walk w = walk_begin(n_rows); w.i4 < w.end; w.i4 += w.step)
    take_rows(m, fetch4(n_rows, w.i4));
  if (KIND == PK_KIND_F64 && (OPS & (PK_OP_MIN | PK_OP_MAX)) != 0) {
    number = m.lowest <= m.highest;
    m.least = number ? order_f64(bits_of(m.lowest)) : ~INT64_LEAST; /* NaN is the greatest */
    m.greatest = m.nan ? ~INT64_LEAST : number ? order_f64(bits_of(m.highest)) : INT64_LEAST;
  }

  PkKernelPartial r;
  r.rows = over_workgroup(TREE_ADD, uint64_t(m.rows));
  r.count = A != 0 ? over_workgroup(TREE_ADD, uint64_t(m.count)) : 0ul;
  r.low = r.least = r.greatest = r.pad = 0ul;
  r.high = 0l;
  r.sum = 0.0lf;
  if ((OPS & PK_OP_SUM) != 0) {
    if (IS_FLOAT) {
      r.sum = double_of(over_workgroup(TREE_ADD_F64, bits_of(m.sum)));
    } else {
      r.low = over_workgroup(TREE_ADD, m.low);
      r.high = int64_t(over_workgroup(TREE_ADD, uint64_t(m.high)));
    }
  }
  if ((OPS & PK_OP_MIN) != 0)
    r.least = over_workgroup(TREE_MIN, uint64_t(m.least ^ INT64_LEAST));
  if ((OPS & PK_OP_MAX) != 0)
    r.greatest = over_workgroup(TREE_MAX, uint64_t(m.greatest ^ INT64_LEAST));
  if (gl_LocalInvocationID.x == 0)
    PartialOut(at(program.p.partials, push.first_partial + gl_WorkGroupID.x, 64)).v = r;
}
