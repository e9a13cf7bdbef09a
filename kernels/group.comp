#version 460
/* Groups with small or large numbers: rows, counts, sums, least and greatest of column A for each.
 *
 * FORM is the number of copies that each workgroup keeps in shared memory (the invocation's number picks one,
 * which keeps equal groups off each other's banks), flushed at the end; 0: straight to memory. All that is
 * added is integers: 32-bit pieces with carries in shared memory, one 64-bit sum a piece in memory, so the
 * order in which rows come does not show in any result. */
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "select.glsl"
#include "walk.glsl"
#include "fixed.glsl"

layout(constant_id = 16) const uint SHARED_WORDS = 1;
layout(constant_id = 17) const uint SHARED_EXTREMES = 1;

shared uint words[SHARED_WORDS];           /* rows, counts, limbs */
shared uint64_t extremes[SHARED_EXTREMES]; /* least, greatest */

const uint KIND = PK_COLUMN_KIND(A);
#define W_ROWS 0
#define W_COUNT ((OPS & PK_OP_ROWS) != 0 ? 1 : 0)
#define W_LIMBS (W_COUNT + ((OPS & PK_OP_COUNT) != 0 ? 1 : 0))
#define N_WORDS (W_LIMBS + ((OPS & PK_OP_SUM) != 0 ? LIMBS : 0))
#define COPIES (FORM > 0 ? FORM : 1)

ProgramRef program;
uint copy, n_groups;

uint word_of(uint w, uint g)
{
  return (w * n_groups + g) * COPIES + copy;
}

void add_limb(uint j, uint g, int64_t value)
{
  atomicAdd(U64Mem(at(program.p.limbs, j * n_groups + g, 8)).v, uint64_t(value));
}

/* One piece after the other; what the last cannot hold goes to memory. */
void add_shared(uint g, Pieces q)
{
  uint64_t piece = uint64_t(q.p0);
  if (LIMBS > 1) {
    uint old = atomicAdd(words[word_of(W_LIMBS, g)], q.p0);
    uint carry = old + q.p0 < old ? 1 : 0;
    if (LIMBS > 2) {
      uint add = q.p1 + carry;
      carry = add < carry ? 1 : 0;
      old = atomicAdd(words[word_of(W_LIMBS + 1, g)], add);
      carry += old + add < old ? 1 : 0;
    }
    piece = uint64_t(carry);
  }
  int top = int(LIMBS == 1 ? q.p0 : LIMBS == 2 ? q.p1 : q.p2);
  if (LIMBS > 1 && piece == 1ul && top == 0x7fffffff) {
    add_limb(LIMBS - 1, g, 0x80000000l);
    return;
  }
  top += LIMBS > 1 ? int(uint(piece)) : 0;
  int before = int(atomicAdd(words[word_of(W_LIMBS + LIMBS - 1, g)], uint(top)));
  int after = before + top;
  if (((before ^ after) & (top ^ after)) < 0)
    add_limb(LIMBS - 1, g, top > 0 ? 0x100000000l : -0x100000000l);
}

void add_memory(uint g, Pieces q)
{
  add_limb(0, g, LIMBS == 1 ? int64_t(int(q.p0)) : int64_t(q.p0));
  if (LIMBS > 1)
    add_limb(1, g, LIMBS == 2 ? int64_t(int(q.p1)) : int64_t(q.p1));
  if (LIMBS > 2)
    add_limb(2, g, int64_t(int(q.p2)));
}

/* The term that a row adds to its group's sum. */
Pieces term_of(uint g, uint64_t a, uint64_t b)
{
  if (TERM == PK_TERM_INT) {
    int64_t o = ordinal(A, a, 1.0lf);
    return Pieces(uint(uint64_t(o)), uint(uint64_t(o) >> 32), uint(uint64_t(o >> 63)));
  }
  double x = value_of(KIND, a, program.p.divisor);
  if (TERM != PK_TERM_FIXED)
    x -= F64Ref(at(program.p.means, g, 8)).v;
  if (TERM == PK_TERM_SQUARE)
    x *= x;
  if (TERM == PK_TERM_PRODUCT)
    x *= value_of(PK_COLUMN_KIND(B), b, program.p.divisor2) - F64Ref(at(program.p.means, n_groups + g, 8)).v;
  uint64_t bits = pack64(unpackDouble2x32(x));
  uint odd = odd_flags(bits);
  if (odd != 0) {
    atomicOr(U32Mem(at(program.p.flags, g, 4)).v, odd);
    return Pieces(0, 0, 0);
  }
  return fixed_of(bits, program.p.exponent);
}

void take_extremes(uint g, uint64_t a)
{
  uint64_t o = uint64_t(ordinal(A, a, program.p.divisor) ^ INT64_LEAST);
  if (FORM > 0) {
    uint least = g * COPIES + copy;
    uint greatest = (((OPS & PK_OP_MIN) != 0 ? n_groups : 0) + g) * COPIES + copy;
    if ((OPS & PK_OP_MIN) != 0 && o < extremes[least])
      atomicMin(extremes[least], o);
    if ((OPS & PK_OP_MAX) != 0 && o > extremes[greatest])
      atomicMax(extremes[greatest], o);
    return;
  }
  if ((OPS & PK_OP_MIN) != 0) {
    U64Mem m = U64Mem(at(program.p.least, g, 8));
    if (o < m.v)
      atomicMin(m.v, o);
  }
  if ((OPS & PK_OP_MAX) != 0) {
    U64Mem m = U64Mem(at(program.p.greatest, g, 8));
    if (o > m.v)
      atomicMax(m.v, o);
  }
}

void take(uint g, bool there, uint64_t a, uint64_t b)
{
  if ((OPS & PK_OP_ROWS) != 0) {
    if (FORM > 0)
      atomicAdd(words[word_of(W_ROWS, g)], 1);
    else
      atomicAdd(U32Mem(at(program.p.rows, g, 4)).v, 1);
  }
  if (A == 0 || !there)
    return;
  if ((OPS & PK_OP_COUNT) != 0) {
    if (FORM > 0)
      atomicAdd(words[word_of(W_COUNT, g)], 1);
    else
      atomicAdd(U32Mem(at(program.p.counts, g, 4)).v, 1);
  }
  if ((OPS & PK_OP_SUM) != 0) {
    if (FORM > 0)
      add_shared(g, term_of(g, a, b));
    else
      add_memory(g, term_of(g, a, b));
  }
  if ((OPS & (PK_OP_MIN | PK_OP_MAX)) != 0)
    take_extremes(g, a);
}

void clear_shared()
{
  uint n_extremes = (((OPS & PK_OP_MIN) != 0 ? 1 : 0) + ((OPS & PK_OP_MAX) != 0 ? 1 : 0)) * n_groups * COPIES;
  for (uint i = gl_LocalInvocationID.x; i < N_WORDS * n_groups * COPIES; i += gl_WorkGroupSize.x)
    words[i] = 0;
  for (uint i = gl_LocalInvocationID.x; i < n_extremes; i += gl_WorkGroupSize.x)
    extremes[i] = (OPS & PK_OP_MIN) != 0 && i < n_groups * COPIES ? ~0ul : 0ul;
  barrier();
}

uint total_of(uint w, uint g)
{
  uint sum = 0;
  for (uint c = 0; c < COPIES; c++)
    sum += words[(w * n_groups + g) * COPIES + c];
  return sum;
}

/* Sums of 32-bit pieces over the copies, as 64-bit; the last piece is signed. */
int64_t limb_total(uint j, uint g)
{
  int64_t sum = 0l;
  for (uint c = 0; c < COPIES; c++) {
    uint word = words[((W_LIMBS + j) * n_groups + g) * COPIES + c];
    sum += j + 1 == LIMBS ? int64_t(int(word)) : int64_t(word);
  }
  return sum;
}

void flush(uint g)
{
  if ((OPS & PK_OP_ROWS) != 0) {
    uint n = total_of(W_ROWS, g);
    if (n > 0)
      atomicAdd(U32Mem(at(program.p.rows, g, 4)).v, n);
  }
  if ((OPS & PK_OP_COUNT) != 0) {
    uint n = total_of(W_COUNT, g);
    if (n > 0)
      atomicAdd(U32Mem(at(program.p.counts, g, 4)).v, n);
  }
  for (uint j = 0; j < LIMBS && (OPS & PK_OP_SUM) != 0; j++) {
    int64_t n = limb_total(j, g);
    if (n != 0l)
      add_limb(j, g, n);
  }
  for (uint c = 0; c < COPIES && (OPS & (PK_OP_MIN | PK_OP_MAX)) != 0; c++) {
    uint64_t least = extremes[g * COPIES + c];
    uint64_t greatest = extremes[(((OPS & PK_OP_MIN) != 0 ? n_groups : 0) + g) * COPIES + c];
    if ((OPS & PK_OP_MIN) != 0 && least != ~0ul)
      atomicMin(U64Mem(at(program.p.least, g, 8)).v, least);
    if ((OPS & PK_OP_MAX) != 0 && greatest != 0ul)
      atomicMax(U64Mem(at(program.p.greatest, g, 8)).v, greatest);
  }
}

void main()
{
  program = ProgramRef(push.program);
  n_groups = program.p.n_groups;
  copy = gl_LocalInvocationID.x & (COPIES - 1);
  SegmentRef segment = segment_of(push.segment);
  if (FORM > 0)
    clear_shared();
  for (Walk w = walk_begin(segment.s.n_rows); w.i4 < w.end; w.i4 += w.step) {
    uint gid[4], spread[4];
    uint64_t a[4], b[4];
    uint alive = select4(program, segment, w.i4, gid, spread);
    if (alive == 0)
      continue;
    uint there = A != 0 ? values4(segment, w.i4, alive, a, b) : 0;
    for (uint j = 0; j < 4; j++)
      if ((alive >> j & 1u) != 0)
        take(gid[j], (there >> j & 1u) != 0, a[j], b[j]);
  }
  if (FORM > 0) {
    barrier();
    for (uint g = gl_LocalInvocationID.x; g < n_groups; g += gl_WorkGroupSize.x)
      flush(g);
  }
}
