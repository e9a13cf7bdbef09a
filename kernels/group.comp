#version 460
/* Groups with small or large numbers: rows, counts, sums, least and greatest of column A for each.
 *
 * FORM is the number of copies that each workgroup keeps in shared memory (the invocation's number picks one,
 * which keeps equal groups off each other's banks), flushed at the end; 0: straight to memory. Where the groups
 * do not all fit, CACHE slots take those that come first. All that is added is integers: 32-bit pieces in
 * shared memory, one 64-bit sum a piece in memory, so the order in which rows come does not show in any
 * result. */
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "select.glsl"
#include "walk.glsl"
#include "fixed.glsl"

layout(constant_id = 16) const uint SHARED_WORDS = 1;
layout(constant_id = 17) const uint SHARED_EXTREMES = 1;
layout(constant_id = 18) const uint CACHE = 0; /* slots for groups that do not all fit; a power of two */
layout(constant_id = 19) const uint TAGS = 1;  /* CACHE, at least 1 */

shared uint words[SHARED_WORDS];           /* rows, counts, limbs */
shared uint64_t extremes[SHARED_EXTREMES]; /* least, greatest */
shared uint tags[TAGS];                    /* CACHE: the group that has the slot */

const uint KIND = PK_COLUMN_KIND(A);
#define W_ROWS 0
#define W_COUNT ((OPS & PK_OP_ROWS) != 0 ? 1 : 0)
#define W_LIMBS (W_COUNT + ((OPS & PK_OP_COUNT) != 0 ? 1 : 0))
#define N_WORDS (W_LIMBS + ((OPS & PK_OP_SUM) != 0 ? LIMBS : 0))
#define COPIES (FORM > 0 ? FORM : 1)
#define N_SHARED (CACHE > 0 ? CACHE : n_groups)

ProgramRef program;
uint copy, n_groups;

uint word_of(uint w, uint s)
{
  return (w * N_SHARED + s) * COPIES + copy;
}

/* Where a group is in shared memory; NONE: nowhere. In a cache the first comer keeps the slot. */
uint shared_place(uint g)
{
  if (FORM == 0)
    return PK_KERNEL_NONE;
  if (CACHE == 0)
    return g;
  uint slot = g & (CACHE - 1), tag = tags[slot];
  if (tag == PK_KERNEL_NONE) {
    tag = atomicCompSwap(tags[slot], PK_KERNEL_NONE, g);
    tag = tag == PK_KERNEL_NONE ? g : tag;
  }
  return tag == g ? slot : PK_KERNEL_NONE;
}

void add_limb(uint j, uint g, int64_t value)
{
  atomicAdd(U64Mem(at(program.p.limbs, j * n_groups + g, 8)).v, uint64_t(value));
}

/* Adds a piece to a shared word; what overflows the word's 32 bits, in units of 2^32. */
int add_word(uint at_word, uint piece, bool is_signed)
{
  uint old = atomicAdd(words[at_word], piece), sum = old + piece;
  if (!is_signed)
    return sum < old ? 1 : 0;
  return int((old ^ sum) & (piece ^ sum)) < 0 ? (int(piece) < 0 ? -1 : 1) : 0;
}

/* What a word cannot hold goes to the next piece (2^32 is 2 units of one that is 2^31 up), of the last to memory,
 * which is rare. */
void add_shared(uint s, uint g, Pieces q)
{
  const bool whole_number = TERM == PK_TERM_INT;
  const int unit = whole_number ? 1 : 2;
  int over = add_word(word_of(W_LIMBS, s), q.p0, !whole_number || LIMBS == 1);
  if (LIMBS > 1) {
    int piece = int(q.p1);
    if (whole_number && over != 0 && piece == 0x7fffffff)
      add_limb(1, g, 1l);
    else
      piece += unit * over;
    over = add_word(word_of(W_LIMBS + 1, s), uint(piece), true);
  }
  if (LIMBS > 2)
    over = add_word(word_of(W_LIMBS + 2, s), uint(int(q.p2) + unit * over), true);
  if (over != 0)
    add_limb(LIMBS - 1, g, int64_t(over) << 32);
}

void add_memory(uint g, Pieces q)
{
  bool low_signed = TERM != PK_TERM_INT || LIMBS == 1;
  add_limb(0, g, low_signed ? int64_t(int(q.p0)) : int64_t(q.p0));
  if (LIMBS > 1)
    add_limb(1, g, int64_t(int(q.p1)));
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
  if (LIMBS == 2) { /* there is no top piece */
    Pieces q = split(x, program.p.middle, program.p.least_unit, program.p.least_unit);
    return Pieces(q.p1, q.p2, 0);
  }
  return split(x, program.p.top, program.p.middle, program.p.least_unit);
}

void take_extremes(uint s, uint g, uint64_t a)
{
  uint64_t o = uint64_t(ordinal(A, a, program.p.divisor) ^ INT64_LEAST);
  if (s != PK_KERNEL_NONE) {
    uint least = s * COPIES + copy;
    uint greatest = (((OPS & PK_OP_MIN) != 0 ? N_SHARED : 0) + s) * COPIES + copy;
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
  uint s = shared_place(g);
  if ((OPS & PK_OP_ROWS) != 0) {
    if (s != PK_KERNEL_NONE)
      atomicAdd(words[word_of(W_ROWS, s)], 1);
    else
      atomicAdd(U32Mem(at(program.p.rows, g, 4)).v, 1);
  }
  if (A == 0 || !there)
    return;
  if ((OPS & PK_OP_COUNT) != 0) {
    if (s != PK_KERNEL_NONE)
      atomicAdd(words[word_of(W_COUNT, s)], 1);
    else
      atomicAdd(U32Mem(at(program.p.counts, g, 4)).v, 1);
  }
  if ((OPS & PK_OP_SUM) != 0) {
    Pieces q = term_of(g, a, b);
    if (s != PK_KERNEL_NONE)
      add_shared(s, g, q);
    else
      add_memory(g, q);
  }
  if ((OPS & (PK_OP_MIN | PK_OP_MAX)) != 0)
    take_extremes(s, g, a);
}

void clear_shared()
{
  uint n_extremes = (((OPS & PK_OP_MIN) != 0 ? 1 : 0) + ((OPS & PK_OP_MAX) != 0 ? 1 : 0)) * N_SHARED * COPIES;
  for (uint i = gl_LocalInvocationID.x; i < N_WORDS * N_SHARED * COPIES; i += gl_WorkGroupSize.x)
    words[i] = 0;
  for (uint i = gl_LocalInvocationID.x; i < n_extremes; i += gl_WorkGroupSize.x)
    extremes[i] = (OPS & PK_OP_MIN) != 0 && i < N_SHARED * COPIES ? ~0ul : 0ul;
  for (uint i = gl_LocalInvocationID.x; i < CACHE; i += gl_WorkGroupSize.x)
    tags[i] = PK_KERNEL_NONE;
  barrier();
}

uint total_of(uint w, uint s)
{
  uint sum = 0;
  for (uint c = 0; c < COPIES; c++)
    sum += words[(w * N_SHARED + s) * COPIES + c];
  return sum;
}

/* Sums of 32-bit pieces over the copies, as 64-bit. */
int64_t limb_total(uint j, uint s)
{
  int64_t sum = 0l;
  for (uint c = 0; c < COPIES; c++) {
    uint word = words[((W_LIMBS + j) * N_SHARED + s) * COPIES + c];
    sum += j == 0 && LIMBS > 1 && TERM == PK_TERM_INT ? int64_t(word) : int64_t(int(word));
  }
  return sum;
}

void flush(uint s)
{
  uint g = CACHE > 0 ? tags[s] : s;
  if (g == PK_KERNEL_NONE)
    return;
  if ((OPS & PK_OP_ROWS) != 0) {
    uint n = total_of(W_ROWS, s);
    if (n > 0)
      atomicAdd(U32Mem(at(program.p.rows, g, 4)).v, n);
  }
  if ((OPS & PK_OP_COUNT) != 0) {
    uint n = total_of(W_COUNT, s);
    if (n > 0)
      atomicAdd(U32Mem(at(program.p.counts, g, 4)).v, n);
  }
  for (uint j = 0; j < LIMBS && (OPS & PK_OP_SUM) != 0; j++) {
    int64_t n = limb_total(j, s);
    if (n != 0l)
      add_limb(j, g, n);
  }
  for (uint c = 0; c < COPIES && (OPS & (PK_OP_MIN | PK_OP_MAX)) != 0; c++) {
    uint64_t least = extremes[s * COPIES + c];
    uint64_t greatest = extremes[(((OPS & PK_OP_MIN) != 0 ? N_SHARED : 0) + s) * COPIES + c];
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
    for (uint s = gl_LocalInvocationID.x; s < N_SHARED; s += gl_WorkGroupSize.x)
      flush(s);
  }
}
