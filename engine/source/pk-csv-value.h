/* What a field of delimited text is, by strict rules.
 *
 * A text is a number, a date, a time or a truth value only in forms that an
 * SQL engine reads to exactly that value; everything else is text. So what is
 * declared a number here loses nothing when it is loaded. */
#pragma once

#include "pk-arrow-type.h"

G_BEGIN_DECLS

typedef enum {
  PK_CSV_TEXT,
  PK_CSV_BOOL,    /* true, false, in any case */
  PK_CSV_INT,     /* [+-] digits, but not -0 */
  PK_CSV_REAL,    /* [+-] digits with a point or an exponent */
  PK_CSV_SPECIAL, /* nan, inf, infinity with a sign, in any case */
  PK_CSV_DATE,    /* YYYY-MM-DD or YYYY/MM/DD, a day that exists */
  PK_CSV_TIME,    /* HH:MM:SS[.f] */
  PK_CSV_STAMP,   /* date, T or space, HH:MM[:SS[.f]] */
  PK_CSV_ZONED,   /* the same, then Z or ±HH[[:]MM] */
  PK_CSV_SLASHED, /* N/N/YYYY, also with HH:MM[:SS]: day first or month first is not known */
  PK_CSV_N_KINDS
} PkCsvKind;

/* Of an integer: the narrowest of these that holds it. */
typedef enum {
  PK_CSV_FITS_I64,
  PK_CSV_FITS_U64,
  PK_CSV_FITS_I128,
  PK_CSV_FITS_U128,
  PK_CSV_FITS_NONE,
} PkCsvFit;

typedef struct {
  PkCsvKind kind;
  const char *text; /* without spaces around it */
  gsize length;
  gboolean spaces;  /* there were some */
  /* INT, REAL */
  gboolean negative;
  gboolean leading_zero; /* 007, -01.5 */
  gboolean exponent;
  guint int_digits;      /* before the point, leading zeros not counted */
  guint frac_digits;     /* after it, trailing zeros not counted */
  PkCsvFit fit;          /* INT */
  /* TIME, STAMP, ZONED, SLASHED */
  guint second_digits;   /* of the fraction of the second, trailing zeros not counted */
  gboolean odd_zone;     /* ZONED: without seconds, or with a space before the zone */
  gboolean has_time;     /* SLASHED */
  gboolean has_seconds;
  guint first, second;   /* SLASHED: the two numbers whose order is not known */
  gint year;             /* DATE, STAMP, ZONED, SLASHED */
} PkCsvValue;

/* Reads text[0..length). */
void pk_csv_value_read(const char *text, gsize length, PkCsvValue *value);

/* Does a double keep every digit of this INT or REAL (as its nearest decimal)? */
gboolean pk_csv_value_double_is_exact(const PkCsvValue *value);

/* May the value stand in a column of this type without loss? If not, *reason
 * (static) says why. */
gboolean pk_csv_value_fits(const PkCsvValue *value, PkType type, const char **reason);

G_END_DECLS
