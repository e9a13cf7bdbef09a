/* Names and texts as SQL writes them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Appends "name" in double quotes, doubling those inside it. */
void pk_sql_append_ident(GString *sql, const char *name);

/* Appends 'text' in single quotes, doubling those inside it. */
void pk_sql_append_literal(GString *sql, const char *text);

/* The same as new strings. */
char *pk_sql_dup_ident(const char *name);
char *pk_sql_dup_literal(const char *text);

G_END_DECLS
