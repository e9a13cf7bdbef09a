#version 460
/* Takes the digit in whose part of the histogram the wanted rank falls, one group a workgroup. The first time,
 * the rank is that of pk-plan.h, floor(p * (n - 1)), or the take-th from one end. Leaves the histogram at 0. */
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(buffer_reference, std430, buffer_reference_align = 8) buffer SelectMem { PkKernelSelect v; };

shared uint64_t sums[gl_WorkGroupSize.x]; /* of each invocation's run of digits */

/* The value after the one found, where the last digits tell it; else a scan has to look for it. */
void find_next(ProgramRef program, SelectMem s, uint64_t table, uint n_digits)
{
  uint64_t prefix = s.v.prefix >> program.p.bits;
  uint d = uint(s.v.prefix & uint64_t(n_digits - 1)) + 1;
  if (s.v.rank + 1ul < s.v.equal)
    return; /* it is the same */
  while (d < n_digits && U32Mem(at(table, d, 4)).v == 0)
    d++;
  if (d < n_digits)
    s.v.next = (prefix << program.p.bits) | uint64_t(d);
  else
    U32Mem(program.p.control).v = 1;
}

void pick(ProgramRef program, uint g)
{
  uint n_digits = 1u << program.p.bits, me = gl_LocalInvocationID.x;
  uint each = (n_digits + gl_WorkGroupSize.x - 1) / gl_WorkGroupSize.x;
  uint first = min(me * each, n_digits), end = min(first + each, n_digits);
  SelectMem s = SelectMem(at(program.p.reps, g, 40));
  uint64_t table = at(program.p.table, g << program.p.bits, 4);
  uint64_t mine = 0ul, before = 0ul, n = 0ul;
  for (uint d = first; d < end; d++)
    mine += uint64_t(U32Mem(at(table, d, 4)).v);
  sums[me] = mine;
  barrier();
  for (uint i = 0; i < gl_WorkGroupSize.x; i++) {
    before += i < me ? sums[i] : 0ul;
    n += sums[i];
  }
  uint64_t rank = s.v.rank, prefix = s.v.prefix;
  if (program.p.first != 0) {
    rank = n == 0ul ? 0ul : uint64_t(floor(program.p.p * double(n - 1ul)));
    if (program.p.take != 0 && n != 0ul) {
      uint64_t last = min(uint64_t(program.p.take), n) - 1ul;
      rank = program.p.p == 0.0lf ? last : n - 1ul - last;
    }
    prefix = 0ul;
  }
  barrier(); /* all have read before one writes */
  if (rank >= before && rank < before + mine) {
    for (uint d = first; d < end; d++) {
      uint equal = U32Mem(at(table, d, 4)).v;
      if (rank < before + uint64_t(equal)) {
        s.v.prefix = (prefix << program.p.bits) | uint64_t(d);
        s.v.rank = rank - before;
        s.v.equal = uint64_t(equal);
        break;
      }
      before += uint64_t(equal);
    }
    if (program.p.first != 0) {
      s.v.n = n;
      s.v.next = ~0ul;
    }
    if (program.p.shift == 0)
      find_next(program, s, table, n_digits);
  }
  barrier();
  for (uint d = first; d < end; d++)
    U32Mem(at(table, d, 4)).v = 0;
  barrier();
}

void main()
{
  ProgramRef program = ProgramRef(push.program);
  for (uint g = gl_WorkGroupID.x; g < program.p.n_groups; g += gl_NumWorkGroups.x)
    pick(program, g);
}
