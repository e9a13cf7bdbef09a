#version 460
/* M4 in one pass, of columns whose ordinals fit 32 bits (less A's and B's bases): for each pixel column the rows of
 * least and greatest x and y, and of those that tie the least other coordinate. Each is the least or greatest of
 * 64-bit numbers (x, y), (x, not y), (y, x) and (y, not x), so that no second pass has to look for ties (Jugel et
 * al., "M4: a visualization-oriented time series data aggregation", 2014, for what is sought). A is x, B is y, K0
 * the pixel column. An invocation keeps the column it is in in registers: x mostly ascends. */
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "select.glsl"
#include "walk.glsl"

uint current;
uint64_t first, last, low, high; /* of the current column, so far */
uint64_t least_at, greatest_at;  /* arrays of (first, low) and of (last, high), n_groups each */
uint n_groups;
int64_t base_x, base_y;
uint from_x, to_x;               /* K0 alone: the least and greatest x of the current column */

/* Every row takes part, and its column is that of its x. */
const bool PLAIN = SOURCE == 0 && P0 == 0 && K1 == 0 && ((A | B) & (PK_COLUMN_NULLABLE | PK_COLUMN_HAS_NAN)) == 0;

void flush()
{
  if (current == PK_KERNEL_NONE)
    return;
  U64Mem m = U64Mem(at(least_at, current, 8)), n = U64Mem(at(least_at, n_groups + current, 8));
  if (first < m.v)
    atomicMin(m.v, first);
  if (low < n.v)
    atomicMin(n.v, low);
  m = U64Mem(at(greatest_at, current, 8));
  n = U64Mem(at(greatest_at, n_groups + current, 8));
  if (last > m.v)
    atomicMax(m.v, last);
  if (high > n.v)
    atomicMax(n.v, high);
}

/* The ordinal less its base; of floats that are no NaN, in fewer steps. */
uint order_of(uint C, uint64_t raw, int64_t base)
{
  if (PK_COLUMN_KIND(C) != PK_KIND_F32)
    return uint(ordinal(C, raw, 1.0lf) - base);
  int b = floatBitsToInt(uintBitsToFloat(uint(raw)) + 0.0); /* -0 is 0 */
  return uint(b ^ int(uint(b >> 31) >> 1)) ^ 0x80000000u;
}

void add(uint x, uint y)
{
  first = min(first, pack64(uvec2(y, x)));
  last = max(last, pack64(uvec2(~y, x)));
  low = min(low, pack64(uvec2(x, y)));
  high = max(high, pack64(uvec2(~x, y)));
}

void enter(uint g)
{
  flush();
  current = g;
  first = low = ~0ul;
  last = high = 0ul;
#if SELECT_MOST > 0
  if (K1 != 0)
    return;
  /* Where the pixel column begins and ends, so that the next rows need not ask. */
  from_x = uint(I64Ref(at(key0.table, g, 8)).v - base_x);
  int64_t last_x = g + 1 < key0.n ? I64Ref(at(key0.table, g + 1, 8)).v - 1l : key0.last;
  to_x = uint(min(last_x, base_x + 0xffffffffl) - base_x);
#endif
}

bool is_current(uint x)
{
  return x >= from_x && x <= to_x;
}

void take_rows(Rows4 r)
{
  uint x[4], y[4], gid[4], spread[4];
  [[unroll]] for (uint j = 0; j < 4; j++) {
    x[j] = order_of(A, r.a.raw[j], base_x);
    y[j] = order_of(B, r.b.raw[j], base_y);
  }
  if (PLAIN && r.alive == 0xfu && current != PK_KERNEL_NONE && is_current(x[0]) && is_current(x[1]) &&
      is_current(x[2]) && is_current(x[3])) {
    [[unroll]] for (uint j = 0; j < 4; j++)
      add(x[j], y[j]);
    return;
  }
  uint alive = values4(r, select4(r, gid, spread));
  [[unroll]] for (uint j = 0; j < 4; j++) {
    if ((alive >> j & 1u) != 0 && gid[j] != current)
      enter(gid[j]);
    if ((alive >> j & 1u) != 0)
      add(x[j], y[j]);
  }
}

void main()
{
  ProgramRef program = ProgramRef(push.program);
  SegmentRef segment = segment_of(push.segment);
  uint n_rows = segment.s.n_rows;
  current = PK_KERNEL_NONE;
  least_at = program.p.least;
  greatest_at = program.p.greatest;
  n_groups = program.p.n_groups;
  base_x = program.p.base;
  base_y = program.p.base2;
  select_begin(program, segment);
  for (Walk w = walk_begin(n_rows); w.i4 < w.end; w.i4 += w.step)
    take_rows(fetch4(n_rows, w.i4));
  flush();
}
