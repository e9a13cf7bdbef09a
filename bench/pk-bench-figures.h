/* Figures with goals, as a table and as JSON. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  const char *name, *title, *unit; /* static */
  double p50, p99, worst;          /* of the samples; one value: all the same */
  guint n;
  double goal;                     /* p99 must not be above; 0: none */
} PkBenchFigure;

/* Sorts the samples (of double). */
PkBenchFigure pk_bench_figure(const char *name, const char *title, const char *unit, GArray *samples, double goal);

/* figures: of PkBenchFigure. json: NULL, a path, or "-" (then the table goes to stderr). */
gboolean pk_bench_report(const GArray *figures, guint workers, const char *json, GError **error);

G_END_DECLS
