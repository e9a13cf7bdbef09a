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
  /* The extreme of `by` is read, the least of A is written: two different arrays. */
  uint64_t best = FORM == 0 ? program.p.least : program.p.greatest;
  for (Walk w = walk_begin(segment.s.n_rows); w.i4 < w.end; w.i4 += w.step) {
    uint gid[4], spread[4];
    uint64_t a[4], b[4];
    uint alive = select4(program, segment, w.i4, gid, spread);
    if (alive == 0)
      continue;
    alive = values4(segment, w.i4, alive, a, b);
    for (uint j = 0; j < 4; j++) {
      if ((alive >> j & 1u) == 0)
        continue;
      uint64_t by = uint64_t(ordinal(B, b[j], program.p.divisor2) ^ INT64_LEAST);
      if (by != U64Mem(at(best, gid[j], 8)).v)
        continue;
      uint64_t value = uint64_t(ordinal(A, a[j], program.p.divisor) ^ INT64_LEAST);
      U64Mem m = U64Mem(at(program.p.table, gid[j], 8));
      if (value < m.v)
        atomicMin(m.v, value);
    }
  }
}
