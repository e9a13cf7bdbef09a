#include "pk-csv-tally.h"

#include <string.h>

/* An example in a message is cut at this many bytes. */
#define EXAMPLE_MAX 40

void
pk_csv_tally_clear(PkCsvTally *tally)
{
  g_free(tally->text_example);
  g_free(tally->zero_example);
  memset(tally, 0, sizeof *tally);
}

static char *
example(const PkCsvValue *value)
{
  g_autofree char *cut = g_strndup(value->text, MIN(value->length, EXAMPLE_MAX));
  g_autofree char *valid = g_utf8_make_valid(cut, -1);

  g_strdelimit(valid, "\n\r\t", ' ');
  return g_strconcat(valid, value->length > EXAMPLE_MAX ? "…" : "", NULL);
}

static void
add_number(PkCsvTally *t, const PkCsvValue *v)
{
  t->negative |= v->negative;
  t->exponent |= v->exponent;
  t->int_digits = MAX(t->int_digits, v->int_digits);
  t->frac_digits = MAX(t->frac_digits, v->frac_digits);
  if (v->kind == PK_CSV_INT)
    t->fit = MAX(t->fit, v->fit);
  if (v->leading_zero && t->leading_zeros++ == 0)
    t->zero_example = example(v);
  if ((v->int_digits + v->frac_digits > 15 || v->exponent) && !pk_csv_value_double_is_exact(v))
    t->inexact++;
}

static void
add_temporal(PkCsvTally *t, const PkCsvValue *v)
{
  if (t->year_min == 0 || v->year < t->year_min)
    t->year_min = v->year;
  t->year_max = MAX(t->year_max, v->year);
  t->second_digits = MAX(t->second_digits, v->second_digits);
  t->odd_zone |= v->odd_zone;
  if (v->kind != PK_CSV_SLASHED)
    return;
  t->day_first += v->first > 12;
  t->month_first += v->second > 12;
  t->slashed_times += v->has_time;
  t->slashed_seconds += v->has_seconds;
}

void
pk_csv_tally_add(PkCsvTally *tally, const PkCsvValue *value, guint64 line)
{
  if (tally->counts[value->kind]++ == 0 && value->kind == PK_CSV_TEXT) {
    tally->text_example = example(value);
    tally->text_line = line;
  }
  switch (value->kind) {
  case PK_CSV_INT:
  case PK_CSV_REAL:
    add_number(tally, value);
    break;
  case PK_CSV_DATE:
  case PK_CSV_TIME:
  case PK_CSV_STAMP:
  case PK_CSV_ZONED:
  case PK_CSV_SLASHED:
    add_temporal(tally, value);
    break;
  default:
    break;
  }
}

/* --- the type ------------------------------------------------------------- */

static void G_GNUC_PRINTF(2, 3)
warn(GPtrArray *warnings, const char *format, ...)
{
  va_list args;

  va_start(args, format);
  g_ptr_array_add(warnings, g_strdup_vprintf(format, args));
  va_end(args);
}

static PkType
number_type(const PkCsvTally *t, const char *column, GPtrArray *warnings)
{
  guint64 reals = t->counts[PK_CSV_REAL] + t->counts[PK_CSV_SPECIAL];

  if (t->leading_zeros > 0)
    return PK_TYPE_OF(PK_TYPE_TEXT);
  if (reals == 0) {
    if (t->fit == PK_CSV_FITS_I64)
      return PK_TYPE_OF(PK_TYPE_I64);
    if (t->fit == PK_CSV_FITS_U64 && !t->negative)
      return PK_TYPE_OF(PK_TYPE_U64);
    if (t->fit <= PK_CSV_FITS_I128)
      return PK_TYPE_OF(PK_TYPE_I128);
    if (t->fit == PK_CSV_FITS_U128 && !t->negative)
      return PK_TYPE_OF(PK_TYPE_U128);
    warn(warnings, "column \"%s\" is text: it holds whole numbers of more than 38 digits", column);
    return PK_TYPE_OF(PK_TYPE_TEXT);
  }
  if (t->inexact > 0 && !t->exponent && t->counts[PK_CSV_SPECIAL] == 0 &&
      t->int_digits + t->frac_digits <= 38)
    return (PkType){ .kind = PK_TYPE_DECIMAL, .precision = 38, .scale = (gint8)t->frac_digits };
  if (t->inexact > 0)
    warn(warnings, "column \"%s\": %" G_GUINT64_FORMAT " numbers have more digits than DOUBLE keeps; "
         "declare it VARCHAR to keep them", column, t->inexact);
  return PK_TYPE_OF(PK_TYPE_F64);
}

static PkType
stamp_type(const PkCsvTally *t, const PkCsvOptions *options, const char *column, PkCsvLoad *load,
           GPtrArray *warnings)
{
  guint64 zoned = t->counts[PK_CSV_ZONED], local = t->counts[PK_CSV_STAMP] + t->counts[PK_CSV_DATE];

  if (zoned + t->counts[PK_CSV_STAMP] == 0)
    return PK_TYPE_OF(PK_TYPE_DATE);
  if (zoned > 0 && local > 0 && options->tz == NULL) {
    warn(warnings, "column \"%s\" is text: some of its timestamps state a time zone and some do not; "
         "--tz ZONE says which one the others mean", column);
    return PK_TYPE_OF(PK_TYPE_TEXT);
  }
  if (t->second_digits > 9 || (t->second_digits > 6 && (zoned > 0 || options->tz != NULL ||
                                                        t->year_min < 1678 || t->year_max > 2261))) {
    warn(warnings, "column \"%s\" is text: its timestamps are finer than the type keeps", column);
    return PK_TYPE_OF(PK_TYPE_TEXT);
  }
  if (zoned > 0 || options->tz != NULL) {
    *load = t->odd_zone || local > 0 ? PK_CSV_LOAD_ZONED : PK_CSV_LOAD_DIRECT;
    return (PkType){ .kind = PK_TYPE_TIMESTAMP_TZ, .unit = PK_TYPE_UNIT_US };
  }
  return (PkType){ .kind = PK_TYPE_TIMESTAMP,
                   .unit = t->second_digits > 6 ? PK_TYPE_UNIT_NS : PK_TYPE_UNIT_US };
}

static PkType
slashed_type(const PkCsvTally *t, const char *column, PkCsvLoad *load, const char **format,
             GPtrArray *warnings)
{
  static const char *const formats[2][3] = {
    { "%m/%d/%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S" },
    { "%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S" },
  };
  guint64 n = t->counts[PK_CSV_SLASHED];

  if ((t->day_first > 0) == (t->month_first > 0)) {
    if (t->day_first == 0)
      warn(warnings, "column \"%s\" is text: its dates may be day/month or month/day; "
           "strptime(\"%s\", '%%d/%%m/%%Y') reads them in SQL", column, column);
    return PK_TYPE_OF(PK_TYPE_TEXT);
  }
  if ((t->slashed_times != 0 && t->slashed_times != n) ||
      (t->slashed_seconds != 0 && t->slashed_seconds != n))
    return PK_TYPE_OF(PK_TYPE_TEXT);
  *load = PK_CSV_LOAD_STRPTIME;
  *format = formats[t->day_first > 0][t->slashed_times == 0 ? 0 : t->slashed_seconds == 0 ? 1 : 2];
  return t->slashed_times == 0 ? PK_TYPE_OF(PK_TYPE_DATE)
                               : (PkType){ .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_US };
}

/* A column that is text only for a few values is worth a word. */
static void
warn_of_few_texts(const PkCsvTally *t, guint64 total, const char *column, GPtrArray *warnings)
{
  guint64 texts = t->counts[PK_CSV_TEXT];
  guint64 numbers = t->counts[PK_CSV_INT] + t->counts[PK_CSV_REAL];
  guint64 dates = t->counts[PK_CSV_DATE] + t->counts[PK_CSV_STAMP] + t->counts[PK_CSV_ZONED];
  guint64 most = MAX(numbers, dates);

  if (texts > 0 && t->leading_zeros == 0 && most >= 10 && most + texts == total && texts * 20 <= total)
    warn(warnings,
         "column \"%s\" is text: %" G_GUINT64_FORMAT " of its %" G_GUINT64_FORMAT " values %s no %s, "
         "the first is \"%s\" in line %" G_GUINT64_FORMAT "; --nullstr or --types can say what it means",
         column, texts, total, texts == 1 ? "is" : "are", numbers >= dates ? "number" : "date",
         t->text_example, t->text_line);
}

PkType
pk_csv_tally_type(const PkCsvTally *t, const PkCsvOptions *options, const char *column, PkCsvLoad *load,
                  const char **format, GPtrArray *warnings)
{
  guint64 total = 0;

  *load = PK_CSV_LOAD_DIRECT;
  *format = NULL;
  for (int i = 0; i < PK_CSV_N_KINDS; i++)
    total += t->counts[i];
  guint64 numbers = t->counts[PK_CSV_INT] + t->counts[PK_CSV_REAL];
  guint64 stamps = t->counts[PK_CSV_DATE] + t->counts[PK_CSV_STAMP] + t->counts[PK_CSV_ZONED];
  if (total == 0 || options->all_text)
    return PK_TYPE_OF(PK_TYPE_TEXT);
  if (t->counts[PK_CSV_BOOL] == total)
    return PK_TYPE_OF(PK_TYPE_BOOL);
  if (numbers > 0 && numbers + t->counts[PK_CSV_SPECIAL] == total)
    return number_type(t, column, warnings);
  if (stamps == total)
    return stamp_type(t, options, column, load, warnings);
  if (t->counts[PK_CSV_SLASHED] == total)
    return slashed_type(t, column, load, format, warnings);
  if (t->counts[PK_CSV_TIME] == total && t->second_digits <= 6)
    return (PkType){ .kind = PK_TYPE_TIME, .unit = PK_TYPE_UNIT_US };
  warn_of_few_texts(t, total, column, warnings);
  return PK_TYPE_OF(PK_TYPE_TEXT);
}
