/* What the files that make legends share. Not for other folders. */
#pragma once

#include "pk-build.h"

G_BEGIN_DECLS

/* A property of a legend: the component's, else config.legend's, else Vega's default. */
JsonNode *pk_legend_prop(const PkLegendComp *comp, const char *name);
void pk_legend_comp_free(gpointer comp);
/* The legends of the view, those on one field merged, in drawing order. Borrowed. */
void pk_legend_collect(PkBuild *b, GPtrArray *out);
/* How an entry's symbol looks; what a scale shows comes after. */
typedef struct {
  PkPaint fill, stroke;
  gboolean has_fill, has_stroke;
  double fill_opacity, opacity, stroke_width, stroke_opacity;
  gboolean has_opacity, has_stroke_width;
  const double *dash;
  guint n_dash;
} PkLegendLook;
void pk_legend_look(const PkLegendComp *comp, PkLegendLook *look);
/* One more legend of the scene, in the configured style: a ramp without a scale, whose stops and entries the
 * caller fills in. Valid until the next. */
PkLegend *pk_build_ramp_legend(PkModel *m, const char *title);

G_END_DECLS
