#version 460
/* Exact order statistics by radix select (MSD first), for each group.
 * FORM 0: histogram, in memory, of the next digit of the ordinals that share the group's prefix.
 * FORM 1: the same in shared memory, flushed at the end: n_groups << bits words, width times over, of which an
 * invocation takes one by its number, since the first digits are mostly alike.
 * FORM 2: the least ordinal beyond the one found, if pick could not tell it for all groups.
 * ONE_GROUP: there are no keys, so what is known of the group stays in registers. */
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "select.glsl"
#include "walk.glsl"

layout(buffer_reference, std430, buffer_reference_align = 8) coherent buffer SelectMem { PkKernelSelect v; };
layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer SelectRef { PkKernelSelect v; };

layout(constant_id = 16) const uint SHARED_WORDS = 1;
const bool ONE_GROUP = SOURCE == 0 && K0 == 0;

shared uint words[SHARED_WORDS];

uint n_groups, shift, bits, width, copy;
bool first;
int64_t base;
uint64_t reps_at, table_at;
uint64_t prefix, least_beyond; /* of the only group */

void begin(ProgramRef program)
{
  n_groups = program.p.n_groups;
  shift = program.p.shift;
  bits = program.p.bits;
  first = program.p.first != 0;
  width = program.p.width;
  copy = gl_LocalInvocationID.x & (width - 1);
  base = program.p.base;
  reps_at = program.p.reps;
  table_at = program.p.table;
  prefix = SelectRef(reps_at).v.prefix;
  least_beyond = ~0ul;
}

uint64_t prefix_of(uint g)
{
  return ONE_GROUP ? prefix : SelectRef(at(reps_at, g, 40)).v.prefix;
}

void take(uint g, uint64_t o)
{
  if (FORM == 2 && ONE_GROUP) {
    if (o > prefix && o < least_beyond)
      least_beyond = o;
    return;
  }
  if (FORM == 2) {
    SelectMem s = SelectMem(at(reps_at, g, 40));
    if (o > prefix_of(g) && o < s.v.next)
      atomicMin(s.v.next, o);
    return;
  }
  if (!first && (o >> (shift + bits)) != prefix_of(g))
    return;
  uint place = (g << bits) + (uint(o >> shift) & ((1u << bits) - 1u));
  if (FORM == 1)
    atomicAdd(words[place * width + copy], 1);
  else
    atomicAdd(U32Mem(at(table_at, place, 4)).v, 1);
}

void take_rows(Rows4 r)
{
  uint gid[4], spread[4];
  uint alive = values4(r, select4(r, gid, spread));
  [[unroll]] for (uint j = 0; j < 4; j++)
    if ((alive >> j & 1u) != 0)
      take(gid[j], uint64_t(ordinal(A, r.a.raw[j], 1.0lf) - base));
}

void flush(uint digit)
{
  uint n = 0;
  for (uint c = 0; c < width; c++)
    n += words[digit * width + c];
  if (n != 0)
    atomicAdd(U32Mem(at(table_at, digit, 4)).v, n);
}

void main()
{
  ProgramRef program = ProgramRef(push.program);
  SegmentRef segment = segment_of(push.segment);
  uint n_rows = segment.s.n_rows, n_words = program.p.n_groups << program.p.bits;
  if (FORM == 2 && U32Mem(program.p.control).v == 0) /* no group needs it */
    return;
  begin(program);
  select_begin(program, segment);
  for (uint i = gl_LocalInvocationID.x; FORM == 1 && i < n_words * width; i += gl_WorkGroupSize.x)
    words[i] = 0;
  barrier();
  for (Walk w = walk_begin(n_rows); w.i4 < w.end; w.i4 += w.step)
    take_rows(fetch4(n_rows, w.i4));
  barrier();
  for (uint i = gl_LocalInvocationID.x; FORM == 1 && i < n_words; i += gl_WorkGroupSize.x)
    flush(i);
  if (FORM == 2 && ONE_GROUP && least_beyond < SelectMem(reps_at).v.next)
    atomicMin(SelectMem(reps_at).v.next, least_beyond);
}
