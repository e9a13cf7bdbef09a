/* Which rows take part, and in which group: predicates and keys of four rows at a time. SELECT_MOST is how many
 * of each a variant of a kernel can take (0, 2 or 4): drivers compile what a pipeline may need before they see
 * what it does need. */

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

uint predicate4(uint P, PkKernelPredicate p, PkKernelColumn c, uint i4, uint alive)
{
  uint64_t raw[4];
  uint valid = valid4(P, c.valid, i4);
  if ((P & PK_PREDICATE_NULL) != 0)
    return alive & ~valid;
  alive &= valid;
  if ((P & PK_PREDICATE_NOT_NULL) != 0)
    return alive;
  uint kind = PK_COLUMN_KIND(P);
  load4(kind, c.data, i4, raw);
  for (uint j = 0; j < 4; j++) {
    bool inside;
    if ((P & PK_PREDICATE_ONE) == 0) {
      inside = in_intervals(p, ordinal(P, raw[j], 1.0lf));
    } else if (kind == PK_KIND_F32) {
      float x = uintBitsToFloat(uint(raw[j]));
      inside = is_nan(P, raw[j]) ? (P & PK_PREDICATE_NAN) != 0 : x >= p.lo32 && x <= p.hi32;
    } else if (kind == PK_KIND_F64) {
      double x = value_of(kind, raw[j], 1.0lf);
      inside = is_nan(P, raw[j]) ? (P & PK_PREDICATE_NAN) != 0 : x >= p.lo64 && x <= p.hi64;
    } else {
      int64_t o = ordinal(P, raw[j], 1.0lf);
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
    float v = x * k.inverse32, below = floor(v), rest = v - below;
    uint bin = uint(clamp(int(below), 0, int(k.n) - 1));
    if (rest > k.tolerance32 && rest < 1.0 - k.tolerance32)
      return bin;
    return step_beside(k, bin, ordinal(K, raw, 1.0lf));
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

uint key4(uint K, PkKernelKey k, PkKernelColumn c, uint i4, uint alive, inout uint gid[4], inout uint spread[4])
{
  uint64_t raw[4];
  uint valid = valid4(K, c.valid, i4);
  load4(PK_COLUMN_KIND(K), c.data, i4, raw);
  for (uint j = 0; j < 4; j++) {
    uint bit = 1u << j;
    uint code = PK_KERNEL_NONE;
    if ((valid & alive & bit) != 0)
      code = code_of(K, k, raw[j]);
    else if ((K & PK_KEY_KEEPS_NULL) != 0)
      code = k.n_codes - 1;
    if (code == PK_KERNEL_NONE)
      alive &= ~bit;
    gid[j] = gid[j] * k.n_codes + code;
    spread[j] = (spread[j] << 6) ^ code;
  }
  return alive;
}

/* Bit j of the answer: row 4 i4 + j takes part, in group gid[j]. spread[j] tells neighbouring bins apart in
 * its low bits. */
uint select4(ProgramRef program, SegmentRef segment, uint i4, out uint gid[4], out uint spread[4])
{
  uint left = segment.s.n_rows - 4 * i4;
  uint alive = left >= 4 ? 0xfu : (1u << left) - 1u;
  for (uint j = 0; j < 4; j++)
    gid[j] = spread[j] = 0;
  if ((SOURCE & PK_SOURCE_GID) != 0) {
    uvec4 g = Vec4Ref(at(segment.s.gid, i4, 16)).v;
    for (uint j = 0; j < 4; j++) {
      if (g[j] == PK_KERNEL_NONE)
        alive &= ~(1u << j);
      else
        gid[j] = (SOURCE & PK_SOURCE_NAMED) != 0 && (alive >> j & 1u) != 0 ? U32Ref(at(program.p.names, g[j], 4)).v : g[j];
      spread[j] = gid[j];
    }
  }
#if SELECT_MOST > 0
  if (P0 != 0)
    alive = predicate4(P0, program.p.predicates[0], segment.s.columns[PK_COLUMN_SLOT(P0)], i4, alive);
  if (P1 != 0)
    alive = predicate4(P1, program.p.predicates[1], segment.s.columns[PK_COLUMN_SLOT(P1)], i4, alive);
#endif
#if SELECT_MOST > 2
  if (P2 != 0)
    alive = predicate4(P2, program.p.predicates[2], segment.s.columns[PK_COLUMN_SLOT(P2)], i4, alive);
  if (P3 != 0)
    alive = predicate4(P3, program.p.predicates[3], segment.s.columns[PK_COLUMN_SLOT(P3)], i4, alive);
#endif
#ifndef SELECT_WITHOUT_KEYS
#if SELECT_MOST > 0
  if (K0 != 0 && alive != 0)
    alive = key4(K0, program.p.keys[0], segment.s.columns[PK_COLUMN_SLOT(K0)], i4, alive, gid, spread);
  if (K1 != 0 && alive != 0)
    alive = key4(K1, program.p.keys[1], segment.s.columns[PK_COLUMN_SLOT(K1)], i4, alive, gid, spread);
#endif
#if SELECT_MOST > 2
  if (K2 != 0 && alive != 0)
    alive = key4(K2, program.p.keys[2], segment.s.columns[PK_COLUMN_SLOT(K2)], i4, alive, gid, spread);
  if (K3 != 0 && alive != 0)
    alive = key4(K3, program.p.keys[3], segment.s.columns[PK_COLUMN_SLOT(K3)], i4, alive, gid, spread);
#endif
#endif
  return alive;
}

/* Of those, the rows whose values A and B (if used) are there. */
uint values4(SegmentRef segment, uint i4, uint alive, out uint64_t a[4], out uint64_t b[4])
{
  if (A != 0) {
    PkKernelColumn c = segment.s.columns[PK_COLUMN_SLOT(A)];
    alive &= valid4(A, c.valid, i4);
    load4(PK_COLUMN_KIND(A), c.data, i4, a);
  }
  if (B != 0) {
    PkKernelColumn c = segment.s.columns[PK_COLUMN_SLOT(B)];
    alive &= valid4(B, c.valid, i4);
    load4(PK_COLUMN_KIND(B), c.data, i4, b);
  }
  for (uint j = 0; j < 4; j++) {
    if ((A & PK_COLUMN_NO_NAN) != 0 && is_nan(A, a[j]))
      alive &= ~(1u << j);
    if ((B & PK_COLUMN_NO_NAN) != 0 && is_nan(B, b[j]))
      alive &= ~(1u << j);
  }
  return alive;
}
