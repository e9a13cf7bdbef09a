#version 460
/* Takes the digit in whose part of the histogram the wanted rank falls, one group an invocation. The first
 * time, the rank is that of pk-plan.h: floor(p * (n - 1)). Leaves the histogram at 0. */
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(buffer_reference, std430, buffer_reference_align = 8) buffer SelectMem { PkKernelSelect v; };

void main()
{
  ProgramRef program = ProgramRef(push.program);
  uint n_digits = 1u << program.p.bits;
  for (uint g = gl_GlobalInvocationID.x; g < program.p.n_groups; g += gl_NumWorkGroups.x * gl_WorkGroupSize.x) {
    SelectMem s = SelectMem(at(program.p.reps, g, 40));
    uint64_t table = at(program.p.table, g << program.p.bits, 4);
    if (program.p.first != 0) {
      uint64_t n = 0ul;
      for (uint d = 0; d < n_digits; d++)
        n += uint64_t(U32Ref(at(table, d, 4)).v);
      s.v.n = n;
      s.v.rank = n == 0ul ? 0ul : uint64_t(floor(program.p.p * double(n - 1ul)));
      s.v.prefix = 0ul;
      s.v.next = ~0ul;
    }
    uint64_t before = 0ul;
    uint digit = 0, equal = 0;
    for (; digit < n_digits; digit++) {
      equal = U32Ref(at(table, digit, 4)).v;
      if (before + uint64_t(equal) > s.v.rank)
        break;
      before += uint64_t(equal);
    }
    s.v.prefix = (s.v.prefix << program.p.bits) | uint64_t(min(digit, n_digits - 1));
    s.v.rank -= before;
    s.v.equal = uint64_t(equal);
    for (uint d = 0; d < n_digits; d++)
      U32Mem(at(table, d, 4)).v = 0;
  }
}
