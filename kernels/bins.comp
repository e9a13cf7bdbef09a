#version 460
/* Counts of rows in very many groups, such as the bins of a picture: a cache of (group, count) in shared
 * memory takes what falls near what came before; the first comer keeps the slot, others go straight to
 * memory; flushed at the end. Each workgroup takes a run of rows (push.span). The slot mixes the codes of the
 * last two keys so that a tile of 64 × 64 bins, and also 4096 bins in one line, are told apart.
 * FORM 1: counts nothing but how many of a sample of the rows the cache would not have held, into control.n_groups, of
 * control.limit. FORM 2: idle where partition and tally do the work (part.glsl). */
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "select.glsl"
#include "walk.glsl"
#include "part.glsl"

layout(buffer_reference, std430, buffer_reference_align = 4) buffer ControlMem { PkKernelControl v; };

const uint SLOTS = 4096;
shared uint tags[SLOTS];
shared uint counts[SLOTS]; /* FORM 1: of the sample, and what it missed, in the first two: all fits 32 KiB to the byte */

uint64_t rows_at;
uint mine, misses; /* FORM 1 */

void take_rows(Rows4 r)
{
  uint gid[4], spread[4];
  uint alive = select4(r, gid, spread);
  [[unroll]] for (uint j = 0; j < 4; j++) {
    if ((alive >> j & 1u) == 0)
      continue;
    uint slot = spread[j] & (SLOTS - 1), tag = tags[slot];
    if (tag == PK_KERNEL_NONE) {
      tag = atomicCompSwap(tags[slot], PK_KERNEL_NONE, gid[j]);
      tag = tag == PK_KERNEL_NONE ? gid[j] : tag;
    }
    if (FORM == 1) {
      mine += 1;
      misses += tag == gid[j] ? 0 : 1;
    } else if (tag == gid[j])
      atomicAdd(counts[slot], 1);
    else
      atomicAdd(U32Mem(at(rows_at, gid[j], 4)).v, 1);
  }
}

/* Rows that lie together here and there. */
void take_sample(uint n_rows)
{
  uint first = gl_WorkGroupID.x * push.span + gl_LocalInvocationID.x;
  mine = misses = 0;
  for (uint i = 0; i < 4; i++)
    take_rows(fetch4(n_rows, first + i * gl_WorkGroupSize.x));
  atomicAdd(counts[0], mine);
  atomicAdd(counts[1], misses);
  barrier();
  if (gl_LocalInvocationID.x == 0) {
    atomicAdd(ControlMem(ProgramRef(push.program).p.control).v.limit, counts[0]);
    atomicAdd(ControlMem(ProgramRef(push.program).p.control).v.n_groups, counts[1]);
  }
}

void main()
{
  ProgramRef program = ProgramRef(push.program);
  SegmentRef segment = segment_of(push.segment);
  uint n_rows = segment.s.n_rows;
  if (FORM == 2 && !cache_will_do(program))
    return;
  rows_at = program.p.rows;
  select_begin(program, segment);
  for (uint i = gl_LocalInvocationID.x; i < SLOTS; i += gl_WorkGroupSize.x) {
    tags[i] = PK_KERNEL_NONE;
    counts[i] = 0;
  }
  barrier();
  if (FORM == 1) {
    take_sample(n_rows);
    return;
  }
  for (Walk w = walk_begin(n_rows); w.i4 < w.end; w.i4 += w.step)
    take_rows(fetch4(n_rows, w.i4));
  barrier();
  for (uint i = gl_LocalInvocationID.x; i < SLOTS; i += gl_WorkGroupSize.x)
    if (counts[i] != 0)
      atomicAdd(U32Mem(at(rows_at, tags[i], 4)).v, counts[i]);
}
