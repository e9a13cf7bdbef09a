/* What every part of the benchmark does with its command line. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reads the options of `entries`; words that are none are an error (G_OPTION_ERROR or PK_ERROR_USAGE). */
gboolean pk_bench_parse(const GOptionEntry *entries, const char *summary, int *argc, char ***argv, GError **error);

/* The exit status of a part that ended with that error, which is told on stderr: 0 without one, 2 where the command line
 * is at fault, else 1. */
int pk_bench_status(const char *part, const GError *error);

G_END_DECLS
