#version 460
/* Counts of rows in very many groups, such as the bins of a picture: a cache of (group, count) in shared
 * memory takes what falls near what came before; the first comer keeps the slot, others go straight to
 * memory; flushed at the end. Each workgroup takes a run of rows (push.span). The slot mixes the codes of the
 * last two keys so that a tile of 64 × 64 bins, and also 4096 bins in one line, are told apart. */
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "select.glsl"
#include "walk.glsl"

const uint SLOTS = 4096;
shared uint tags[SLOTS];
shared uint counts[SLOTS];

void main()
{
  ProgramRef program = ProgramRef(push.program);
  SegmentRef segment = segment_of(push.segment);
  uint64_t rows = program.p.rows;

  for (uint i = gl_LocalInvocationID.x; i < SLOTS; i += gl_WorkGroupSize.x) {
    tags[i] = PK_KERNEL_NONE;
    counts[i] = 0;
  }
  barrier();
  for (Walk w = walk_begin(segment.s.n_rows); w.i4 < w.end; w.i4 += w.step) {
    uint gid[4], spread[4];
    uint alive = select4(program, segment, w.i4, gid, spread);
    for (uint j = 0; j < 4; j++) {
      if ((alive >> j & 1u) == 0)
        continue;
      uint slot = spread[j] & (SLOTS - 1), tag = tags[slot];
      if (tag == PK_KERNEL_NONE) {
        tag = atomicCompSwap(tags[slot], PK_KERNEL_NONE, gid[j]);
        tag = tag == PK_KERNEL_NONE ? gid[j] : tag;
      }
      if (tag == gid[j])
        atomicAdd(counts[slot], 1);
      else
        atomicAdd(U32Mem(at(rows, gid[j], 4)).v, 1);
    }
  }
  barrier();
  for (uint i = gl_LocalInvocationID.x; i < SLOTS; i += gl_WorkGroupSize.x)
    if (counts[i] != 0)
      atomicAdd(U32Mem(at(rows, tags[i], 4)).v, counts[i]);
}
