/* A unit, lowered: what its mark draws, and where each channel finds its value.
 *
 * pk_lower turns a checked specification into units; each has had its data
 * read, transformed, aggregated and stacked, and holds the rows as a table. Scene
 * building (scales, axes, marks) starts here and does no data work but reading this table. */
#pragma once

#include "pk-plan.h"
#include "pk-spec.h"
#include "pk-table.h"

G_BEGIN_DECLS

/* A channel's resolved definition. All column names are of the unit's table. */
typedef struct {
  const PkChannelDef *def;  /* borrowed from the spec */
  PkMeasure type;           /* inferred if it was not given */
  char *column;             /* its value; bins and time units: the start. NULL for value, datum */
  char *column_end;         /* bins and time units, stacks: the end; NULL */
  char *column_range;       /* binned ordinal: the label column ("10 – 20"), NULL */
  gboolean has_bin;
  double bin_start, bin_stop, bin_step;
  char *title;              /* default title: "Mean of a", "a (binned)"; config.fieldTitle obeyed; NULL: none */
  gboolean is_aggregated;
  gboolean from_csv_text;   /* the column holds unparsed text of a CSV file */
  /* For sort by field or by another channel's aggregate: the discrete domain in its final order,
   * else NULL (the scene sorts by itself). Values live in the unit table's arena. */
  GArray *sorted_domain;    /* of PkValue */
} PkChannelData;

typedef enum { PK_STACK_NONE, PK_STACK_ZERO, PK_STACK_NORMALIZE, PK_STACK_CENTER } PkStackKind;

typedef enum {
  PK_DRAW_MARKS,   /* table holds a row a mark (or a point of a line) */
  PK_DRAW_DENSITY, /* grid holds counts a pixel; see below */
  PK_DRAW_M4,      /* table holds at most four points a pixel column, in order */
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
  gint orient;                 /* 0: not decided by data, 'v' or 'h': bar, line, area, tick, rule */
  gboolean has_aggregate;      /* any channel aggregates */
  /* Domains over all rows, before invalid rows were dropped, when they cannot be had from the table (density, M4): per channel
   * has_extent[c] and extent[c]. */
  gboolean has_extent[PK_N_CHANNELS];
  double extent[PK_N_CHANNELS][2];
  /* DENSITY: rows counted in width*height cells, row-major from the top; made when the scales are known, by the callback in PkLowered. */
  gint64 n_source_rows;        /* rows that the marks stand for */
};

/* The layer tree with units at its leaves, mirroring PkView. */
typedef struct PkUnitTree PkUnitTree;
struct PkUnitTree {
  const PkView *view;
  PkUnit *unit;      /* a leaf's */
  guint n_children;
  PkUnitTree **children;
};

void pk_unit_tree_free(PkUnitTree *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkUnitTree, pk_unit_tree_free)

G_END_DECLS
