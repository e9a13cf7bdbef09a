#version 460
/* The first step of part.glsl: each workgroup sorts tiles of eight rows an invocation by bucket, in shared memory, and
 * writes the bins' places in their buckets to `table`, tile by tile, and where each bucket begins to `names`. */
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "select.glsl"
#include "walk.glsl"
#include "part.glsl"

layout(constant_id = 16) const uint SHARED_WORDS = 1; /* rows of a tile */

const uint TILE4 = 2 * gl_WorkGroupSize.x; /* rows of four */
shared uint sorted[SHARED_WORDS];
shared uint counts[BUCKETS];
shared uint starts[BUCKETS];

struct Ranked {
  uint alive;
  uint bins[4], ranks[4];
};

Ranked rank4(Rows4 r)
{
  Ranked k;
  uint spread[4];
  k.alive = select4(r, k.bins, spread);
  [[unroll]] for (uint j = 0; j < 4; j++)
    k.ranks[j] = (k.alive >> j & 1u) != 0 ? atomicAdd(counts[bucket_of(k.bins[j])], 1) : 0;
  return k;
}

void place4(Ranked k)
{
  [[unroll]] for (uint j = 0; j < 4; j++)
    if ((k.alive >> j & 1u) != 0)
      sorted[starts[bucket_of(k.bins[j])] + k.ranks[j]] = k.bins[j] >> FORM;
}

/* counts become their sums up to each (Hillis and Steele 1986), starts those before. */
void scan_counts(uint64_t offsets, uint tile)
{
  uint me = gl_LocalInvocationID.x, mine = me < BUCKETS ? counts[me] : 0;
  for (uint step_size = 1; step_size < BUCKETS; step_size <<= 1) {
    uint before = me >= step_size && me < BUCKETS ? counts[me - step_size] : 0;
    barrier();
    if (me < BUCKETS)
      counts[me] += before;
    barrier();
  }
  if (me >= BUCKETS)
    return;
  starts[me] = counts[me] - mine;
  uint64_t place = at(offsets, tile * (BUCKETS + 1) + me, 4);
  U32Mem(place).v = starts[me];
  if (me + 1 == BUCKETS)
    U32Mem(place + 4ul).v = counts[me];
}

void main()
{
  ProgramRef program = ProgramRef(push.program);
  SegmentRef segment = segment_of(push.segment);
  if (cache_will_do(program))
    return;
  uint n_rows = segment.s.n_rows, me = gl_LocalInvocationID.x;
  uint tiles = ((n_rows + 3u) / 4u + TILE4 - 1) / TILE4;
  uint64_t table = program.p.table, offsets = program.p.names;
  select_begin(program, segment);
  for (uint tile = gl_WorkGroupID.x; tile < tiles; tile += gl_NumWorkGroups.x) {
    if (me < BUCKETS)
      counts[me] = 0;
    Rows4 r0 = fetch4(n_rows, tile * TILE4 + me), r1 = fetch4(n_rows, tile * TILE4 + gl_WorkGroupSize.x + me);
    barrier();
    Ranked k0 = rank4(r0), k1 = rank4(r1);
    barrier();
    scan_counts(offsets, tile);
    barrier();
    place4(k0);
    place4(k1);
    barrier();
    uint total = counts[BUCKETS - 1];
    for (uint i = me; 4 * i < total; i += gl_WorkGroupSize.x)
      Vec4Out(at(table, tile * TILE4 + i, 16)).v =
        uvec4(sorted[4 * i], sorted[4 * i + 1], sorted[4 * i + 2], sorted[4 * i + 3]);
    barrier();
  }
}
