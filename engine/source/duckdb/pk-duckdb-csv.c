#include "pk-duckdb.h"
#include "pk-error.h"
PkImportReport *
pk_duckdb_import_csv(PkDuckdb *self, const char *name, const char *const *paths, const char *const *shown, const PkCsvOptions *options,
                     const PkQueryControl *control, GError **error)
{
  pk_fail(error, PK_ERROR_UNSUPPORTED, "later");
  return NULL;
}
