/* A relation under construction: SELECTs that wrap one another, and the fields that
 * come out of the last one.
 *
 * Fields are named as in a specification, where "a" and "A" are two fields; in
 * SQL they are one name, so each field knows the column that stands for it. */
#pragma once

#include "pk-expr.h"
#include "pk-plan.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The column that numbers the rows of a relation in their order, where one was added. */
#define PK_REL_ROW "__row"

typedef struct {
  char *name;        /* the field, flat: "a.b" is one name */
  char *column;      /* its name in SQL */
  PkType type;
  char *sql_type;    /* the engine's name of the type, or NULL */
  gboolean csv_text; /* text of a delimited file that was not parsed */
  gboolean nan_free; /* cannot hold NaN */
} PkRelField;

typedef struct {
  char *from;        /* what stands after FROM */
  GPtrArray *fields; /* of PkRelField * */
  gboolean is_table; /* `from` is a plain table */
  /* Conditions that `from` does not have yet: as a plan's predicates their numbers can change with each frame of a
   * brush, and the columns stay fetched. NULL: none. Owned. */
  PkPlan *filtered;  /* of filters: everything sees the rest alone */
  PkPlan *brushed;   /* of other views' brushes: domains and bins are those of all rows */
} PkRel;

PkRel *pk_rel_new(const char *from, gboolean is_table);
PkRel *pk_rel_copy(const PkRel *self);
void pk_rel_free(PkRel *self);

/* Borrowed; NULL if there is none. */
PkRelField *pk_rel_find(const PkRel *self, const char *name);
/* Adds a field that `from` has already under that column name. */
PkRelField *pk_rel_declare(PkRel *self, const char *name, const char *column, PkType type);

/* "column" quoted; caller owns. */
char *pk_rel_quote(const PkRelField *field);

/* Wraps: one more field (or another value for one there is), from an expression over the columns. */
PkRelField *pk_rel_set(PkRel *self, const char *name, const char *sql, PkType type);
/* Wraps: only the rows for which the condition is true. */
void pk_rel_where(PkRel *self, const char *condition);
/* Only the rows that the predicate keeps, once `from` is asked; takes what it holds. Its column is filled in here. */
void pk_rel_pend(PkRel *self, const PkRelField *field, PkPredicate predicate, gboolean is_brush);
/* Gives a plan over `from` what is pending; of brushes too if `brushes`. */
void pk_rel_add_pending(const PkRel *self, PkPlan *plan, gboolean brushes);
/* Wraps what is pending, for those who write SQL over `from`. */
void pk_rel_flush(PkRel *self);
/* Wraps: the rows numbered from 1 in their order, as the field PK_REL_ROW, unless they are. */
void pk_rel_number_rows(PkRel *self);
/* A column name for a new field that no other field's column equals whatever the case; caller owns. */
char *pk_rel_new_column(const PkRel *self, const char *name);

/* The name of a field path, flat: "a.b" and "a['b']" are "a.b", "a\\.b" too, "a[0]" is "a.0". Caller owns. */
char *pk_field_flat(const char *path);
/* The path of a field of that very name: dots, brackets and backslashes escaped. Caller owns. */
char *pk_field_escape(const char *name);
/* Its steps: "a.b" is {"a", "b"}, "a\\.b" is {"a.b"}. g_strfreev. */
char **pk_field_split(const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkRel, pk_rel_free)

G_END_DECLS
