#include "conformance.h"

#include "pk-column-builder.h"

#include <math.h>
#include <string.h>

typedef struct {
  const char *name;
  PkType type;
  __int128 lo, hi; /* of CONF_WIDE */
} Spec;

#define T(k) { .kind = PK_TYPE_##k }
#define DAY_US ((__int128)86400000000)

static const Spec specs[] = {
  { "bool", T(BOOL), 0, 1 },
  { "i8", T(I8), G_MININT8, G_MAXINT8 },
  { "u8", T(U8), 0, G_MAXUINT8 },
  { "i16", T(I16), G_MININT16, G_MAXINT16 },
  { "u16", T(U16), 0, G_MAXUINT16 },
  { "i32", T(I32), G_MININT32, G_MAXINT32 },
  { "u32", T(U32), 0, G_MAXUINT32 },
  { "i64", T(I64), G_MININT64, G_MAXINT64 },
  { "u64", T(U64), 0, G_MAXUINT64 },
  /* sums of 2^15 rows fit: SQL refuses partial ones */
  { "i128", T(I128), -((__int128)1 << 111), (__int128)1 << 111 },
  { "dec9", { .kind = PK_TYPE_DECIMAL, .precision = 9, .scale = 2 }, -999999999, 999999999 },
  { "dec30", { .kind = PK_TYPE_DECIMAL, .precision = 30, .scale = 7 }, -((__int128)1 << 90),
   (__int128)1 << 90 },
  { "date", T(DATE), -30000, 60000 },
  { "time", { .kind = PK_TYPE_TIME, .unit = PK_TYPE_UNIT_US }, 0, DAY_US - 1 },
  { "ts_s", { .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_S }, -3000000000, 5000000000 },
  { "ts_us", { .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_US }, -20000 * DAY_US, 40000 * DAY_US },
  { "ts_ns", { .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_NS }, -20000 * DAY_US * 1000,
   40000 * DAY_US * 1000 },
  { "tz", { .kind = PK_TYPE_TIMESTAMP_TZ, .unit = PK_TYPE_UNIT_US }, -20000 * DAY_US, 40000 * DAY_US },
  { "text", T(TEXT), 0, 400 },
  { "enum", { .kind = PK_TYPE_TEXT, .dictionary = TRUE }, 0, 11 },
  { "f32", T(F32), 0, 0 },
  { "f64", T(F64), 0, 0 },
};

static gboolean
is_float(const Spec *spec)
{
  return spec->type.kind == PK_TYPE_F32 || spec->type.kind == PK_TYPE_F64;
}

static __int128
random_int(GRand *rand, __int128 lo, __int128 hi)
{
  unsigned __int128 span = (unsigned __int128)hi - (unsigned __int128)lo, value = 0;
  for (guint i = 0; i < 4; i++)
    value = value << 32 | g_rand_int(rand);
  return (__int128)((unsigned __int128)lo + (span == (unsigned __int128)-1 ? value : value % (span + 1)));
}

static double
random_double(GRand *rand, ConfShape shape, gint64 row, gboolean odd)
{
  if (odd && g_rand_int_range(rand, 0, 20) == 0) {
    static const double odds[] = { NAN, INFINITY, -INFINITY, -0.0, 0.0 };
    return odds[g_rand_int_range(rand, 0, G_N_ELEMENTS(odds))];
  }
  switch (shape) {
  case CONF_SMALL: return g_rand_int_range(rand, -20, 20) / 4.0;
  case CONF_WIDE: return g_rand_double_range(rand, -1e6, 1e6);
  case CONF_SKEWED: return g_rand_int_range(rand, 0, 50) == 0 ? g_rand_double_range(rand, 0, 100) : 1.5;
  case CONF_SORTED: return (double)row * 0.25 + g_rand_int_range(rand, 0, 2) * 0.25;
  default: return 42.125;
  }
}

static __int128
random_value(GRand *rand, const Spec *spec, ConfShape shape, gint64 row, gint64 rows)
{
  __int128 middle = spec->lo / 2 + spec->hi / 2, span = MIN(spec->hi / 4 - spec->lo / 4, 40);
  switch (shape) {
  case CONF_SMALL: return random_int(rand, middle - span / 2, middle + span / 2);
  case CONF_WIDE: return random_int(rand, spec->lo, spec->hi);
  case CONF_SKEWED: return g_rand_int_range(rand, 0, 50) == 0 ? random_int(rand, spec->lo, spec->hi)
      : middle;
  case CONF_SORTED: return spec->lo + (spec->hi / MAX(rows, 1) - spec->lo / MAX(rows, 1)) * row;
  default: return middle;
  }
}

static void
append_value(PkColumnBuilder *builder, GRand *rand, const Spec *spec, ConfShape shape, gint64 row,
             gint64 rows,
             gboolean odd, GError **error)
{
  if (is_float(spec)) {
    pk_column_builder_append_double(builder, random_double(rand, shape, row, odd), error);
    return;
  }
  __int128 value = random_value(rand, spec, shape, row, rows);
  if (spec->type.kind == PK_TYPE_TEXT) {
    static const char *const odd_texts[] = { "", "a'b", "\xc3\x84pfel", "k", "K1", "zz\"z", "k10", "k9" };
    char *text = value < 8 ? g_strdup(odd_texts[value]) : g_strdup_printf("k%d", (int)value);
    pk_column_builder_append_text(builder, text, strlen(text), error);
    g_free(text);
    return;
  }
  pk_column_builder_append_int(builder, value, error);
}

static PkColumn *
random_column(GRand *rand, const Spec *spec, gint64 rows, gint64 chunk_rows, gboolean odd)
{
  ConfShape shape = (ConfShape)g_rand_int_range(rand, 0, CONF_N_SHAPES);
  guint form = (guint)g_rand_int_range(rand, 0, 10);
  double null_rate = form == 0 ? 1.0 : form <= 4 ? 0.15 : 0.0;
  PkColumnBuilder *builder = pk_column_builder_new(spec->name, spec->type, chunk_rows);
  g_autoptr(GError) error = NULL;

  for (gint64 row = 0; row < rows; row++) {
    if (g_rand_double(rand) < null_rate)
      pk_column_builder_append_null(builder, 1, &error);
    else
      append_value(builder, rand, spec, shape, row, rows, odd, &error);
    g_assert_no_error(error);
  }
  PkColumn *column = pk_column_builder_finish(builder, &error);
  g_assert_no_error(error);
  return column;
}

PkFrame *
conformance_frame(GRand *rand, gint64 rows, gint64 chunk_rows, gboolean odd)
{
  PkColumn *columns[G_N_ELEMENTS(specs) + 1];
  g_autoptr(GError) error = NULL;
  static const Spec second = { "f64b", T(F64), 0, 0 };

  for (guint i = 0; i < G_N_ELEMENTS(specs); i++)
    columns[i] = random_column(rand, &specs[i], rows, chunk_rows, odd);
  columns[G_N_ELEMENTS(specs)] = random_column(rand, &second, rows, chunk_rows, odd);
  PkFrame *frame = pk_frame_new(columns, G_N_ELEMENTS(columns), &error);
  g_assert_no_error(error);
  return frame;
}
