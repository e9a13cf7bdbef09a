/* What was seen in a column of delimited text, and the type that follows. */
#pragma once

#include "pk-csv-options.h"
#include "pk-csv-value.h"

G_BEGIN_DECLS

/* How a column's text becomes its type when it is loaded. */
typedef enum {
  PK_CSV_LOAD_DIRECT,   /* the SQL engine's reader takes it as it is */
  PK_CSV_LOAD_STRPTIME, /* by `format` */
  PK_CSV_LOAD_ZONED,    /* instants written in several ways, or local times of a zone */
} PkCsvLoad;

typedef struct {
  guint64 nulls;
  guint64 counts[PK_CSV_N_KINDS];
  guint64 leading_zeros;
  gboolean negative, exponent, odd_zone;
  PkCsvFit fit;             /* of the widest INT */
  guint int_digits, frac_digits;
  guint64 inexact;          /* numbers with digits that a double does not keep */
  guint second_digits;
  gint year_min, year_max;
  guint64 day_first, month_first; /* SLASHED values that can only be read so */
  guint64 slashed_times, slashed_seconds;
  char *text_example;       /* the first value that is only text */
  guint64 text_line;
  char *zero_example;
} PkCsvTally;

void pk_csv_tally_clear(PkCsvTally *tally);

/* Counts a value that is not NULL, seen in `line`. */
void pk_csv_tally_add(PkCsvTally *tally, const PkCsvValue *value, guint64 line);

/* The type that holds every value exactly, and how to load it (*format is
 * static or NULL). What the person should know goes to `warnings` (of char *). */
PkType pk_csv_tally_type(const PkCsvTally *tally, const PkCsvOptions *options, const char *column,
                         PkCsvLoad *load, const char **format, GPtrArray *warnings);

G_END_DECLS
