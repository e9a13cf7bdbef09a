/* Stacking and imputing the rows of a table: Vega's stack and impute transforms
 * (vega-transforms/src/Stack.js, Impute.js). One thread. */
#pragma once

#include "pk-table.h"

G_BEGIN_DECLS

typedef enum { PK_STACK_NONE, PK_STACK_ZERO, PK_STACK_NORMALIZE, PK_STACK_CENTER } PkStackKind;

typedef struct {
  guint column;
  gboolean descending;
} PkStackSort;

/* Piles up the values of `field` within each group of equal values of the groupby columns, in the order of the sort keys
 * (then of the rows), into the columns named start and end (added). ZERO: from 0, negative values apart;
 * NORMALIZE: absolute values, each pile from 0 to 1; CENTER: absolute values, each pile centred on the highest. */
void pk_stack(PkTable *table, guint field, const guint *groupby, guint n_groupby, const PkStackSort *sort, guint n_sort,
              PkStackKind kind, const char *start, const char *end);

typedef enum { PK_IMPUTE_VALUE, PK_IMPUTE_MEAN, PK_IMPUTE_MEDIAN, PK_IMPUTE_MIN, PK_IMPUTE_MAX } PkImputeMethod;

typedef struct {
  guint field, key;
  const guint *groupby;
  guint n_groupby;
  const PkValue *keyvals; /* keys that each group must have beside those that any row has; texts in the table's arena */
  guint n_keyvals;
  PkImputeMethod method;
  PkValue value;          /* VALUE */
  gboolean has_lo, has_hi;/* other methods: the rows before and after, within the group, that they look at; else all */
  gint lo, hi;
} PkImpute;

/* Adds a row at the end for each key that a group lacks; its other columns are NULL. With a method other than VALUE every
 * NULL of the field is then replaced. */
void pk_impute(PkTable *table, const PkImpute *impute);

G_END_DECLS
