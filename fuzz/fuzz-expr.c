/* An expression of a specification: any text is parsed or refused in one line, and what is parsed has a value,
 * and SQL or a reason for having none. */
#include "fuzz.h"

#include "pk-expr.h"

static gboolean
field(const char *name, PkValue *out, gpointer arena)
{
  if (g_str_equal(name, "n"))
    *out = pk_value_number(-2.5);
  else if (g_str_equal(name, "t"))
    *out = pk_value_text("a\xc3\xa9\xf0\x9f\x98\x80");
  else if (g_str_equal(name, "d"))
    *out = pk_value_date(1583388428009);
  else if (g_str_equal(name, "a")) {
    *out = (PkValue){ .kind = PK_VALUE_ARRAY, .items = pk_arena_array(arena) };
    g_ptr_array_add(out->items, pk_arena_value(arena, pk_value_bool(TRUE)));
  } else {
    *out = pk_value_null();
    return g_str_equal(name, "nul");
  }
  return TRUE;
}

static gboolean
param(const char *name, PkValue *out, gpointer arena)
{
  *out = pk_value_number(200);
  return g_str_equal(name, "width");
}

static gboolean
column(const char *name, char **sql, PkType *type, gpointer data)
{
  static const struct {
    const char *name;
    PkTypeKind kind;
  } columns[] = { { "n", PK_TYPE_F64 }, { "t", PK_TYPE_TEXT }, { "d", PK_TYPE_TIMESTAMP }, { "i", PK_TYPE_I64 },
                  { "b", PK_TYPE_BOOL }, { "day", PK_TYPE_DATE } };

  for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
    if (g_str_equal(columns[i].name, name)) {
      *type = PK_TYPE_OF(columns[i].kind);
      *sql = g_strdup_printf("\"%s\"", name);
      return TRUE;
    }
  return FALSE;
}

static void
check_sql(const PkExpr *expr)
{
  PkExprSqlScope scope = { .column = column, .param = param };
  g_autoptr(GError) error = NULL;
  PkType type;
  g_autofree char *sql = pk_expr_to_sql(expr, &scope, &type, &error);

  fuzz_check_error(sql != NULL, error);
  g_clear_error(&error);
  g_autofree char *condition = pk_expr_to_sql_condition(expr, &scope, &error);
  fuzz_check_error(condition != NULL, error);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) eval_error = NULL;
  g_autofree char *text = g_strndup(data ? (const char *)data : "", size);
  g_autoptr(PkExpr) expr = pk_expr_parse(text, &error);

  fuzz_check_error(expr != NULL, error);
  if (!expr)
    return 0;
  for (guint i = 0; i < pk_expr_get_fields(expr)->len; i++)
    g_assert_nonnull(pk_expr_get_fields(expr)->pdata[i]);
  check_sql(expr);
  g_autoptr(PkArena) arena = pk_arena_new();
  PkExprScope scope = { field, param, arena, arena };
  PkValue value;
  gboolean ok = pk_expr_eval(expr, &scope, &value, &eval_error);
  fuzz_check_error(ok, eval_error);
  if (ok) {
    g_autofree char *shown = pk_value_to_string(&value);
    g_assert_nonnull(shown);
  }
  return 0;
}
