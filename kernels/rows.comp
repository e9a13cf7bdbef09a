#version 460
/* Which rows take part, in their order. Each workgroup takes a run of rows (push.span).
 * FORM 0: counts them, a number a workgroup into `table`. FORM 1: writes the numbers of those among the first `limit` into
 * `reps`, the workgroup's from the place in `counts` on. With 2 in FORM only rows where A is NULL; else, where A is
 * used, those whose ordinal lies in lo … hi. */
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "select.glsl"
#include "walk.glsl"

shared uint sums[gl_WorkGroupSize.x];

uint taken4(ProgramRef program, uint n_rows, uint i4)
{
  uint gid[4], spread[4];
  Rows4 r = fetch4(n_rows, i4);
  uint alive = select4(r, gid, spread);
  if (A == 0)
    return alive;
  if ((FORM & 2) != 0)
    return alive & ~r.a.valid;
  alive &= r.a.valid;
  [[unroll]] for (uint j = 0; j < 4; j++) {
    int64_t o = ordinal(A, r.a.raw[j], 1.0lf);
    if (o < program.p.lo || o > program.p.hi)
      alive &= ~(1u << j);
  }
  return alive;
}

/* The sum of n over the invocations up to this one. All must call it. */
uint sum_up_to_me(uint n)
{
  uint me = gl_LocalInvocationID.x;
  sums[me] = n;
  barrier();
  for (uint step = 1; step < gl_WorkGroupSize.x; step *= 2) {
    uint other = me >= step ? sums[me - step] : 0;
    barrier();
    sums[me] += other;
    barrier();
  }
  return sums[me];
}

void write4(ProgramRef program, SegmentRef segment, uint i4, uint taken, uint place)
{
  [[unroll]] for (uint j = 0; j < 4; j++)
    if ((taken >> j & 1u) != 0 && place < program.p.limit)
      U32Mem(at(program.p.reps, place++, 4)).v = segment.s.first_row + 4 * i4 + j;
}

void main()
{
  ProgramRef program = ProgramRef(push.program);
  SegmentRef segment = segment_of(push.segment);
  uint n_rows = segment.s.n_rows;
  Walk w = walk_begin(n_rows);
  select_begin(program, segment);
  uint partial = push.first_partial + gl_WorkGroupID.x, n = 0;
  if ((FORM & 1) == 0) {
    for (; w.i4 < w.end; w.i4 += w.step)
      n += bitCount(taken4(program, n_rows, w.i4));
    uint all = sum_up_to_me(n);
    if (gl_LocalInvocationID.x == gl_WorkGroupSize.x - 1)
      U32Mem(at(program.p.table, partial, 4)).v = all;
    return;
  }
  uint place = U32Ref(at(program.p.counts, partial, 4)).v;
  /* Each turn is for all invocations together: where one turn begins tells whether there is another. */
  for (; w.i4 - gl_LocalInvocationID.x < w.end && place < program.p.limit; w.i4 += w.step) {
    uint taken = w.i4 < w.end ? taken4(program, n_rows, w.i4) : 0;
    n = bitCount(taken);
    uint all = sum_up_to_me(n);
    write4(program, segment, w.i4, taken, place + all - n);
    place += sums[gl_WorkGroupSize.x - 1];
    barrier();
  }
}
