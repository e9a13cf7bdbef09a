/* Lowering: a checked specification → units that hold their rows.
 *
 * For each unit of the tree: its data become a relation, its transforms a chain
 * of SELECTs over it, its encoding an aggregation (a PkPlan where it fits, else SQL), and
 * what remains is done on the few rows that result: stacking, imputing, dropping invalid rows,
 * the order of discrete domains. The rules are those of vega-lite 6.5
 * (src/compile/data, src/stack.ts, src/channeldef.ts, src/invalid.ts).
 *
 * Nothing here reads a file or runs a query by itself: it asks its host. Blocks; call off the main context. */
#pragma once

#include "pk-unit.h"

G_BEGIN_DECLS

/* What lowering asks for. Every function may block; `user` is passed through. Failure: NULL and *error. */
typedef struct {
  /* A table of rows for data of a url, other than JSON, or of a name that the specification does not define, or
   * (kind NONE) for a specification without data: PK_ERROR_NOT_FOUND then means that there is no such default.
   * CSV and its kin come with every column TEXT. Returns what stands after FROM; caller owns. */
  char *(*open)(const PkData *data, gpointer user, GError **error);
  /* The bytes of a url (JSON). Caller owns. */
  GBytes *(*read)(const PkData *data, gpointer user, GError **error);
  /* Keeps rows as a table of the host's naming; takes over *stream. Returns what stands after FROM. */
  char *(*add_stream)(PkArrowStream *stream, gpointer user, GError **error);
  /* The columns of a SELECT: a new array of PkColumnInfo. */
  GPtrArray *(*describe)(const char *sql, gpointer user, GError **error);
  /* Says that several plans will ask for these columns of a relation (the plan's; it asks nothing else), so that
   * they are fetched once. May be NULL. */
  gboolean (*prefetch)(const PkPlan *columns, gpointer user, GError **error);
  /* The rows of a relation (what stands after FROM); -1 on failure. The same relation is asked about again and again. */
  gint64 (*count)(const char *relation, gpointer user, GError **error);
  /* Tells the rows of a relation, so that it need not be counted. May be NULL. */
  void (*counted)(const char *relation, gint64 rows, gpointer user);
  /* Answers a plan, on whatever backend is best; sql answers a SELECT over a relation in the source. `title` says to a
   * person what the answer is for ("extent of delay"). New reference. */
  PkFrame *(*run_plan)(PkPlan *plan, const char *title, gpointer user, GError **error);
  /* The plan's cells as a picture; *counts (may be NULL) as pk_prepared_raster gives them. May be NULL: then run_plan is
   * asked, and the picture made from its answer. */
  gboolean (*run_raster)(PkPlan *plan, const char *title, const PkRasterStyle *style, PkRaster *raster, PkFrame **counts,
                         gpointer user, GError **error);
  PkFrame *(*run_sql)(const char *sql, const char *relation, const char *title, gpointer user, GError **error);
  gpointer user;
} PkLowerHost;

#define PK_LOWER_MARK_LIMIT 50000
#define PK_LOWER_ROW_LIMIT 5000000

typedef struct {
  /* A point, circle or square mark over two continuous axes with more rows is drawn as a density raster, and a line
   * over a continuous axis with more as M4. 0: PK_LOWER_MARK_LIMIT. -1: never. Of a continuous colour the raster shows
   * the mean in each pixel, on the scale of the field's values; other channels than colours that differ from row to row
   * keep marks, up to 1,000,000 (PK_ERROR_LIMIT). */
  gint64 mark_limit;
  /* More marks than this are an error (PK_ERROR_LIMIT). 0: PK_LOWER_ROW_LIMIT. */
  gint64 row_limit;
  /* Values for parameters and for width and height in expressions; the specification's own come first. */
  double width, height; /* NAN: not known */
  /* Conditions on the rows of all data that have the field: those of PkFieldFilter. Domains and bins stay those of all
   * rows. Borrowed. */
  guint n_filters;
  const struct PkFieldFilter *filters;
  /* Values of a field whose marks are left out; stacks close up, domains and legends keep them. Borrowed. */
  guint n_hidden;
  const struct PkHiddenValues *hidden;
  GHashTable *bases; /* relations of data, kept from one lowering of a specification to the next; NULL: none */
} PkLowerOptions;

/* Keeps the rows whose value is in a range (ends included, dates as ms) or among values. NULL is in neither. */
typedef struct PkFieldFilter {
  const char *field; /* flat: "a.b" is one name */
  gboolean is_range;
  double lo, hi;
  JsonArray *values; /* numbers, texts, booleans */
} PkFieldFilter;

typedef struct PkHiddenValues {
  const char *field; /* as the specification writes it */
  JsonArray *values; /* null too; dates as ms */
} PkHiddenValues;

/* For `bases`: an empty table of its kind. */
GHashTable *pk_lower_bases_new(void);

typedef struct PkLowered PkLowered;
struct PkLowered {
  PkUnitTree *tree;   /* owned; refers to the specification, which must outlive it */
  PkArena *arena;     /* owned; of the parameters' values */
  GHashTable *params; /* owned; name → PkValue *: the variable parameters of the specification */
  char *note;         /* owned; how the picture is not one mark a row ("density raster of 3,000,000 rows"); NULL */
  GPtrArray *warnings; /* owned; of char *: what is drawn as it was asked, but is likely to be a mistake; one line each */
};

/* options may be NULL. The host must outlive the result if a unit's draw kind is not PK_DRAW_MARKS.
 * A field that the data do not have is null, as in the reference, and a warning. */
PkLowered *pk_lower(const PkSpec *spec, const PkLowerHost *host, const PkLowerOptions *options, GError **error);
void pk_lowered_free(PkLowered *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkLowered, pk_lowered_free)

G_END_DECLS
