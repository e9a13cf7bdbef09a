#version 460
/* Writes each row's group (NONE: in none) to the segment's out buffer, four rows an invocation. Plans whose
 * predicates and keys do not fit one dispatch are chained through it. */
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "select.glsl"
#include "walk.glsl"

void main()
{
  SegmentRef segment = segment_of(push.segment);
  uint n_rows = segment.s.n_rows;
  select_begin(ProgramRef(push.program), segment);
  for (Walk w = walk_begin(n_rows); w.i4 < w.end; w.i4 += w.step) {
    uint gid[4], spread[4];
    uint alive = select4(fetch4(n_rows, w.i4), gid, spread);
    uvec4 result;
    [[unroll]] for (uint j = 0; j < 4; j++)
      result[j] = (alive >> j & 1u) != 0 ? gid[j] : PK_KERNEL_NONE;
    Vec4Out(at(segment.s.out_, w.i4, 16)).v = result;
  }
}
