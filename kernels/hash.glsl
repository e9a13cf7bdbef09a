/* Rows with equal keys find each other in a table of open addressing whose slots hold a row that has the key
 * (its number in the frame), so that keys of any number and width are compared where they lie. A slot is
 * taken once by a compare-and-swap and never changes, so no invocation ever waits for another. */

struct Words {
  int64_t w[4];
  uint nulls;
};

/* One key of a row; FALSE: the row is in no group. */
bool word_of_key(uint K, PkKernelKey k, SegmentRef segment, uint row, uint place, inout Words words)
{
  uint form = PK_KEY_FORM(K);
  if (form == PK_KEY_FORM_GID) {
    words.w[place] = segment.s.gid == 0ul ? 0l : int64_t(U32Ref(at(segment.s.gid, row, 4)).v);
    return true;
  }
  PkKernelColumn c = segment.s.columns[PK_COLUMN_SLOT(K)];
  if (!valid1(K, c.valid, row)) {
    words.nulls |= 1u << place;
    words.w[place] = 0l;
    return (K & PK_KEY_KEEPS_NULL) != 0;
  }
  uint kind = PK_COLUMN_KIND(K);
  uint64_t raw = load1(kind, c.data, row);
  if (form == PK_KEY_FORM_VALUE) {
    words.w[place] = ordinal(K, raw, 1.0lf);
    return true;
  }
  if (form == PK_KEY_FORM_FLOOR) {
    /* Each operation rounded on its own, as SQL computes it. */
    precise double v = (value_of(kind, raw, k.divisor) - k.start) / k.inverse;
    v = floor(v);
    precise double scaled = v * k.scale;
    precise double result = scaled + k.offset;
    words.w[place] = order_f64(pack64(unpackDouble2x32(result)));
    return true;
  }
  uint code = code_of(K, k, raw);
  words.w[place] = int64_t(code);
  return code != PK_KERNEL_NONE;
}

bool words_of(ProgramRef program, SegmentRef segment, uint row, out Words words)
{
  words = Words(int64_t[4](0l, 0l, 0l, 0l), 0);
  bool there = true;
  if (K0 != 0)
    there = there && word_of_key(K0, program.p.keys[0], segment, row, 0, words);
  if (K1 != 0)
    there = there && word_of_key(K1, program.p.keys[1], segment, row, 1, words);
#if SELECT_MOST > 2
  if (K2 != 0)
    there = there && word_of_key(K2, program.p.keys[2], segment, row, 2, words);
  if (K3 != 0)
    there = there && word_of_key(K3, program.p.keys[3], segment, row, 3, words);
#endif
  return there;
}

bool equal(Words a, Words b)
{
  return a.w[0] == b.w[0] && a.w[1] == b.w[1] && a.w[2] == b.w[2] && a.w[3] == b.w[3] && a.nulls == b.nulls;
}

/* splitmix64's finaliser (Steele, Lea, Flood 2014) over the words. */
uint hash_of(Words words)
{
  uint64_t h = uint64_t(words.nulls) * 0x9e3779b97f4a7c15ul;
  for (uint i = 0; i < 4; i++) {
    h ^= uint64_t(words.w[i]) + 0x9e3779b97f4a7c15ul;
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ul;
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebul;
    h ^= h >> 31;
  }
  return uint(h);
}
