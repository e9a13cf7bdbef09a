/* A unit, lowered: what its mark draws, and where each channel finds its value.
 *
 * pk_lower turns a checked specification into units; each has had its data
 * read, transformed, aggregated and stacked, and holds the rows as a table. Scene
 * building (scales, axes, marks) starts here and does no data work but reading this table. */
#pragma once

#include "pk-plan.h"
#include "pk-raster.h"
#include "pk-spec.h"
#include "pk-stack.h"
#include "pk-table.h"

G_BEGIN_DECLS

/* A channel's resolved definition. All column names are of the unit's table. */
typedef struct PkChannelData PkChannelData;
struct PkChannelData {
  const PkChannelDef *def;  /* borrowed from the spec */
  PkChannelData *conditions;/* def->n_conditions of them, or NULL: where a condition's field finds its value */
  PkMeasure type;           /* inferred if it was not given */
  char *column;             /* its value; bins and time units: the start. NULL for value, datum */
  char *column_end;         /* bins and time units, stacks: the end; NULL */
  char *column_value;       /* stacks: the value itself, NULL otherwise */
  char *column_range;       /* binned ordinal: the label column ("10 – 20"), NULL */
  char *column_lo, *column_hi; /* of an unaggregated domain: the extremes of the field in each group; NULL: none */
  gboolean has_bin;
  double bin_start, bin_stop, bin_step;
  char *title;              /* default title: "Mean of a", "a (binned)"; config.fieldTitle obeyed; NULL: none */
  gboolean is_aggregated;
  gboolean from_csv_text;   /* the column holds unparsed text of a CSV file */
  /* For sort by an array, a field or another channel's aggregate: the discrete domain in its final order (that of
   * all rows that the unit read), else NULL (the scene sorts by itself). Values live in the unit table's arena. */
  GArray *sorted_domain;    /* of PkValue */
  /* Values of a discrete domain that the table need not have rows of (hidden, or outside of what M4 was asked for last);
   * NULL: none. Owned; texts live in known_arena. */
  GArray *known_values;     /* of PkValue */
  PkArena *known_arena;
};

typedef enum {
  PK_DRAW_MARKS,   /* table holds a row a mark (or a point of a line) */
  PK_DRAW_DENSITY, /* a raster of counts: pk_unit_fetch_density, when the scales are known */
  PK_DRAW_M4,      /* at most four points a pixel column: pk_unit_fetch_m4, when the scales are known */
} PkDrawKind;

typedef struct PkUnit PkUnit;
struct PkUnit {
  const PkView *view;          /* borrowed */
  PkDrawKind draw;
  PkTable *table;              /* owned */
  guint n[PK_N_CHANNELS];
  PkChannelData *channels[PK_N_CHANNELS]; /* n[c] of them */
  PkStackKind stack;
  PkChannel stack_channel;     /* X or Y: the channel whose column/column_end are the stack's ends */
  PkTable *domain_table;       /* owned; the rows that scale domains see, where they are others than `table`; else NULL */
  gint orient;                 /* 0: not decided by data, 'v' or 'h': bar, line, area, tick, rule */
  gboolean has_aggregate;      /* any channel aggregates */
  /* Domains over all rows when they cannot be had from the table (density, M4): per channel has_extent[c] and extent[c];
   * dates as ms. The table is then empty (density) or filled by pk_unit_fetch_m4. */
  gboolean has_extent[PK_N_CHANNELS];
  double extent[PK_N_CHANNELS][2];
  /* DENSITY with a discrete colour: its distinct values, in order of first appearance, one layer of the grid each;
   * NULL: one layer. Values live in the table's arena. */
  GArray *density_values;      /* of PkValue */
  /* DENSITY with a continuous colour: each pixel shows the mean of the field. */
  gboolean has_mean;
  PkChannel mean_channel;      /* COLOR, FILL or STROKE */
  JsonArray *hidden[PK_N_CHANNELS]; /* values of the channel's field that are not drawn; owned; NULL: none */
  gint64 n_source_rows;        /* rows that the marks stand for */
  /* A line of so many rows that it is drawn in columns of device pixels, from the rows or, the same to the pixel, from
   * M4's points. x_per_ms: units of its x column in a ms (numbers: 1). x_is_whole: they are whole numbers. */
  gboolean is_long_line, x_is_whole;
  double x_per_ms;
  struct PkUnitRows *rows;     /* how to find the rows that a mark stands for; owned, see pk-unit-rows.h */
  struct PkUnitQuery *query;   /* how to ask for density or M4 once the scales are known; owned, opaque */
};

/* The cells of a density grid along one axis, in data space (dates as ms), ascending: uniform (edges NULL) from start
 * by step, or n + 1 edges (log, sqrt and other scales: the pixel boundaries inverted). */
typedef struct {
  guint n;
  double start, step;
  const double *edges;
} PkGridAxis;

/* DENSITY: counts of all rows in y.n rows by x.n columns, row-major, row 0 the lowest y values; with density_values one
 * such layer after the other. Rows outside are not counted. Blocks. The unit owns the counts, until it is asked again.
 * NULL with *error. */
const gint64 *pk_unit_fetch_density(PkUnit *self, const PkGridAxis *x, const PkGridAxis *y, GError **error);

/* DENSITY without a mean: the same as a picture of x.n by y.n pixels. The style lacks only find_layers; its layers are the
 * colours of density_values. Where the picture was made on a device its counts stayed there. */
gboolean pk_unit_fetch_raster(PkUnit *self, const PkGridAxis *x, const PkGridAxis *y, const PkRasterStyle *style,
                              PkRaster *raster, GError **error);

/* DENSITY with a mean, after a fetch: that of a cell, a number or date; null where no row has a finite value. */
PkValue pk_unit_get_density_mean(const PkUnit *self, gsize cell);

/* DENSITY: the cells that hold rows, by series, y, x, with the columns x, x_end, y, y_end (the cell's bounds), named
 * after the fields, the series' field if there is one, __count, and mean_FIELD if there is a mean. New table; empty before a fetch.
 * Blocks, to count once more, if the last fetch left the counts on a device. */
PkTable *pk_unit_density_table(PkUnit *self, GError **error);

/* The column of [x0, x1] cut in n, as a plan's M4 has it, that a value of the x column (dates as ms) is in; -1 before
 * x0, n after x1. Same double arithmetic as fetch_m4, so that rows and M4's points agree. */
gint64 pk_unit_m4_column(const PkUnit *self, double x, double x0, double x1, guint n);

/* Where rows without y break the line, M4's table tells the runs between them in this column. */
#define PK_UNIT_RUN "__run"

/* M4: fills the table with at most four points a pixel column and series for n columns over the domain [x0, x1] of
 * the scale of the unit's dimension (dates as ms), plus the nearest point on either side of it, in drawing order. The
 * line through them has the same pixels as that through all rows. Blocks. */
gboolean pk_unit_fetch_m4(PkUnit *self, double x0, double x1, guint n, GError **error);

/* The layer tree with units at its leaves, mirroring PkView. */
typedef struct PkUnitTree PkUnitTree;
struct PkUnitTree {
  const PkView *view;
  PkUnit *unit;      /* a leaf's */
  guint n_children;
  PkUnitTree **children;
};

void pk_unit_free(PkUnit *self);
void pk_unit_tree_free(PkUnitTree *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkUnitTree, pk_unit_tree_free)

G_END_DECLS
