/* The recogniser of SQL: any JSON is a plan, or no plan for a reason, or refused in one line. */
#include "fuzz.h"

#include "pk-plan-sql.h"

/* Columns a … z of a type that follows from the letter; nothing else. */
static const PkColumnInfo *
find_column(const char *relation, const char *column, gpointer data)
{
  static const PkTypeKind kinds[] = { PK_TYPE_I64, PK_TYPE_F64, PK_TYPE_TEXT, PK_TYPE_TIMESTAMP, PK_TYPE_DATE,
                                      PK_TYPE_BOOL, PK_TYPE_U8, PK_TYPE_I128, PK_TYPE_DECIMAL, PK_TYPE_BLOB };
  PkColumnInfo **found = data;

  if (!g_ascii_islower(column[0]) || column[1] != '\0')
    return NULL;
  PkType type = PK_TYPE_OF(kinds[(column[0] - 'a') % G_N_ELEMENTS(kinds)]);
  if (type.kind == PK_TYPE_DECIMAL)
    type.precision = 18, type.scale = 3;
  if (type.kind == PK_TYPE_TIMESTAMP)
    type.unit = PK_TYPE_UNIT_US;
  PkColumnInfo **info = &found[column[0] - 'a'];
  if (!*info)
    *info = pk_column_info_new(column, type, "");
  return *info;
}

static char *
to_sql(const char *statement_json, gpointer data)
{
  return g_strdup("SELECT 1");
}

static void
check_match(const PkSqlMatch *match)
{
  g_autoptr(GError) error = NULL;
  pk_plan_check(match->plan, &error);
  g_assert_no_error(error);
  for (guint i = 0; i < match->n_orders; i++)
    g_assert_cmpuint(match->orders[i].output, <, match->n_outputs);
  for (guint i = 0; i < match->n_assumptions; i++)
    g_assert_true(match->assumptions[i].lo <= match->assumptions[i].hi);
  g_assert_cmpint(match->offset, >=, 0);
  g_assert_cmpint(match->limit, >=, -1);
  g_autofree char *sql = pk_plan_to_sql(match->plan);
  g_autofree char *hash = pk_plan_hash(match->plan);
  g_autofree char *text = pk_plan_explain(match->plan);
  g_assert_true(sql && hash && text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *json = g_strndup(data ? (const char *)data : "", size);
  g_autofree char *reason = NULL;
  PkColumnInfo *found[26] = { NULL };
  PkSqlContext context = { find_column, to_sql, found, size % 2 == 0 };
  g_autoptr(PkSqlMatch) match = pk_sql_match(json, &context, &reason, &error);

  fuzz_check_error(match != NULL || reason != NULL, error);
  g_assert_true(match == NULL || reason == NULL);
  if (match)
    check_match(match);
  for (guint i = 0; i < G_N_ELEMENTS(found); i++)
    g_clear_pointer(&found[i], pk_column_info_free);
  return 0;
}
