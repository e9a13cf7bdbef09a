#version 460
/* Exact order statistics by radix select (MSD first), for each group.
 * FORM 0: histogram, in memory, of the next digit of the ordinals that share the group's prefix.
 * FORM 1: the same in shared memory, flushed at the end: n_groups << bits words, width times over, of which an
 * invocation takes one by its number, since the first digits are mostly alike.
 * FORM 2: the least ordinal beyond the one found. */
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "select.glsl"
#include "walk.glsl"

layout(constant_id = 16) const uint SHARED_WORDS = 1;
layout(buffer_reference, std430, buffer_reference_align = 8) coherent buffer SelectMem { PkKernelSelect v; };

shared uint words[SHARED_WORDS];

SelectMem select_of(ProgramRef program, uint g)
{
  return SelectMem(at(program.p.reps, g, 40));
}

void take(ProgramRef program, uint g, uint64_t o)
{
  if (FORM == 2) {
    SelectMem s = select_of(program, g);
    if (o > s.v.prefix && o < s.v.next)
      atomicMin(s.v.next, o);
    return;
  }
  if (program.p.first == 0 && (o >> (program.p.shift + program.p.bits)) != select_of(program, g).v.prefix)
    return;
  uint place = (g << program.p.bits) + (uint(o >> program.p.shift) & ((1u << program.p.bits) - 1u));
  if (FORM == 1)
    atomicAdd(words[place * program.p.width + (gl_LocalInvocationID.x & (program.p.width - 1))], 1);
  else
    atomicAdd(U32Mem(at(program.p.table, place, 4)).v, 1);
}

void flush(ProgramRef program, uint digit)
{
  uint n = 0;
  for (uint c = 0; c < program.p.width; c++)
    n += words[digit * program.p.width + c];
  if (n != 0)
    atomicAdd(U32Mem(at(program.p.table, digit, 4)).v, n);
}

void main()
{
  ProgramRef program = ProgramRef(push.program);
  SegmentRef segment = segment_of(push.segment);
  uint n_words = program.p.n_groups << program.p.bits;
  for (uint i = gl_LocalInvocationID.x; FORM == 1 && i < n_words * program.p.width; i += gl_WorkGroupSize.x)
    words[i] = 0;
  barrier();
  for (Walk w = walk_begin(segment.s.n_rows); w.i4 < w.end; w.i4 += w.step) {
    uint gid[4], spread[4];
    uint64_t a[4], b[4];
    uint alive = select4(program, segment, w.i4, gid, spread);
    if (alive == 0)
      continue;
    alive = values4(segment, w.i4, alive, a, b);
    for (uint j = 0; j < 4; j++)
      if ((alive >> j & 1u) != 0)
        take(program, gid[j], uint64_t(ordinal(A, a[j], 1.0lf) - program.p.base));
  }
  barrier();
  for (uint i = gl_LocalInvocationID.x; FORM == 1 && i < n_words; i += gl_WorkGroupSize.x)
    flush(program, i);
}
