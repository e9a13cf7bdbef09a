/* Pieces of SQL that the application writes. Strings are the caller's to free. */
#pragma once

#include <pika/pika.h>

G_BEGIN_DECLS

char *pa_sql_dup_ident(const char *name);
char *pa_sql_dup_literal(const char *text);

/* Without white space and semicolons at its end, so that it can stand in parentheses. */
char *pa_sql_dup_bare(const char *sql);

/* What a person types to filter a column, as a predicate: text that the value holds, whatever the case; =value; >5, >=, <,
 * <=, !=value; 1..9 (both included); null; !null. NULL for blank text, and with *error (PIKA_ERROR_USAGE, one line) for text
 * that is no filter of such a column. */
char *pa_sql_dup_filter(const char *text, const PikaColumn *column, GError **error);

/* The statement with filters and an order around it. predicates: of char *; order_by: NULL for none. */
char *pa_sql_dup_arranged(const char *sql, const GPtrArray *predicates, const char *order_by, gboolean descending);

G_END_DECLS
