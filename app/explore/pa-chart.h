/* Charts: which fit one or two columns, and the parts of a Vega-Lite specification that the shelves edit.
 *
 * A specification is a JSON object of a single view. Pure functions; no display. */
#pragma once

#include <json-glib/json-glib.h>
#include <pika/pika.h>

G_BEGIN_DECLS

/* A chart that fits. */
typedef struct {
  char *title; /* "Mean of delay by carrier" */
  char *spec;  /* Vega-Lite text, without data: of the table that it is drawn from */
} PaChart;

void pa_chart_free(PaChart *self);

/* The charts for columns (of PikaColumn; the first two or three count), the one that fits best first. distinct: of each
 * column, -1 where not known; columns of many values get charts that stay readable. rows: -1 where not known; of many, no
 * chart draws a mark for each. New array of PaChart. */
GPtrArray *pa_chart_suggest(const GPtrArray *columns, const gint64 *distinct, gint64 rows);

/* A shelf: what stands on a channel ("x", "y", "color", "size"). Strings NULL: none. */
typedef struct {
  char *field;
  char *type;      /* "quantitative", … */
  char *aggregate; /* "mean", …, "count" */
  char *time_unit;
  char *scale;     /* "log", "sqrt", …; NULL: as the type has it */
  gboolean bin;
} PaShelf;

void pa_shelf_clear(PaShelf *self);
/* Reads a channel; empty if it is not there. */
void pa_shelf_read(JsonObject *spec, const char *channel, PaShelf *out);
/* Changes a channel and leaves all else in it as it is; without field and aggregate it is removed. */
void pa_shelf_write(JsonObject *spec, const char *channel, const PaShelf *shelf);

/* "point", "bar", …; NULL if it has none. Borrowed from the specification. */
const char *pa_chart_get_mark(JsonObject *spec);
void pa_chart_set_mark(JsonObject *spec, const char *mark);

/* Can the shelves show it? A layered, repeated or concatenated one they cannot. */
gboolean pa_chart_is_single(JsonObject *spec);

/* Parses text to an object; NULL with *error, one line. */
JsonObject *pa_chart_parse(const char *text, GError **error);
/* Indented. Caller frees. */
char *pa_chart_to_text(JsonObject *spec);

/* "quantitative", "temporal", "nominal". Static. */
const char *pa_chart_type_of(PikaKind kind);
/* A column's name as a field: dots and brackets are escaped. Caller frees. */
char *pa_chart_dup_field(const char *column);
char *pa_chart_dup_column(const char *field);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PaShelf, pa_shelf_clear)

G_END_DECLS
