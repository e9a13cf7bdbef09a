/* SQL names of DuckDB's types. */
#include "pk-duckdb.h"
#include "pk-sql-quote.h"

static void append_type(GString *out, duckdb_logical_type type);

static void
append_and_destroy(GString *out, duckdb_logical_type type)
{
  append_type(out, type);
  duckdb_destroy_logical_type(&type);
}

static void
append_member(GString *out, char *name, duckdb_logical_type type, idx_t index)
{
  if (index > 0)
    g_string_append(out, ", ");
  pk_sql_append_ident(out, name);
  g_string_append_c(out, ' ');
  append_and_destroy(out, type);
  duckdb_free(name);
}

static void
append_enum(GString *out, duckdb_logical_type type)
{
  guint32 n = duckdb_enum_dictionary_size(type);

  g_string_append(out, "ENUM(");
  for (guint32 i = 0; i < n && i < 20; i++) {
    char *value = duckdb_enum_dictionary_value(type, i);
    g_string_append(out, i > 0 ? ", " : "");
    pk_sql_append_literal(out, value);
    duckdb_free(value);
  }
  g_string_append(out, n > 20 ? ", …)" : ")");
}

static const char *
simple_name(duckdb_type id)
{
  static const struct { duckdb_type id; const char *name; } names[] = {
    { DUCKDB_TYPE_BOOLEAN, "BOOLEAN" },
    { DUCKDB_TYPE_TINYINT, "TINYINT" },
    { DUCKDB_TYPE_SMALLINT, "SMALLINT" },
    { DUCKDB_TYPE_INTEGER, "INTEGER" },
    { DUCKDB_TYPE_BIGINT, "BIGINT" },
    { DUCKDB_TYPE_UTINYINT, "UTINYINT" },
    { DUCKDB_TYPE_USMALLINT, "USMALLINT" },
    { DUCKDB_TYPE_UINTEGER, "UINTEGER" },
    { DUCKDB_TYPE_UBIGINT, "UBIGINT" },
    { DUCKDB_TYPE_HUGEINT, "HUGEINT" },
    { DUCKDB_TYPE_UHUGEINT, "UHUGEINT" },
    { DUCKDB_TYPE_FLOAT, "FLOAT" },
    { DUCKDB_TYPE_DOUBLE, "DOUBLE" },
    { DUCKDB_TYPE_DATE, "DATE" },
    { DUCKDB_TYPE_TIME, "TIME" },
    { DUCKDB_TYPE_TIME_TZ, "TIME WITH TIME ZONE" },
    { DUCKDB_TYPE_TIMESTAMP, "TIMESTAMP" },
    { DUCKDB_TYPE_TIMESTAMP_S, "TIMESTAMP_S" },
    { DUCKDB_TYPE_TIMESTAMP_MS, "TIMESTAMP_MS" },
    { DUCKDB_TYPE_TIMESTAMP_NS, "TIMESTAMP_NS" },
    { DUCKDB_TYPE_TIMESTAMP_TZ, "TIMESTAMP WITH TIME ZONE" },
    { DUCKDB_TYPE_INTERVAL, "INTERVAL" },
    { DUCKDB_TYPE_VARCHAR, "VARCHAR" },
    { DUCKDB_TYPE_BLOB, "BLOB" },
    { DUCKDB_TYPE_UUID, "UUID" },
    { DUCKDB_TYPE_BIT, "BIT" },
    { DUCKDB_TYPE_SQLNULL, "NULL" },
    { DUCKDB_TYPE_BIGNUM, "BIGNUM" },
    { DUCKDB_TYPE_TIME_NS, "TIME_NS" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (names[i].id == id)
      return names[i].name;
  return "UNKNOWN";
}

static void
append_type(GString *out, duckdb_logical_type type)
{
  duckdb_type id = duckdb_get_type_id(type);
  char *alias = duckdb_logical_type_get_alias(type);

  if (alias != NULL) { /* such as JSON, which is stored as VARCHAR */
    g_string_append(out, alias);
    duckdb_free(alias);
    return;
  }
  switch (id) {
  case DUCKDB_TYPE_DECIMAL:
    g_string_append_printf(out, "DECIMAL(%d,%d)", duckdb_decimal_width(type), duckdb_decimal_scale(type));
    break;
  case DUCKDB_TYPE_ENUM:
    append_enum(out, type);
    break;
  case DUCKDB_TYPE_LIST:
    append_and_destroy(out, duckdb_list_type_child_type(type));
    g_string_append(out, "[]");
    break;
  case DUCKDB_TYPE_ARRAY:
    append_and_destroy(out, duckdb_array_type_child_type(type));
    g_string_append_printf(out, "[%d]", (int)duckdb_array_type_array_size(type));
    break;
  case DUCKDB_TYPE_MAP:
    g_string_append(out, "MAP(");
    append_and_destroy(out, duckdb_map_type_key_type(type));
    g_string_append(out, ", ");
    append_and_destroy(out, duckdb_map_type_value_type(type));
    g_string_append_c(out, ')');
    break;
  case DUCKDB_TYPE_STRUCT:
    g_string_append(out, "STRUCT(");
    for (idx_t i = 0; i < duckdb_struct_type_child_count(type); i++)
      append_member(out, duckdb_struct_type_child_name(type, i), duckdb_struct_type_child_type(type, i), i);
    g_string_append_c(out, ')');
    break;
  case DUCKDB_TYPE_UNION:
    g_string_append(out, "UNION(");
    for (idx_t i = 0; i < duckdb_union_type_member_count(type); i++)
      append_member(out, duckdb_union_type_member_name(type, i), duckdb_union_type_member_type(type, i), i);
    g_string_append_c(out, ')');
    break;
  default:
    g_string_append(out, simple_name(id));
  }
}

char *
pk_duckdb_dup_type_name(duckdb_logical_type type)
{
  GString *out = g_string_new(NULL);
  append_type(out, type);
  return g_string_free(out, FALSE);
}
