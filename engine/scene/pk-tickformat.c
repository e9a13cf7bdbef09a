#include "pk-tickformat.h"

#include "pk-ecma.h"

#include <math.h>
#include <string.h>

#define EN_DASH    "\xE2\x80\x93"
#define AT_LEAST   "\xE2\x89\xA5"

typedef enum { FORMAT_PLAIN, FORMAT_NUMBER, FORMAT_TIME, FORMAT_MULTI } FormatKind;

struct PkTickFormat {
  FormatKind kind;
  PkNumFormat number;
  char *time;
  PkTimeMultiFormat multi; /* its strings are in `strings` */
  char *strings[9];
  gboolean skip_log;       /* label only some ticks: */
  double base, count;
  gsize n_ticks;
};

static gboolean
is_time(PkScaleType type)
{
  return type == PK_SCALE_TIME || type == PK_SCALE_UTC;
}

static gboolean
init_log(PkTickFormat *f, const PkScale *scale, double count, const char *specifier, gboolean no_skip,
         GError **error)
{
  gsize n_bins;

  pk_scale_get_bins(scale, &n_bins);
  f->kind = FORMAT_NUMBER;
  if (!no_skip && n_bins == 0) {
    g_autofree double *ticks = pk_scale_ticks(scale, count, &f->n_ticks);

    f->skip_log = TRUE;
    f->base = pk_scale_get_base(scale);
    f->count = count;
  }
  return pk_num_format_init_float(&f->number, specifier, error);
}

/* Scales whose labels take their decimals from the span and count of ticks. */
static gboolean
has_span(PkScaleType type)
{
  return pk_scale_type_is_continuous(type) || type == PK_SCALE_QUANTIZE || type == PK_SCALE_BIN_ORDINAL;
}

PkTickFormat *
pk_tick_format_new(const PkScale *scale, double count, const char *specifier,
                   PkTickFormatType type, gboolean no_skip, GError **error)
{
  g_autoptr(PkTickFormat) f = g_new0(PkTickFormat, 1);
  PkScaleType scale_type = pk_scale_get_type(scale);
  gsize n;
  const double *domain = pk_scale_get_domain(scale, &n);
  gboolean ok = TRUE;

  if (type == PK_TICK_FORMAT_TIME || (is_time(scale_type) && type == PK_TICK_FORMAT_AUTO)) {
    f->kind = specifier ? FORMAT_TIME : FORMAT_MULTI;
    f->time = g_strdup(specifier);
  } else if (scale_type == PK_SCALE_LOG) {
    ok = init_log(f, scale, count, specifier, no_skip, error);
  } else if (has_span(scale_type) && n >= 2) {
    f->kind = FORMAT_NUMBER;
    ok = pk_num_format_init_span(&f->number, domain[0], domain[n - 1], count, specifier, error);
  } else if (specifier) {
    f->kind = FORMAT_NUMBER;
    ok = pk_num_format_init(&f->number, specifier, error);
  }
  return ok ? g_steal_pointer(&f) : NULL;
}

PkTickFormat *
pk_tick_format_new_multi(const PkTimeMultiFormat *formats)
{
  PkTickFormat *f = g_new0(PkTickFormat, 1);
  const char *const *from = (const char *const *)formats;
  const char **to = (const char **)&f->multi;

  G_STATIC_ASSERT(sizeof(PkTimeMultiFormat) == sizeof f->strings);
  f->kind = FORMAT_MULTI;
  for (gsize i = 0; formats && i < G_N_ELEMENTS(f->strings); i++)
    to[i] = f->strings[i] = g_strdup(from[i]);
  return f;
}

PkTickFormat *
pk_tick_format_new_thresholds(const PkScale *scale, const char *specifier, GError **error)
{
  g_autoptr(PkTickFormat) f = g_new0(PkTickFormat, 1);
  g_autofree double *values = NULL;
  const int resolution = 3 * 10; /* 3 ticks, and a digit more */
  gsize n = 0;
  double least;

  if (pk_scale_get_type(scale) == PK_SCALE_QUANTILE) {
    values = pk_scale_thresholds(scale, &n);
  } else {
    const double *domain = pk_scale_get_domain(scale, &n);

    values = g_memdup2(domain, n * sizeof *domain);
  }
  least = n > 1 ? values[1] - values[0] : n == 1 ? values[0] : 1;
  for (gsize i = 1; i < n; i++)
    least = MIN(least, values[i] - values[i - 1]);
  f->kind = FORMAT_NUMBER;
  if (!pk_num_format_init_span(&f->number, 0, least, resolution, specifier, error))
    return NULL;
  return g_steal_pointer(&f);
}

void
pk_tick_format_free(PkTickFormat *format)
{
  if (!format)
    return;
  g_free(format->time);
  for (gsize i = 0; i < G_N_ELEMENTS(format->strings); i++)
    g_free(format->strings[i]);
  g_free(format);
}

char *
pk_tick_format_apply(const PkTickFormat *format, double value)
{
  switch (format->kind) {
  case FORMAT_TIME: return pk_time_format(format->time, value);
  case FORMAT_MULTI: return pk_time_format_multi(&format->multi, value);
  case FORMAT_NUMBER:
    if (format->skip_log && !pk_log_tick_has_label(value, format->base, format->count, format->n_ticks))
      return g_strdup("");
    return pk_num_format_apply(&format->number, value);
  default: return pk_ecma_number_to_string(value);
  }
}

char *
pk_tick_format_apply_range(const PkTickFormat *format, double lo, double hi)
{
  g_autofree char *from = isfinite(lo) ? pk_tick_format_apply(format, lo) : NULL;
  g_autofree char *to = isfinite(hi) ? pk_tick_format_apply(format, hi) : NULL;

  if (from && *from && to && *to)
    return g_strdup_printf("%s " EN_DASH " %s", from, to);
  return to && *to ? g_strdup_printf("< %s", to) : g_strdup_printf(AT_LEAST " %s", from ? from : "");
}
