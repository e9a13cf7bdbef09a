#version 460
/* FORM 0: numbers the slots of a hash table that are taken, and lists a row of each.
 * FORM 1: counts them for the group of their row: the number of distinct values. One slot an invocation. */
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(buffer_reference, std430, buffer_reference_align = 4) buffer ControlMem { PkKernelControl v; };

void main()
{
  ProgramRef program = ProgramRef(push.program);
  for (uint slot = gl_GlobalInvocationID.x; slot <= program.p.mask; slot += gl_NumWorkGroups.x * gl_WorkGroupSize.x) {
    uint rep = U32Ref(at(program.p.table, slot, 4)).v;
    if (rep == PK_KERNEL_NONE)
      continue;
    if (FORM == 1) {
      SegmentRef segment = segment_of(rep >> program.p.segment_shift);
      uint row = rep & ((1u << program.p.segment_shift) - 1u);
      uint g = segment.s.gid == 0ul ? 0 : U32Ref(at(segment.s.gid, row, 4)).v;
      if ((SOURCE & PK_SOURCE_NAMED) != 0)
        g = U32Ref(at(program.p.names, g, 4)).v;
      atomicAdd(U32Mem(at(program.p.counts, g, 4)).v, 1);
      continue;
    }
    uint id = atomicAdd(ControlMem(program.p.control).v.n_groups, 1);
    if (id < ControlMem(program.p.control).v.limit)
      U32Mem(at(program.p.reps, id, 4)).v = rep;
    U32Mem(at(program.p.names, slot, 4)).v = id;
  }
}
