#version 460
/* Puts each row that takes part into the hash table by keys K0 … K3 and writes its slot to the segment's out
 * buffer (not with FORM 1). Sets control.full where there is no room near its place; the host then takes a larger table. */
#extension GL_GOOGLE_include_directive : require
#define SELECT_WITHOUT_KEYS
#include "common.glsl"
#include "select.glsl"
#include "walk.glsl"
#include "hash.glsl"

const uint MOST_PROBES = 256;

layout(buffer_reference, std430, buffer_reference_align = 4) coherent buffer SlotMem { uint v; };
layout(buffer_reference, std430, buffer_reference_align = 4) coherent buffer ControlMem { PkKernelControl v; };

uint insert(ProgramRef program, Words words, uint row)
{
  uint mask = program.p.mask, shift = program.p.segment_shift;
  uint slot = hash_of(words) & mask;
  for (uint probe = 0; probe < MOST_PROBES; probe++) {
    SlotMem place = SlotMem(at(program.p.table, slot, 4));
    uint rep = place.v;
    if (rep == PK_KERNEL_NONE)
      rep = atomicCompSwap(place.v, PK_KERNEL_NONE, row);
    if (rep == PK_KERNEL_NONE || rep == row)
      return slot;
    Words other;
    words_of(program, segment_of(rep >> shift), rep & ((1u << shift) - 1u), other);
    if (equal(words, other))
      return slot;
    slot = (slot + 1) & mask;
  }
  ControlMem(program.p.control).v.full = 1;
  return PK_KERNEL_NONE;
}

void main()
{
  ProgramRef program = ProgramRef(push.program);
  SegmentRef segment = segment_of(push.segment);
  uint n_rows = segment.s.n_rows;
  select_begin(program, segment);
  for (Walk w = walk_begin(n_rows); w.i4 < w.end; w.i4 += w.step) {
    uint gid[4], spread[4];
    uvec4 slots = uvec4(PK_KERNEL_NONE);
    uint alive = select4(fetch4(n_rows, w.i4), gid, spread);
    for (uint j = 0; j < 4 && ControlMem(program.p.control).v.full == 0; j++) {
      Words words;
      uint row = 4 * w.i4 + j;
      if ((alive >> j & 1u) != 0 && words_of(program, segment, row, words))
        slots[j] = insert(program, words, segment.s.first_row + row);
    }
    if (FORM == 0)
      Vec4Out(at(segment.s.out_, w.i4, 16)).v = slots;
  }
}
