/* Named colour schemes.
 *
 * The tables of vega-scale's palettes (ColorBrewer by C. Brewer, Tableau,
 * matplotlib's viridis family, turbo by A. Mikhailov and others). Categorical schemes are
 * lists of colours; the others are continuous, piecewise linear in RGB between
 * the colours listed. Static data, thread-safe. */
#pragma once

#include "pk-color.h"

G_BEGIN_DECLS

typedef enum {
  PK_SCHEME_CATEGORICAL,
  PK_SCHEME_SEQUENTIAL,
  PK_SCHEME_DIVERGING,
  PK_SCHEME_CYCLICAL,
} PkSchemeKind;

typedef struct {
  const char *name;       /* lower case */
  PkSchemeKind kind;
  guint n;
  const guint32 *colors;  /* 0xrrggbb */
} PkScheme;

/* By name in any case; NULL if there is none. */
const PkScheme *pk_scheme_find(const char *name);
/* All of them, sorted by name. */
const PkScheme *pk_scheme_list(gsize *n);

/* "name" or "name-N" (*count is N, or 0). FALSE with PK_ERROR_INVALID that names the scheme. */
gboolean pk_scheme_parse(const char *text, const PkScheme **scheme, guint *count, GError **error);

/* A ramp is what maps 0..1 to colours. A plain value; the colours are borrowed. */
typedef struct {
  const PkColor *colors;    /* or, if NULL, those of scheme */
  gsize n_colors;
  const PkScheme *scheme;
  PkColorSpace space;
  double gamma;
  double extent[2];         /* the part used, {0, 1} for all, {1, 0} reversed */
} PkColorRamp;

PkColorRamp pk_color_ramp_for_scheme(const PkScheme *scheme);
/* space HCL is Vega's default for a range of colours of a continuous scale; gamma 1. */
PkColorRamp pk_color_ramp_for_colors(const PkColor *colors, gsize n, PkColorSpace space, double gamma);
PkColor pk_color_ramp_at(const PkColorRamp *ramp, double t);

/* count colours of a ramp at (i + 1) / (count + 1), as Vega does for ordinal and discretizing
 * scales; of a categorical scheme its first colours, repeated. g_free. */
PkColor *pk_color_ramp_sample(const PkColorRamp *ramp, gsize count);

G_END_DECLS
