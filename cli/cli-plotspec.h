/* Plot flags → the Vega-Lite that they mean. */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* What is known of a column when its type is to be guessed. */
typedef enum { CLI_COLUMN_UNKNOWN, CLI_COLUMN_NUMBER, CLI_COLUMN_TIME, CLI_COLUMN_OTHER } CliColumnKind;
typedef CliColumnKind (*CliColumnKindFunc)(const char *column, gpointer data);

/* The specification as JSON text, its data being the table `table` (a named data source). A shorthand is
 *   COLUMN | AGGREGATE(COLUMN) | count() | bin(COLUMN[, MAXBINS]) | TIMEUNIT(COLUMN), with :Q :T :O :N after it.
 * PIKA_ERROR_USAGE for a malformed one; PIKA_ERROR_NOT_FOUND for a column that the table has not. Caller frees. */
char *cli_plot_spec(const CliArgs *args, const char *table, CliColumnKindFunc kind_of, gpointer data, GError **error);

G_END_DECLS
