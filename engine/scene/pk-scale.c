#include "pk-scale-private.h"

#include "pk-ecma.h"
#include "pk-error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name;
  PkScaleType type;
} type_names[] = {
  { "identity", PK_SCALE_IDENTITY }, { "linear", PK_SCALE_LINEAR }, { "log", PK_SCALE_LOG },
  { "pow", PK_SCALE_POW }, { "sqrt", PK_SCALE_SQRT }, { "symlog", PK_SCALE_SYMLOG },
  { "time", PK_SCALE_TIME }, { "utc", PK_SCALE_UTC }, { "band", PK_SCALE_BAND },
  { "point", PK_SCALE_POINT }, { "ordinal", PK_SCALE_ORDINAL }, { "threshold", PK_SCALE_THRESHOLD },
  { "quantize", PK_SCALE_QUANTIZE }, { "quantile", PK_SCALE_QUANTILE },
  { "bin-ordinal", PK_SCALE_BIN_ORDINAL }, { "sequential", PK_SCALE_LINEAR },
};

gboolean
pk_scale_type_parse(const char *name, PkScaleType *type, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS(type_names); i++)
    if (strcmp(name, type_names[i].name) == 0) {
      *type = type_names[i].type;
      return TRUE;
    }
  return pk_fail(error, PK_ERROR_INVALID, "scale type \"%s\" is not known (examples: linear, log, time, "
                 "band, ordinal, quantize)", name);
}

const char *
pk_scale_type_name(PkScaleType type)
{
  for (gsize i = 0; i < G_N_ELEMENTS(type_names); i++)
    if (type_names[i].type == type)
      return type_names[i].name;
  return "linear";
}

gboolean
pk_scale_type_is_continuous(PkScaleType type)
{
  return type <= PK_SCALE_UTC;
}

gboolean
pk_scale_type_is_discretizing(PkScaleType type)
{
  return type >= PK_SCALE_THRESHOLD;
}

gboolean
pk_scale_type_is_discrete(PkScaleType type)
{
  return type == PK_SCALE_BAND || type == PK_SCALE_POINT || type == PK_SCALE_ORDINAL;
}

static gboolean
is_time(PkScaleType type)
{
  return type == PK_SCALE_TIME || type == PK_SCALE_UTC;
}

static double *
dup_numbers(const double *values, gsize n)
{
  return n > 0 ? g_memdup2(values, n * sizeof *values) : NULL;
}

PkScale *
pk_scale_new(PkScaleType type)
{
  static const double unit[] = { 0, 1 }, decade[] = { 1, 10 };
  PkScale *s = g_new0(PkScale, 1);

  s->type = type;
  s->base = 10;
  s->exponent = type == PK_SCALE_SQRT ? 0.5 : 1;
  s->constant = 1;
  s->padding_inner = type == PK_SCALE_POINT ? 1 : 0;
  s->align = 0.5;
  pk_scale_set_domain(s, type == PK_SCALE_LOG ? decade : unit, type == PK_SCALE_QUANTILE ? 0 : 2);
  pk_scale_set_range(s, unit, 2);
  return s;
}

PkScale *
pk_scale_copy(const PkScale *scale)
{
  PkScale *s = g_memdup2(scale, sizeof *scale);

  s->domain = dup_numbers(scale->domain, scale->n_domain);
  s->bins = dup_numbers(scale->bins, scale->n_bins);
  s->range = dup_numbers(scale->range, scale->range ? scale->n_range : 0);
  s->colors = scale->colors ? g_memdup2(scale->colors, scale->n_range * sizeof *s->colors) : NULL;
  if (s->ramp.colors)
    s->ramp.colors = s->colors;
  s->values = scale->values ? pk_datum_index_copy(scale->values) : NULL;
  return s;
}

void
pk_scale_free(PkScale *scale)
{
  if (!scale)
    return;
  g_free(scale->domain);
  g_free(scale->bins);
  g_free(scale->range);
  g_free(scale->colors);
  pk_datum_index_free(scale->values);
  g_free(scale);
}

PkScaleType
pk_scale_get_type(const PkScale *scale)
{
  return scale->type;
}

void
pk_scale_set_base(PkScale *scale, double base)
{
  scale->base = base;
}

void
pk_scale_set_exponent(PkScale *scale, double exponent)
{
  scale->exponent = exponent;
}

void
pk_scale_set_constant(PkScale *scale, double constant)
{
  scale->constant = constant;
}

void
pk_scale_set_clamp(PkScale *scale, gboolean clamp)
{
  scale->clamp = clamp;
}

void
pk_scale_set_round(PkScale *scale, gboolean round)
{
  scale->round = round;
}

void
pk_scale_set_padding(PkScale *scale, double inner, double outer)
{
  if (scale->type != PK_SCALE_POINT)
    scale->padding_inner = CLAMP(inner, 0, 1);
  scale->padding_outer = CLAMP(outer, 0, 1);
}

void
pk_scale_set_align(PkScale *scale, double align)
{
  scale->align = CLAMP(align, 0, 1);
}

double
pk_scale_get_base(const PkScale *scale)
{
  return scale->base;
}

gboolean
pk_scale_get_clamp(const PkScale *scale)
{
  return scale->clamp;
}

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return x < y ? -1 : x > y;
}

void
pk_scale_set_domain(PkScale *scale, const double *domain, gsize n)
{
  double *copy = dup_numbers(domain, n);

  g_free(scale->domain);
  scale->domain = copy;
  scale->n_domain = n;
  for (gsize i = 0; i < n && is_time(scale->type); i++)
    copy[i] = pk_ecma_round(copy[i]);
  if (scale->type == PK_SCALE_QUANTILE) {
    scale->n_domain = 0;
    for (gsize i = 0; i < n; i++)
      if (!isnan(copy[i]))
        copy[scale->n_domain++] = copy[i];
    if (scale->n_domain > 0)
      qsort(copy, scale->n_domain, sizeof *copy, compare_doubles);
  }
}

const double *
pk_scale_get_domain(const PkScale *scale, gsize *n)
{
  *n = scale->n_domain;
  return scale->domain;
}

void
pk_scale_get_extent(const PkScale *scale, double *lo, double *hi)
{
  double a = scale->n_domain > 0 ? scale->domain[0] : NAN;
  double b = scale->n_domain > 0 ? scale->domain[scale->n_domain - 1] : NAN;

  *lo = MIN(a, b);
  *hi = MAX(a, b);
}

void
pk_scale_set_values(PkScale *scale, const PkDatumIndex *values)
{
  PkDatumIndex *copy = pk_datum_index_copy(values);

  pk_datum_index_free(scale->values);
  scale->values = copy;
  scale->count = pk_datum_index_size(copy);
}

const PkDatumIndex *
pk_scale_get_values(const PkScale *scale)
{
  return scale->values;
}

void
pk_scale_set_count(PkScale *scale, gsize n)
{
  scale->count = n;
}

gsize
pk_scale_get_count(const PkScale *scale)
{
  return scale->count;
}

void
pk_scale_set_bins(PkScale *scale, const double *bins, gsize n)
{
  double *copy = dup_numbers(bins, n);

  g_free(scale->bins);
  scale->bins = copy;
  scale->n_bins = n;
}

const double *
pk_scale_get_bins(const PkScale *scale, gsize *n)
{
  *n = scale->n_bins;
  return scale->bins;
}

static void
clear_range(PkScale *scale)
{
  g_clear_pointer(&scale->range, g_free);
  g_clear_pointer(&scale->colors, g_free);
  scale->ramp = (PkColorRamp){ 0 };
  scale->slots_reversed = FALSE;
}

void
pk_scale_set_range(PkScale *scale, const double *range, gsize n)
{
  double *copy = dup_numbers(range, n);

  clear_range(scale);
  scale->range_kind = RANGE_NUMBERS;
  scale->range = copy;
  scale->n_range = n;
}

static void
set_colors(PkScale *scale, PkColor *colors, gsize n)
{
  clear_range(scale);
  scale->range_kind = RANGE_COLORS;
  scale->colors = colors;
  scale->n_range = n;
}

void
pk_scale_set_range_colors(PkScale *scale, const PkColor *colors, gsize n, PkColorSpace space, double gamma)
{
  g_return_if_fail(n > 0);
  set_colors(scale, g_memdup2(colors, n * sizeof *colors), n);
  if (pk_scale_type_is_continuous(scale->type)) {
    scale->ramp = pk_color_ramp_for_colors(scale->colors, n, space, gamma);
    scale->range_kind = RANGE_RAMP;
  }
}

/* How many colours of a ramp the scale needs. */
static gsize
sample_count(const PkScale *scale)
{
  const gsize default_count = 5;

  switch (scale->type) {
  case PK_SCALE_THRESHOLD: return scale->n_domain + 1;
  case PK_SCALE_BIN_ORDINAL: return MAX(scale->n_domain, 2) - 1;
  case PK_SCALE_QUANTIZE:
  case PK_SCALE_QUANTILE: return default_count;
  default: return scale->count > 0 ? scale->count : default_count;
  }
}

void
pk_scale_set_range_ramp(PkScale *scale, const PkColorRamp *ramp)
{
  gboolean categorical = ramp->scheme && ramp->scheme->kind == PK_SCHEME_CATEGORICAL;

  if (!pk_scale_type_is_continuous(scale->type)) {
    /* A categorical scheme is taken whole, so that reversing starts from its last colour. */
    gsize n = scale->type == PK_SCALE_ORDINAL && categorical ? ramp->scheme->n : sample_count(scale);

    set_colors(scale, pk_color_ramp_sample(ramp, n), n);
    return;
  }
  set_colors(scale, ramp->colors ? g_memdup2(ramp->colors, ramp->n_colors * sizeof *ramp->colors) : NULL,
             ramp->n_colors);
  scale->range_kind = RANGE_RAMP;
  scale->ramp = *ramp;
  if (ramp->colors)
    scale->ramp.colors = scale->colors;
}

void
pk_scale_set_range_slots(PkScale *scale, gsize n)
{
  clear_range(scale);
  scale->range_kind = RANGE_SLOTS;
  scale->n_range = n;
}

const double *
pk_scale_get_range(const PkScale *scale, gsize *n)
{
  *n = scale->range_kind == RANGE_NUMBERS ? scale->n_range : 0;
  return scale->range;
}

void
pk_scale_reverse(PkScale *scale)
{
  double start = scale->ramp.extent[0];

  scale->slots_reversed = !scale->slots_reversed;
  if (scale->range_kind == RANGE_RAMP) {
    scale->ramp.extent[0] = scale->ramp.extent[1];
    scale->ramp.extent[1] = start;
    return;
  }
  for (gsize i = 0; i < scale->n_range / 2; i++) {
    gsize j = scale->n_range - 1 - i;

    if (scale->range_kind == RANGE_NUMBERS) {
      double t = scale->range[i];

      scale->range[i] = scale->range[j];
      scale->range[j] = t;
    } else if (scale->range_kind == RANGE_COLORS) {
      PkColor t = scale->colors[i];

      scale->colors[i] = scale->colors[j];
      scale->colors[j] = t;
    }
  }
}
