/* Streams of record batches as tables. */
#include "pk-duckdb.h"
#include "pk-error.h"
#include "pk-sql-quote.h"

#include <string.h>

/* DuckDB's scan of a stream fetches its schema several times and forgets to
 * release it: it is given one that is ours, and that needs no release. */
typedef struct {
  PkArrowStream *inner;
  PkArrowSchema schema;
} Lender;

static void
forget_schema(struct ArrowSchema *schema)
{
  schema->release = NULL;
}

static int
lend_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
  const Lender *lender = stream->private_data;

  *out = lender->schema;
  out->release = forget_schema;
  return 0;
}

static int
lend_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
  Lender *lender = stream->private_data;
  return lender->inner->get_next(lender->inner, out);
}

static const char *
lend_error(struct ArrowArrayStream *stream)
{
  Lender *lender = stream->private_data;
  return lender->inner->get_last_error(lender->inner);
}

static void
lend_release(struct ArrowArrayStream *stream)
{
  stream->release = NULL;
}

/* The view that DuckDB makes of the stream has a name that no table has; it is
 * read once, into the table, and dropped. */
static gboolean
create_table(PkDuckdb *self, const char *name, PkArrowStream *stream, GError **error)
{
  g_autofree char *scan = g_strdup_printf("pika stream %p", (void *)stream);
  g_autoptr(GString) sql = g_string_new("CREATE TABLE main.");
  duckdb_connection connection;
  duckdb_result result = { 0 };
  gboolean ok;

  if (!pk_duckdb_connect(self, &connection, error))
    return FALSE;
  pk_sql_append_ident(sql, name);
  g_string_append_printf(sql, " AS SELECT * FROM \"%s\"", scan);
  ok = duckdb_arrow_scan(connection, scan, (duckdb_arrow_stream)stream) == DuckDBSuccess ||
       pk_fail(error, PK_ERROR_ENGINE, "DuckDB does not take the record batches for \"%s\"", name);
  if (ok && duckdb_query(connection, sql->str, &result) == DuckDBError)
    ok = pk_duckdb_fail(error, name, duckdb_result_error(&result));
  duckdb_destroy_result(&result);
  g_string_printf(sql, "DROP VIEW IF EXISTS \"%s\"", scan);
  duckdb_query(connection, sql->str, &result);
  duckdb_destroy_result(&result);
  duckdb_disconnect(&connection);
  return ok;
}

gboolean
pk_duckdb_add_stream(PkSource *source, const char *name, PkArrowStream *stream, GError **error)
{
  PkDuckdb *self = (PkDuckdb *)source;
  Lender lender = { .inner = stream };
  PkArrowStream lent = { lend_schema, lend_next, lend_error, lend_release, &lender };
  gboolean ok;

  if (!pk_arrow_stream_schema(stream, &lender.schema, error))
    return FALSE;
  PkSourceTable *table = pk_duckdb_reserve_table(self, name, TRUE, error);
  ok = table != NULL && create_table(self, table->name, &lent, error);
  pk_arrow_schema_clear(&lender.schema);
  if (table != NULL && !ok)
    pk_duckdb_drop_reservation(self, table);
  return ok;
}
