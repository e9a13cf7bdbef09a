#version 460
/* Groups with small or large numbers: rows, counts, sums, least and greatest of column A for each.
 *
 * FORM is the number of copies that each workgroup keeps in shared memory (the invocation's number picks one,
 * which keeps equal groups off each other's banks), flushed at the end; 0: straight to memory. Where the groups
 * do not all fit, CACHE slots take those that come first. All that is added is integers: 32-bit pieces in
 * shared memory, one 64-bit sum a piece in memory, so the order in which rows come does not show in any
 * result.
 *
 * With STAGE, a group's sums in memory lie together, as a cell of four 64-bit words (rows and, from bit 32, counts;
 * then the limbs), and four invocations that lie together add one row's: a GPU's cache does that at once. */
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "select.glsl"
#include "walk.glsl"
#include "fixed.glsl"

layout(constant_id = 16) const uint SHARED_WORDS = 1;
layout(constant_id = 17) const uint SHARED_EXTREMES = 1;
layout(constant_id = 18) const uint CACHE = 0; /* slots for groups that do not all fit; a power of two */
layout(constant_id = 19) const uint TAGS = 1;  /* CACHE, at least 1 */
layout(constant_id = 20) const uint STAGE = 0; /* rows of a stage, the workgroup's size: what the cache does not hold goes to cells */
layout(constant_id = 21) const uint STAGE_WORDS = 1; /* STAGE, at least 1 */

shared uint words[SHARED_WORDS];           /* rows, counts, limbs */
shared uint64_t extremes[SHARED_EXTREMES]; /* least, greatest */
shared uint tags[TAGS];                    /* CACHE: the group that has the slot */
shared uint stage_group[STAGE_WORDS], stage_there[STAGE_WORDS];
shared uint stage0[STAGE_WORDS], stage1[STAGE_WORDS], stage2[STAGE_WORDS];

const uint KIND = PK_COLUMN_KIND(A);
#define W_ROWS 0
#define W_COUNT ((OPS & PK_OP_ROWS) != 0 ? 1 : 0)
#define W_LIMBS (W_COUNT + ((OPS & PK_OP_COUNT) != 0 ? 1 : 0))
#define N_WORDS (W_LIMBS + ((OPS & PK_OP_SUM) != 0 ? LIMBS : 0))
#define COPIES (FORM > 0 ? FORM : 1)
#define N_SHARED (CACHE > 0 ? CACHE : n_groups)

uint copy, n_groups;
uint64_t rows_at, counts_at, limbs_at, cells_at, least_at, greatest_at, flags_at, means_at;
double divisor, divisor2, top, middle, least_unit;

void begin(ProgramRef program)
{
  n_groups = program.p.n_groups;
  rows_at = program.p.rows;
  counts_at = program.p.counts;
  limbs_at = program.p.limbs;
  cells_at = program.p.cells;
  least_at = program.p.least;
  greatest_at = program.p.greatest;
  flags_at = program.p.flags;
  means_at = program.p.means;
  divisor = program.p.divisor;
  divisor2 = program.p.divisor2;
  top = program.p.top;
  middle = program.p.middle;
  least_unit = program.p.least_unit;
}

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

void add_cell(uint word, uint g, uint64_t value)
{
  atomicAdd(U64Mem(at(cells_at, g, 32) + uint64_t(8 * word)).v, value);
}

void add_limb(uint j, uint g, int64_t value)
{
  if (STAGE > 0) {
    add_cell(1 + j, g, uint64_t(value));
    return;
  }
  atomicAdd(U64Mem(at(limbs_at, j * n_groups + g, 8)).v, uint64_t(value));
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
  double x = value_of(KIND, a, divisor);
  if (TERM != PK_TERM_FIXED)
    x -= F64Ref(at(means_at, g, 8)).v;
  if (TERM == PK_TERM_SQUARE)
    x *= x;
  if (TERM == PK_TERM_PRODUCT)
    x *= value_of(PK_COLUMN_KIND(B), b, divisor2) - F64Ref(at(means_at, n_groups + g, 8)).v;
  uint64_t bits = pack64(unpackDouble2x32(x));
  uint odd = odd_flags(bits);
  if (odd != 0) {
    atomicOr(U32Mem(at(flags_at, g, 4)).v, odd);
    return Pieces(0, 0, 0);
  }
  if (LIMBS == 2) { /* there is no top piece */
    Pieces q = split(x, middle, least_unit, least_unit);
    return Pieces(q.p1, q.p2, 0);
  }
  return split(x, top, middle, least_unit);
}

void take_extremes(uint s, uint g, uint64_t a)
{
  uint64_t o = uint64_t(ordinal(A, a, divisor) ^ INT64_LEAST);
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
    U64Mem m = U64Mem(at(least_at, g, 8));
    if (o < m.v)
      atomicMin(m.v, o);
  }
  if ((OPS & PK_OP_MAX) != 0) {
    U64Mem m = U64Mem(at(greatest_at, g, 8));
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
      atomicAdd(U32Mem(at(rows_at, g, 4)).v, 1);
  }
  if (A == 0 || !there)
    return;
  if ((OPS & PK_OP_COUNT) != 0) {
    if (s != PK_KERNEL_NONE)
      atomicAdd(words[word_of(W_COUNT, s)], 1);
    else
      atomicAdd(U32Mem(at(counts_at, g, 4)).v, 1);
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
  uint rows = (OPS & PK_OP_ROWS) != 0 ? total_of(W_ROWS, s) : 0;
  uint count = (OPS & PK_OP_COUNT) != 0 ? total_of(W_COUNT, s) : 0;
  if (STAGE > 0 && (rows | count) != 0)
    add_cell(0, g, pack64(uvec2(rows, count)));
  if (STAGE == 0 && rows > 0)
    atomicAdd(U32Mem(at(rows_at, g, 4)).v, rows);
  if (STAGE == 0 && count > 0)
    atomicAdd(U32Mem(at(counts_at, g, 4)).v, count);
  for (uint j = 0; j < LIMBS && (OPS & PK_OP_SUM) != 0; j++) {
    int64_t n = limb_total(j, s);
    if (n != 0l)
      add_limb(j, g, n);
  }
  for (uint c = 0; c < COPIES && (OPS & (PK_OP_MIN | PK_OP_MAX)) != 0; c++) {
    uint64_t least = extremes[s * COPIES + c];
    uint64_t greatest = extremes[(((OPS & PK_OP_MIN) != 0 ? N_SHARED : 0) + s) * COPIES + c];
    if ((OPS & PK_OP_MIN) != 0 && least != ~0ul)
      atomicMin(U64Mem(at(least_at, g, 8)).v, least);
    if ((OPS & PK_OP_MAX) != 0 && greatest != 0ul)
      atomicMax(U64Mem(at(greatest_at, g, 8)).v, greatest);
  }
}

void take_rows(Rows4 r)
{
  uint gid[4], spread[4];
  uint alive = select4(r, gid, spread), there = A != 0 ? values4(r, alive) : 0;
  [[unroll]] for (uint j = 0; j < 4; j++)
    if ((alive >> j & 1u) != 0)
      take(gid[j], (there >> j & 1u) != 0, r.a.raw[j], r.b.raw[j]);
}

/* A row to the cache, or to the stage. */
void stage_row(uint g, bool there, uint64_t a, uint64_t b)
{
  uint me = gl_LocalInvocationID.x, s = shared_place(g);
  if (s != PK_KERNEL_NONE) {
    take(g, there, a, b);
    return;
  }
  Pieces q = there ? term_of(g, a, b) : Pieces(0, 0, 0);
  stage_group[me] = g;
  stage_there[me] = there ? 1 : 0;
  stage0[me] = q.p0;
  stage1[me] = q.p1;
  stage2[me] = q.p2;
}

/* The word of the cell that a staged row adds. */
uint64_t staged_word(uint row, uint word)
{
  const bool low_signed = TERM != PK_TERM_INT || LIMBS == 1;
  if (word == 0)
    return pack64(uvec2((OPS & PK_OP_ROWS) != 0 ? 1 : 0, (OPS & PK_OP_COUNT) != 0 ? stage_there[row] : 0));
  if (word == 1)
    return low_signed ? uint64_t(int64_t(int(stage0[row]))) : uint64_t(stage0[row]);
  return uint64_t(int64_t(int(word == 2 ? stage1[row] : stage2[row])));
}

/* A row of each invocation, or none; all of the workgroup together. */
void stage_step(bool on, uint g, bool there, uint64_t a, uint64_t b)
{
  uint me = gl_LocalInvocationID.x;
  stage_group[me] = PK_KERNEL_NONE;
  if (on)
    stage_row(g, there, a, b);
  barrier();
  for (uint i = me; i < 4 * STAGE; i += STAGE) {
    uint row = i >> 2, word = i & 3u, group = stage_group[row];
    uint64_t value = group != PK_KERNEL_NONE && word <= LIMBS ? staged_word(row, word) : 0ul;
    if (value != 0ul)
      add_cell(word, group, value);
  }
  barrier();
}

/* Not a loop: with barriers inside, compilers leave it one, and the rows in memory. */
void take_staged(Rows4 r)
{
  uint gid[4], spread[4];
  uint alive = select4(r, gid, spread), there = values4(r, alive);
  stage_step((alive & 1u) != 0, gid[0], (there & 1u) != 0, r.a.raw[0], r.b.raw[0]);
  stage_step((alive & 2u) != 0, gid[1], (there & 2u) != 0, r.a.raw[1], r.b.raw[1]);
  stage_step((alive & 4u) != 0, gid[2], (there & 4u) != 0, r.a.raw[2], r.b.raw[2]);
  stage_step((alive & 8u) != 0, gid[3], (there & 8u) != 0, r.a.raw[3], r.b.raw[3]);
}

void main()
{
  ProgramRef program = ProgramRef(push.program);
  begin(program);
  copy = gl_LocalInvocationID.x & (COPIES - 1);
  SegmentRef segment = segment_of(push.segment);
  uint n_rows = segment.s.n_rows;
  select_begin(program, segment);
  if (FORM > 0)
    clear_shared();
  if (STAGE > 0) {
    for (uint i4 = gl_WorkGroupID.x * STAGE; 4 * i4 < n_rows; i4 += gl_NumWorkGroups.x * STAGE)
      take_staged(fetch4(n_rows, i4 + gl_LocalInvocationID.x));
  } else {
    for (Walk w = walk_begin(n_rows); w.i4 < w.end; w.i4 += w.step)
      take_rows(fetch4(n_rows, w.i4));
  }
  if (FORM > 0) {
    barrier();
    for (uint s = gl_LocalInvocationID.x; s < N_SHARED; s += gl_WorkGroupSize.x)
      flush(s);
  }
}
