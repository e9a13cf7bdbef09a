/* Doubles as integers: x * 2^exponent rounded to a whole number, in signed pieces 2^31 apart. Sums of such are exact, so they
 * are the same in whatever order (Demmel and Nguyen, "Fast reproducible floating-point summation", 2013, with
 * one bin). The host chooses the exponent so that the greatest |x| stays below 2^83 (three pieces) or 2^52
 * (two): what is lost is below 2^-82 or 2^-51 of the greatest for each term. */

struct Pieces {
  uint p0, p1, p2; /* least first, each signed; of integers only the last is */
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

/* x in pieces of 2^-exponent, signed, each rounded to nearest of what the ones above it leave: the low word of
 * x + 1.5 * 2^52 * unit is x / unit (Dekker's splitting, 1971, with fixed units). units: of the top, middle and
 * least piece, times 1.5 * 2^52. */
Pieces split(double x, double top, double middle, double least)
{
  precise double t = x + top;
  precise double r = x - (t - top);
  precise double u = r + middle;
  precise double q = r - (u - middle);
  precise double v = q + least;
  return Pieces(unpackDouble2x32(v).x, unpackDouble2x32(u).x, unpackDouble2x32(t).x);
}
