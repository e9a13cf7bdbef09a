/* The source that is built in: DuckDB in this process.
 *
 * Nothing is fetched from a network and no extension is installed or loaded.
 * Tables made from CSV lie in memory and are moved to the temporary directory
 * when the memory limit is reached. */
#pragma once

#include "pk-source.h"

G_BEGIN_DECLS

/* A new source; options may be NULL. In restricted mode, files may still be
 * added by pk_source_add_file if they are among the allowed ones. */
PkSource *pk_source_duckdb_new(const PkSourceOptions *options, GError **error);

/* "v1.5.6", static. */
const char *pk_source_duckdb_version(void);

G_END_DECLS
