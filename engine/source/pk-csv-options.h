/* What a person may say about a delimited text file.
 *
 * Everything unset is found out by reading the whole file. The same options
 * come from command-line flags and from a saved workspace, so they are set by
 * name and text: pk_csv_options_set. */
#pragma once

#include "pk-arrow-type.h"

G_BEGIN_DECLS

/* A column type that the person declared. */
typedef struct {
  char *column;
  PkType type;
} PkCsvColumnType;

typedef struct {
  GPtrArray *types;   /* of PkCsvColumnType; never NULL */
  GPtrArray *nullstr; /* of char *: texts that mean NULL; empty: only the empty field does */
  int delim;          /* a byte, or -1: found out */
  int quote;          /* a byte, 0: no quoting, or -1: '"' */
  int escape;         /* a byte inside quotes, or -1: the quote itself, doubled */
  int comment;        /* lines that start with this byte are no records, or -1: none */
  gint64 header;      /* the line, counted from 1, that names the columns; 0: none; -1: found out */
  char *tz;           /* zone of timestamps that state none, which become instants; NULL: they
                       * stay wall-clock times */
  gboolean all_text;  /* every column TEXT unless `types` says otherwise */
} PkCsvOptions;

PkCsvOptions *pk_csv_options_new(void);
PkCsvOptions *pk_csv_options_copy(const PkCsvOptions *options);
void pk_csv_options_free(PkCsvOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkCsvOptions, pk_csv_options_free)

/* Sets one option from text; PK_ERROR_USAGE says what would be right.
 *   types    COL=TYPE[,COL=TYPE…]; a name may be "quoted"; may be given again
 *   nullstr  a text that means NULL; may be given again
 *   delim, quote, escape, comment   one ASCII character; also tab, \t, comma,
 *            semicolon, pipe, space, none (quote, escape and comment)
 *   header   a line number, 0 or none, auto
 *   tz       a zone name such as Europe/Berlin or UTC, or an offset +02:00
 *   all-text true or false */
gboolean pk_csv_options_set(PkCsvOptions *options, const char *name, const char *value, GError **error);

/* Parses an SQL type name that can be declared for a CSV column: BOOLEAN,
 * TINYINT … HUGEINT and their unsigned kin, INT, DECIMAL(p,s), NUMERIC, FLOAT,
 * REAL, DOUBLE, DATE, TIME, TIMESTAMP[_S|_MS|_NS], TIMESTAMPTZ, VARCHAR, TEXT,
 * UUID. Case does not matter. */
gboolean pk_csv_parse_type(const char *text, PkType *type, GError **error);

G_END_DECLS
