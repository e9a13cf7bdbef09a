#include "pk-scheme.h"

#include "pk-error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int
compare_name(gconstpointer key, gconstpointer scheme)
{
  return strcmp(key, ((const PkScheme *)scheme)->name);
}

const PkScheme *
pk_scheme_find(const char *name)
{
  g_autofree char *lower = g_ascii_strdown(name, -1);
  gsize n;
  const PkScheme *schemes = pk_scheme_list(&n);

  return bsearch(lower, schemes, n, sizeof *schemes, compare_name);
}

gboolean
pk_scheme_parse(const char *text, const PkScheme **scheme, guint *count, GError **error)
{
  const char *dash = strrchr(text, '-');
  g_autofree char *base = NULL;
  guint64 n = 0;

  if (dash && g_ascii_string_to_unsigned(dash + 1, 10, 1, 1000, &n, NULL))
    base = g_strndup(text, dash - text);
  *scheme = pk_scheme_find(base ? base : text);
  *count = (guint)n;
  if (!*scheme)
    return pk_fail(error, PK_ERROR_INVALID, "colour scheme \"%s\" is not known (examples: tableau10, "
                   "blues, viridis, redblue)", text);
  return TRUE;
}

PkColorRamp
pk_color_ramp_for_scheme(const PkScheme *scheme)
{
  return (PkColorRamp){ .scheme = scheme, .n_colors = scheme->n, .space = PK_COLOR_SPACE_RGB, .gamma = 1,
                        .extent = { 0, 1 } };
}

PkColorRamp
pk_color_ramp_for_colors(const PkColor *colors, gsize n, PkColorSpace space, double gamma)
{
  return (PkColorRamp){ .colors = colors, .n_colors = n, .space = space, .gamma = gamma,
                        .extent = { 0, 1 } };
}

PkColor
pk_color_ramp_at(const PkColorRamp *ramp, double t)
{
  t = ramp->extent[0] + t * (ramp->extent[1] - ramp->extent[0]);
  if (ramp->colors || ramp->n_colors < 2 || isnan(t)) {
    PkColor only = ramp->colors ? ramp->colors[0] : pk_color_from_rgb(ramp->scheme->colors[0]);

    return ramp->n_colors < 2 || isnan(t) ? only
         : pk_color_piecewise(ramp->space, ramp->gamma, ramp->colors, ramp->n_colors, t);
  } else {
    gsize i;
    PkColor pair[2];

    t *= (double)(ramp->n_colors - 1);
    i = (gsize)CLAMP(t, 0, (double)ramp->n_colors - 2);
    pair[0] = pk_color_from_rgb(ramp->scheme->colors[i]);
    pair[1] = pk_color_from_rgb(ramp->scheme->colors[i + 1]);
    return pk_color_interpolate(ramp->space, ramp->gamma, &pair[0], &pair[1], t - (double)i);
  }
}

PkColor *
pk_color_ramp_sample(const PkColorRamp *ramp, gsize count)
{
  PkColor *out = g_new(PkColor, count + 1);

  for (gsize i = 0; i < count; i++) {
    if (ramp->scheme && ramp->scheme->kind == PK_SCHEME_CATEGORICAL)
      out[i] = pk_color_from_rgb(ramp->scheme->colors[i % ramp->scheme->n]);
    else
      out[i] = pk_color_ramp_at(ramp, (double)(i + 1) / (double)(count + 1));
  }
  return out;
}
