/* What the tests of delimited text share: files of a run, imports, and what must
 * hold of each (read = loaded + rejected is asserted by every import). */
#pragma once

#include "pk-source-duckdb.h"

typedef struct {
  PkSource *source;
  PkImportReport *report;
  GError *error;
} Import;

extern char *csv_work; /* a directory of this run */

/* Make and remove the directory. */
void csv_import_start(void);
void csv_import_end(void);

/* Options as name, value, …. */
#define OPTIONS(...) ((const char *const[]){ __VA_ARGS__, NULL })

void import_clear(Import *import);
char *write_named(const char *name, const char *bytes, gssize n);
Import import_paths(const char *const *paths, const char *const *options);
Import import_bytes(const char *bytes, gssize n, const char *const *options);
char *query(PkSource *source, const char *sql);
void assert_query(const Import *import, const char *sql, const char *expected);
void assert_type(const Import *import, const char *column, const char *type);
void assert_counts(const Import *import, guint64 read, guint64 loaded, guint64 rejected);
void assert_reject(const Import *import, guint index, guint64 line, const char *column, const char *words);
void assert_warning(const Import *import, const char *words);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Import, import_clear)
