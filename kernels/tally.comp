#version 460
/* The second step of part.glsl: counts the rows of one bucket, or of a share of its tiles, in shared memory. `width` is the
 * rows of four of a tile. A team of 32 invocations takes a tile at a time. */
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "part.glsl"

layout(constant_id = 16) const uint SHARED_WORDS = 1; /* bins of a bucket */

shared uint counts[SHARED_WORDS];

void main()
{
  ProgramRef program = ProgramRef(push.program);
  if (cache_will_do(program))
    return;
  uint bucket = gl_WorkGroupID.x & (BUCKETS - 1), share = gl_WorkGroupID.x >> FORM;
  uint me = gl_LocalInvocationID.x, teams = gl_WorkGroupSize.x / 32, n_groups = program.p.n_groups;
  uint tile4 = program.p.width, tiles = ((segment_of(push.segment).s.n_rows + 3u) / 4u + tile4 - 1) / tile4;
  uint64_t table = program.p.table, offsets = program.p.names, rows = program.p.rows;
  for (uint i = me; i < SHARED_WORDS; i += gl_WorkGroupSize.x)
    counts[i] = 0;
  barrier();
  for (uint tile = share * teams + me / 32; tile < tiles; tile += (gl_NumWorkGroups.x >> FORM) * teams) {
    uint64_t begin = at(offsets, tile * (BUCKETS + 1) + bucket, 4);
    uint from = U32Ref(begin).v, end = U32Ref(begin + 4ul).v;
    for (uint i = from + (me & 31u); i < end; i += 32)
      atomicAdd(counts[U32Ref(at(table, tile * 4 * tile4 + i, 4)).v], 1);
  }
  barrier();
  for (uint i = me; i < SHARED_WORDS; i += gl_WorkGroupSize.x)
    if (counts[i] != 0)
      atomicAdd(U32Mem(at(rows, bin_of(bucket, i), 4)).v, counts[i]);
}
