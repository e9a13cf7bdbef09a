/* Which rows take part, and in which group: predicates and keys of four rows at a time. SELECT_MOST is how many
 * of each a variant of a kernel can take (0, 2 or 4): drivers compile what a pipeline may need before they see
 * what it does need. */

/* Four rows of a column: their bits, and which are not NULL (bit j). */
struct Raw4 {
  uint64_t raw[4];
  uint valid;
};

/* --- predicates --- */

bool in_intervals(PkKernelPredicate p, int64_t o)
{
  /* The last interval that begins at or before o. */
  uint lo = 0, hi = p.n;
  while (lo < hi) {
    uint middle = (lo + hi) >> 1;
    if (I64Ref(at(p.table, middle, 16)).v <= o)
      lo = middle + 1;
    else
      hi = middle;
  }
  return lo > 0 && o <= I64Ref(at(p.table, lo - 1, 16) + 8ul).v;
}

/* Of the rows in alive, those that pass; raw: their bits in the predicate's column, valid: not NULL there. */
uint predicate4(uint P, PkKernelPredicate p, Raw4 c, uint alive)
{
  if ((P & PK_PREDICATE_NULL) != 0)
    return alive & ~c.valid;
  alive &= c.valid;
  if ((P & PK_PREDICATE_NOT_NULL) != 0)
    return alive;
  uint kind = PK_COLUMN_KIND(P);
  [[unroll]] for (uint j = 0; j < 4; j++) {
    bool inside;
    if ((P & PK_PREDICATE_ONE) == 0) {
      inside = in_intervals(p, ordinal(P, c.raw[j], 1.0lf));
    } else if (kind == PK_KIND_F32) {
      float x = uintBitsToFloat(uint(c.raw[j]));
      inside = is_nan(P, c.raw[j]) ? (P & PK_PREDICATE_NAN) != 0 : x >= p.lo32 && x <= p.hi32;
    } else if (kind == PK_KIND_F64) {
      double x = value_of(kind, c.raw[j], 1.0lf);
      inside = is_nan(P, c.raw[j]) ? (P & PK_PREDICATE_NAN) != 0 : x >= p.lo64 && x <= p.hi64;
    } else {
      int64_t o = ordinal(P, c.raw[j], 1.0lf);
      inside = o >= p.lo && o <= p.hi;
    }
    if (inside == ((P & PK_PREDICATE_NEGATED) != 0))
      alive &= ~(1u << j);
  }
  return alive;
}

/* --- keys --- */

/* The bin, where a guess is off by less than one. */
uint step_beside(PkKernelKey k, uint bin, int64_t o)
{
  if (o < I64Ref(at(k.table, bin, 8)).v)
    return bin - 1;
  return bin + 1 < k.n && o >= I64Ref(at(k.table, bin + 1, 8)).v ? bin + 1 : bin;
}

/* Is the value in any bin? Here NaN and infinities leave, of which float arithmetic may make anything. */
bool in_steps(uint K, PkKernelKey k, uint64_t raw)
{
  uint kind = PK_COLUMN_KIND(K);
  if (is_nan(K, raw))
    return false;
  if (kind == PK_KIND_F32)
    return uintBitsToFloat(uint(raw)) >= k.lo32 && uintBitsToFloat(uint(raw)) <= k.hi32;
  if (kind == PK_KIND_F64)
    return value_of(kind, raw, 1.0lf) >= k.lo64 && value_of(kind, raw, 1.0lf) <= k.hi64;
  int64_t o = ordinal(K, raw, 1.0lf);
  return o >= k.base && o <= k.last;
}

/* The bin of a value among k.n bins, or NONE. A guess in floating point is checked against the table of where
 * bins begin wherever it is near an edge, so the bin is that of the table, which the host made by the
 * definition of the key. */
uint step_of(uint K, PkKernelKey k, uint64_t raw)
{
  uint kind = PK_COLUMN_KIND(K);
  if (!in_steps(K, k, raw))
    return PK_KERNEL_NONE;
  if ((K & (PK_KEY_GUESS32 | PK_KEY_GUESS64)) != 0) {
    float x = (K & PK_KEY_GUESS64) != 0 ? float(value_of(kind, raw, k.divisor) - k.start)
              : kind == PK_KIND_F32 ? uintBitsToFloat(uint(raw)) - k.start32
                                    : float(int(whole(kind, raw))) - k.start32;
    /* Adding 1.5 * 2^23 rounds to whole numbers; less a half, to the one below. */
    precise float v = x * k.inverse32 - 0.5, t = v + 12582912.0, rest = v - (t - 12582912.0);
    int bin = floatBitsToInt(t) - floatBitsToInt(12582912.0);
    if (abs(rest) < 0.5 - k.tolerance32)
      return uint(bin);
    return step_beside(k, uint(clamp(bin, 0, int(k.n) - 1)), ordinal(K, raw, 1.0lf));
  }
  int64_t o = ordinal(K, raw, 1.0lf);
  uint lo = 0, hi = k.n; /* the first step beyond o, less one */
  while (lo < hi) {
    uint middle = (lo + hi) >> 1;
    if (I64Ref(at(k.table, middle, 8)).v <= o)
      lo = middle + 1;
    else
      hi = middle;
  }
  return lo - 1;
}

uint clock_of(PkKernelKey k, int64_t o)
{
  int64_t day = o / k.per_day;
  int64_t in_day = o - day * k.per_day;
  if (in_day < 0l) {
    day -= 1l;
    in_day += k.per_day;
  }
  uint d = U32Ref(at(k.table, uint(day - k.base), 4)).v;
  return d * k.n + U32Ref(at(k.table2, uint(in_day / k.per_second), 4)).v;
}

/* The code of a row that is not NULL, or NONE. */
uint code_of(uint K, PkKernelKey k, uint64_t raw)
{
  uint form = PK_KEY_FORM(K);
  if (form == PK_KEY_FORM_STEPS)
    return step_of(K, k, raw);
  int64_t o = ordinal(K, raw, 1.0lf);
  if (form == PK_KEY_FORM_OFFSET)
    return uint(o - k.base);
  if (form == PK_KEY_FORM_CLOCK)
    return clock_of(k, o);
  return U32Ref(at(k.table, uint(o - k.base), 4)).v;
}

uint key4(uint K, PkKernelKey k, Raw4 c, uint alive, inout uint gid[4], inout uint spread[4])
{
  [[unroll]] for (uint j = 0; j < 4; j++) {
    uint bit = 1u << j;
    uint code = PK_KERNEL_NONE;
    if ((c.valid & alive & bit) != 0)
      code = code_of(K, k, c.raw[j]);
    else if ((K & PK_KEY_KEEPS_NULL) != 0)
      code = k.n_codes - 1;
    if (code == PK_KERNEL_NONE)
      alive &= ~bit;
    gid[j] = gid[j] * k.n_codes + code;
    spread[j] = (spread[j] << 6) ^ code;
  }
  return alive;
}

/* --- rows of four --- */

/* What a kernel knows of its arguments for the whole of its loop, in registers: after an atomic operation on
 * memory a compiler has to read memory again. */
uint64_t names_at, gid_at;
PkKernelColumn column_a, column_b;
#if SELECT_MOST > 0
PkKernelPredicate predicate0, predicate1;
PkKernelColumn column_p0, column_p1;
#ifndef SELECT_WITHOUT_KEYS
PkKernelKey key0, key1;
PkKernelColumn column_k0, column_k1;
#endif
#endif
#if SELECT_MOST > 2
PkKernelPredicate predicate2, predicate3;
PkKernelColumn column_p2, column_p3;
#ifndef SELECT_WITHOUT_KEYS
PkKernelKey key2, key3;
PkKernelColumn column_k2, column_k3;
#endif
#endif

void select_begin(ProgramRef program, SegmentRef segment)
{
  names_at = program.p.names;
  gid_at = segment.s.gid;
  if (A != 0)
    column_a = segment.s.columns[PK_COLUMN_SLOT(A)];
  if (B != 0)
    column_b = segment.s.columns[PK_COLUMN_SLOT(B)];
#define BEGIN_PREDICATE(P, i, into, c)                                                                       \
  if (P != 0) {                                                                                              \
    into = program.p.predicates[i];                                                                          \
    c = segment.s.columns[PK_COLUMN_SLOT(P)];                                                                \
  }
#define BEGIN_KEY(K, i, into, c)                                                                             \
  if (K != 0) {                                                                                              \
    into = program.p.keys[i];                                                                                \
    c = segment.s.columns[PK_COLUMN_SLOT(K)];                                                                \
  }
#if SELECT_MOST > 0
  BEGIN_PREDICATE(P0, 0, predicate0, column_p0)
  BEGIN_PREDICATE(P1, 1, predicate1, column_p1)
#ifndef SELECT_WITHOUT_KEYS
  BEGIN_KEY(K0, 0, key0, column_k0)
  BEGIN_KEY(K1, 1, key1, column_k1)
#endif
#endif
#if SELECT_MOST > 2
  BEGIN_PREDICATE(P2, 2, predicate2, column_p2)
  BEGIN_PREDICATE(P3, 3, predicate3, column_p3)
#ifndef SELECT_WITHOUT_KEYS
  BEGIN_KEY(K2, 2, key2, column_k2)
  BEGIN_KEY(K3, 3, key3, column_k3)
#endif
#endif
}

/* Rows 4 i4 … 4 i4 + 3, as they lie in the columns: all that is read is asked for before any of it is looked
 * at, so that its latencies overlap. */
struct Rows4 {
  uint alive; /* bit j: there is a row 4 i4 + j */
  uvec4 gid;
  Raw4 a, b;
#if SELECT_MOST > 0
  Raw4 p0, p1, k0, k1;
#endif
#if SELECT_MOST > 2
  Raw4 p2, p3, k2, k3;
#endif
};

void fetch_predicate(uint P, PkKernelColumn c, uint i4, inout Raw4 raw)
{
  if (P == 0)
    return;
  raw.valid = valid4(P, c.valid, c.data, i4);
  if ((P & (PK_PREDICATE_NULL | PK_PREDICATE_NOT_NULL)) == 0)
    load4(PK_COLUMN_KIND(P), c.data, i4, raw.raw);
}

void fetch_column(uint C, PkKernelColumn c, uint i4, inout Raw4 raw)
{
  if (C == 0)
    return;
  raw.valid = valid4(C, c.valid, c.data, i4);
  load4(PK_COLUMN_KIND(C), c.data, i4, raw.raw);
}

/* Rows beyond the segment's are read where the first are, and not alive. */
Rows4 fetch4(uint n_rows, uint i4)
{
  Rows4 r;
  uint left = 4 * i4 < n_rows ? n_rows - 4 * i4 : 0;
  r.alive = left >= 4 ? 0xfu : (1u << left) - 1u;
  i4 = left > 0 ? i4 : 0;
  if ((SOURCE & PK_SOURCE_GID) != 0)
    r.gid = Vec4Ref(at(gid_at, i4, 16)).v;
#if SELECT_MOST > 0
  fetch_predicate(P0, column_p0, i4, r.p0);
  fetch_predicate(P1, column_p1, i4, r.p1);
#ifndef SELECT_WITHOUT_KEYS
  fetch_column(K0, column_k0, i4, r.k0);
  fetch_column(K1, column_k1, i4, r.k1);
#endif
#endif
#if SELECT_MOST > 2
  fetch_predicate(P2, column_p2, i4, r.p2);
  fetch_predicate(P3, column_p3, i4, r.p3);
#ifndef SELECT_WITHOUT_KEYS
  fetch_column(K2, column_k2, i4, r.k2);
  fetch_column(K3, column_k3, i4, r.k3);
#endif
#endif
  fetch_column(A, column_a, i4, r.a);
  fetch_column(B, column_b, i4, r.b);
  return r;
}

uint select_gid(uvec4 g, uint alive, inout uint gid[4], inout uint spread[4])
{
  [[unroll]] for (uint j = 0; j < 4; j++) {
    if (g[j] == PK_KERNEL_NONE)
      alive &= ~(1u << j);
    else
      gid[j] = (SOURCE & PK_SOURCE_NAMED) != 0 && (alive >> j & 1u) != 0 ? U32Ref(at(names_at, g[j], 4)).v : g[j];
    spread[j] = gid[j];
  }
  return alive;
}

/* Bit j of the answer: row 4 i4 + j takes part, in group gid[j]. spread[j] tells neighbouring bins apart in
 * its low bits. */
uint select4(Rows4 r, out uint gid[4], out uint spread[4])
{
  uint alive = r.alive;
  [[unroll]] for (uint j = 0; j < 4; j++)
    gid[j] = spread[j] = 0;
  if ((SOURCE & PK_SOURCE_GID) != 0)
    alive = select_gid(r.gid, alive, gid, spread);
#if SELECT_MOST > 0
  if (P0 != 0)
    alive = predicate4(P0, predicate0, r.p0, alive);
  if (P1 != 0)
    alive = predicate4(P1, predicate1, r.p1, alive);
#endif
#if SELECT_MOST > 2
  if (P2 != 0)
    alive = predicate4(P2, predicate2, r.p2, alive);
  if (P3 != 0)
    alive = predicate4(P3, predicate3, r.p3, alive);
#endif
#ifndef SELECT_WITHOUT_KEYS
#if SELECT_MOST > 0
  if (K0 != 0)
    alive = key4(K0, key0, r.k0, alive, gid, spread);
  if (K1 != 0)
    alive = key4(K1, key1, r.k1, alive, gid, spread);
#endif
#if SELECT_MOST > 2
  if (K2 != 0)
    alive = key4(K2, key2, r.k2, alive, gid, spread);
  if (K3 != 0)
    alive = key4(K3, key3, r.k3, alive, gid, spread);
#endif
#endif
  return alive;
}

/* Of those, the rows whose values A and B (if used) are there. */
uint values4(Rows4 r, uint alive)
{
  if (A != 0)
    alive &= r.a.valid;
  if (B != 0)
    alive &= r.b.valid;
  [[unroll]] for (uint j = 0; j < 4; j++) {
    if ((A & PK_COLUMN_NO_NAN) != 0 && is_nan(A, r.a.raw[j]))
      alive &= ~(1u << j);
    if ((B & PK_COLUMN_NO_NAN) != 0 && is_nan(B, r.b.raw[j]))
      alive &= ~(1u << j);
  }
  return alive;
}
