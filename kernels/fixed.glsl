/* Doubles as integers: x * 2^exponent rounded to a whole number of 96 bits. Sums of such are exact, so they
 * are the same in whatever order (Demmel and Nguyen, "Fast reproducible floating-point summation", 2013, with
 * one bin). The host chooses the exponent so that the greatest |x| stays below 2^86 (three pieces) or 2^54
 * (two): what is lost is below 2^-85 or 2^-53 of the greatest for each term. */

struct Pieces {
  uint p0, p1, p2; /* least first, two's complement */
};

/* PK_FLAG_… of a number that is not finite, else 0. */
uint odd_flags(uint64_t bits)
{
  if ((bits & 0x7ff0000000000000ul) != 0x7ff0000000000000ul)
    return 0;
  if ((bits & 0x000ffffffffffffful) != 0ul)
    return PK_FLAG_NAN;
  return (bits >> 63) != 0ul ? PK_FLAG_NEG_INF : PK_FLAG_INF;
}

Pieces fixed_of(uint64_t bits, int exponent)
{
  int e = int(uint(bits >> 52) & 2047u);
  uint64_t m = (bits & 0x000ffffffffffffful) | (e > 0 ? 1ul << 52 : 0ul);
  int s = max(e, 1) - 1075 + exponent;
  uint64_t low, high = 0ul;
  if (s >= 0) {
    low = m << min(s, 63);
    high = s > 11 ? m >> (64 - min(s, 63)) : 0ul;
  } else {
    low = s < -54 ? 0ul : (m + (1ul << (-s - 1))) >> -s;
  }
  if ((bits >> 63) != 0ul) {
    low = ~low + 1ul;
    high = ~high + (low == 0ul ? 1ul : 0ul);
  }
  return Pieces(uint(low), uint(low >> 32), uint(high));
}
