#version 460
/* The second half of first, last and M4: among the rows whose ordinal of B is the group's least (FORM 0) or
 * greatest (FORM 1), found before, the least ordinal of A (biased by 2^63), into the array `table`. */
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "select.glsl"
#include "walk.glsl"

void main()
{
  ProgramRef program = ProgramRef(push.program);
  SegmentRef segment = segment_of(push.segment);
  uint n_rows = segment.s.n_rows;
  uint64_t table = program.p.table;
  double divisor = program.p.divisor, divisor2 = program.p.divisor2;
  select_begin(program, segment);
  /* The extreme of `by` is read, the least of A is written: two different arrays. */
  uint64_t best = FORM == 0 ? program.p.least : program.p.greatest;
  for (Walk w = walk_begin(n_rows); w.i4 < w.end; w.i4 += w.step) {
    uint gid[4], spread[4];
    Rows4 r = fetch4(n_rows, w.i4);
    uint alive = values4(r, select4(r, gid, spread));
    [[unroll]] for (uint j = 0; j < 4; j++) {
      if ((alive >> j & 1u) == 0)
        continue;
      uint64_t by = uint64_t(ordinal(B, r.b.raw[j], divisor2) ^ INT64_LEAST);
      if (by != U64Mem(at(best, gid[j], 8)).v)
        continue;
      uint64_t value = uint64_t(ordinal(A, r.a.raw[j], divisor) ^ INT64_LEAST);
      U64Mem m = U64Mem(at(table, gid[j], 8));
      if (value < m.v)
        atomicMin(m.v, value);
    }
  }
}
