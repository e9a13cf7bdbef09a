#include "pk-arrow-type.h"
#include "pk-error.h"

#include <string.h>

static const char *
column_name(const PkArrowSchema *schema)
{
  return schema->name != NULL && schema->name[0] != '\0' ? schema->name : "(unnamed)";
}

static gboolean
unsupported(const PkArrowSchema *schema, GError **error)
{
  return pk_fail(error, PK_ERROR_UNSUPPORTED, "column \"%s\": the Arrow type \"%s\" is not supported",
                 column_name(schema), schema->format);
}

static gboolean
malformed(const PkArrowSchema *schema, GError **error)
{
  return pk_fail(error, PK_ERROR_INVALID, "column \"%s\": the Arrow type \"%s\" is malformed",
                 column_name(schema), schema->format);
}

static PkType
with_unit(PkTypeKind kind, PkTypeUnit unit)
{
  return (PkType){ .kind = kind, .unit = unit };
}

static gboolean
unit_from_char(char c, PkTypeUnit *unit)
{
  const char *at = c != '\0' ? strchr("smun", c) : NULL;

  if (at == NULL)
    return FALSE;
  *unit = (PkTypeUnit)(at - "smun");
  return TRUE;
}

/* "d:precision,scale[,bits]" */
static gboolean
parse_decimal(const PkArrowSchema *schema, PkType *type, GError **error)
{
  const char *at = schema->format + 2;
  char *end;
  gint64 numbers[3] = { 0, 0, 128 };

  for (int i = 0; i < 3; i++) {
    numbers[i] = g_ascii_strtoll(at, &end, 10);
    if (end == at)
      return malformed(schema, error);
    if (*end == '\0') {
      if (i == 0)
        return malformed(schema, error);
      break;
    }
    if (*end != ',' || i == 2)
      return malformed(schema, error);
    at = end + 1;
  }
  if (numbers[2] != 32 && numbers[2] != 64 && numbers[2] != 128)
    return unsupported(schema, error);
  if (numbers[0] < 1 || numbers[0] > 38 || numbers[1] < 0 || numbers[1] > numbers[0])
    return unsupported(schema, error);
  *type = (PkType){ .kind = PK_TYPE_DECIMAL, .precision = (guint8)numbers[0], .scale = (gint8)numbers[1] };
  return TRUE;
}

static gboolean
parse_temporal(const PkArrowSchema *schema, PkType *type, GError **error)
{
  const char *f = schema->format;
  PkTypeUnit unit;

  if (strcmp(f, "tdD") == 0)
    *type = PK_TYPE_OF(PK_TYPE_DATE);
  else if (strcmp(f, "tin") == 0)
    *type = PK_TYPE_OF(PK_TYPE_INTERVAL);
  else if (f[1] == 't' && unit_from_char(f[2], &unit) && f[3] == '\0')
    *type = with_unit(PK_TYPE_TIME, unit);
  else if (f[1] == 's' && unit_from_char(f[2], &unit) && f[3] == ':')
    *type = with_unit(f[4] == '\0' ? PK_TYPE_TIMESTAMP : PK_TYPE_TIMESTAMP_TZ, unit);
  else
    return unsupported(schema, error);
  return TRUE;
}

static gboolean
parse_nested(const PkArrowSchema *schema, PkType *type, GError **error)
{
  const char *f = schema->format;

  if (strcmp(f, "+l") == 0 || strcmp(f, "+L") == 0 || g_str_has_prefix(f, "+w:"))
    *type = PK_TYPE_OF(PK_TYPE_LIST);
  else if (strcmp(f, "+s") == 0)
    *type = PK_TYPE_OF(PK_TYPE_STRUCT);
  else if (strcmp(f, "+m") == 0)
    *type = PK_TYPE_OF(PK_TYPE_MAP);
  else if (g_str_has_prefix(f, "+us:") || g_str_has_prefix(f, "+ud:"))
    *type = PK_TYPE_OF(PK_TYPE_UNION);
  else
    return unsupported(schema, error);
  return TRUE;
}

static gboolean
parse_simple(const char *f, PkType *type)
{
  static const struct { const char *format; PkTypeKind kind; } simple[] = {
    { "n", PK_TYPE_NULL }, { "b", PK_TYPE_BOOL }, { "c", PK_TYPE_I8 }, { "C", PK_TYPE_U8 },
    { "s", PK_TYPE_I16 }, { "S", PK_TYPE_U16 }, { "i", PK_TYPE_I32 }, { "I", PK_TYPE_U32 },
    { "l", PK_TYPE_I64 }, { "L", PK_TYPE_U64 }, { "f", PK_TYPE_F32 }, { "g", PK_TYPE_F64 },
    { "u", PK_TYPE_TEXT }, { "U", PK_TYPE_TEXT }, { "vu", PK_TYPE_TEXT },
    { "z", PK_TYPE_BLOB }, { "Z", PK_TYPE_BLOB }, { "vz", PK_TYPE_BLOB },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(simple); i++)
    if (strcmp(f, simple[i].format) == 0) {
      *type = PK_TYPE_OF(simple[i].kind);
      return TRUE;
    }
  return FALSE;
}

/* {"type_name":"hugeint","vendor_name":"DuckDB"}: the one key that matters. */
static char *
opaque_type_name(const char *json)
{
  const char *at = strstr(json, "\"type_name\"");
  const char *end;

  if (at == NULL || (at = strchr(at + strlen("\"type_name\""), '"')) == NULL)
    return NULL;
  end = strchr(++at, '"');
  return end != NULL ? g_strndup(at, end - at) : NULL;
}

/* Extension types, whose storage must be as their definition says. */
static gboolean
apply_extension(const PkArrowSchema *schema, const char *extension, PkType *type, GError **error)
{
  static const struct { const char *name, *format; PkTypeKind kind; } opaque[] = {
    { "hugeint", "w:16", PK_TYPE_I128 }, { "uhugeint", "w:16", PK_TYPE_U128 },
    { "time_tz", "w:8", PK_TYPE_TIME_TZ }, { "bit", "z", PK_TYPE_BIT }, { "bit", "Z", PK_TYPE_BIT },
    { "bignum", "z", PK_TYPE_BIGNUM }, { "bignum", "Z", PK_TYPE_BIGNUM },
  };

  if (strcmp(extension, "arrow.uuid") == 0 || strcmp(extension, "arrow.bool8") == 0) {
    gboolean uuid = strcmp(extension, "arrow.uuid") == 0;
    if (strcmp(schema->format, uuid ? "w:16" : "c") != 0)
      return malformed(schema, error);
    *type = PK_TYPE_OF(uuid ? PK_TYPE_UUID : PK_TYPE_BOOL);
    return TRUE;
  }
  if (strcmp(extension, "arrow.opaque") != 0)
    return TRUE; /* such as arrow.json: the storage type says enough */
  g_autofree char *json = pk_arrow_schema_dup_metadata(schema, "ARROW:extension:metadata");
  g_autofree char *name = json != NULL ? opaque_type_name(json) : NULL;
  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS(opaque); i++)
    if (strcmp(name, opaque[i].name) == 0 && strcmp(schema->format, opaque[i].format) == 0) {
      *type = PK_TYPE_OF(opaque[i].kind);
      return TRUE;
    }
  return pk_fail(error, PK_ERROR_UNSUPPORTED,
                 "column \"%s\": the type \"%s\" is not supported; cast it in SQL", column_name(schema),
                 name != NULL ? name : "(opaque)");
}

/* "w:N": N bytes a value, no more than 2^31-1. */
static gboolean
is_fixed_binary(const char *format)
{
  return g_str_has_prefix(format, "w:") &&
         g_ascii_string_to_signed(format + 2, 10, 0, G_MAXINT32, NULL, NULL);
}

gboolean
pk_type_from_schema(const PkArrowSchema *schema, PkType *type, GError **error)
{
  *type = PK_TYPE_OF(PK_TYPE_NULL);
  if (schema->format == NULL)
    return pk_fail(error, PK_ERROR_INVALID, "column \"%s\" has no Arrow type", column_name(schema));
  if (schema->dictionary != NULL) {
    PkType code;
    if (!parse_simple(schema->format, &code) || code.kind < PK_TYPE_I8 || code.kind > PK_TYPE_U64)
      return pk_fail(error, PK_ERROR_INVALID, "column \"%s\": dictionary codes of type \"%s\"",
                     column_name(schema), schema->format);
    if (schema->dictionary->dictionary != NULL)
      return pk_fail(error, PK_ERROR_INVALID, "column \"%s\": a dictionary in a dictionary",
                     column_name(schema));
    if (!pk_type_from_schema(schema->dictionary, type, error))
      return FALSE;
    type->dictionary = TRUE;
    return TRUE;
  }

  const char *f = schema->format;
  gboolean ok = TRUE;
  if (g_str_has_prefix(f, "d:"))
    ok = parse_decimal(schema, type, error);
  else if (f[0] == 't' && f[1] != '\0' && f[2] != '\0')
    ok = parse_temporal(schema, type, error);
  else if (f[0] == '+')
    ok = parse_nested(schema, type, error);
  else if (is_fixed_binary(f))
    *type = PK_TYPE_OF(PK_TYPE_BLOB);
  else if (!parse_simple(f, type))
    ok = unsupported(schema, error);
  if (!ok)
    return FALSE;
  g_autofree char *extension = pk_arrow_schema_dup_metadata(schema, "ARROW:extension:name");
  return extension == NULL || apply_extension(schema, extension, type, error);
}

char *
pk_type_dup_name(PkType type)
{
  static const char *const names[] = {
    [PK_TYPE_NULL] = "NULL", [PK_TYPE_BOOL] = "BOOLEAN",
    [PK_TYPE_I8] = "TINYINT", [PK_TYPE_I16] = "SMALLINT", [PK_TYPE_I32] = "INTEGER",
    [PK_TYPE_I64] = "BIGINT",
    [PK_TYPE_U8] = "UTINYINT", [PK_TYPE_U16] = "USMALLINT", [PK_TYPE_U32] = "UINTEGER",
    [PK_TYPE_U64] = "UBIGINT",
    [PK_TYPE_I128] = "HUGEINT", [PK_TYPE_U128] = "UHUGEINT", [PK_TYPE_DECIMAL] = "DECIMAL",
    [PK_TYPE_F32] = "FLOAT", [PK_TYPE_F64] = "DOUBLE", [PK_TYPE_DATE] = "DATE", [PK_TYPE_TIME] = "TIME",
    [PK_TYPE_TIME_TZ] = "TIME WITH TIME ZONE", [PK_TYPE_TIMESTAMP] = "TIMESTAMP",
    [PK_TYPE_TIMESTAMP_TZ] = "TIMESTAMP WITH TIME ZONE", [PK_TYPE_INTERVAL] = "INTERVAL",
    [PK_TYPE_TEXT] = "VARCHAR", [PK_TYPE_BLOB] = "BLOB", [PK_TYPE_UUID] = "UUID", [PK_TYPE_BIT] = "BIT",
    [PK_TYPE_BIGNUM] = "BIGNUM", [PK_TYPE_LIST] = "LIST", [PK_TYPE_STRUCT] = "STRUCT", [PK_TYPE_MAP] = "MAP",
    [PK_TYPE_UNION] = "UNION",
  };
  static const char *const timestamps[] = { "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP", "TIMESTAMP_NS" };

  if (type.kind == PK_TYPE_DECIMAL)
    return g_strdup_printf("DECIMAL(%d,%d)", type.precision, type.scale);
  if (type.kind == PK_TYPE_TIMESTAMP)
    return g_strdup(timestamps[type.unit]);
  if (type.kind == PK_TYPE_TIME && type.unit == PK_TYPE_UNIT_NS)
    return g_strdup("TIME_NS");
  return g_strdup(names[type.kind]);
}

gboolean
pk_type_equal(PkType a, PkType b)
{
  return a.kind == b.kind && a.precision == b.precision && a.scale == b.scale && a.unit == b.unit &&
         !a.dictionary == !b.dictionary;
}

gboolean
pk_type_is_integer(PkType type)
{
  return type.kind >= PK_TYPE_I8 && type.kind <= PK_TYPE_U128;
}

gboolean
pk_type_is_numeric(PkType type)
{
  return type.kind >= PK_TYPE_I8 && type.kind <= PK_TYPE_F64;
}

gboolean
pk_type_is_temporal(PkType type)
{
  return type.kind == PK_TYPE_DATE || type.kind == PK_TYPE_TIMESTAMP || type.kind == PK_TYPE_TIMESTAMP_TZ;
}

gboolean
pk_type_is_nested(PkType type)
{
  return type.kind >= PK_TYPE_LIST;
}

guint
pk_type_width(PkType type)
{
  switch (type.kind) {
  case PK_TYPE_BOOL:
  case PK_TYPE_I8:
  case PK_TYPE_U8:
    return 1;
  case PK_TYPE_I16:
  case PK_TYPE_U16:
    return 2;
  case PK_TYPE_I32:
  case PK_TYPE_U32:
  case PK_TYPE_F32:
  case PK_TYPE_DATE:
    return 4;
  case PK_TYPE_I64:
  case PK_TYPE_U64:
  case PK_TYPE_F64:
  case PK_TYPE_TIME:
  case PK_TYPE_TIME_TZ:
  case PK_TYPE_TIMESTAMP:
  case PK_TYPE_TIMESTAMP_TZ:
    return 8;
  case PK_TYPE_I128:
  case PK_TYPE_U128:
  case PK_TYPE_DECIMAL:
  case PK_TYPE_INTERVAL:
  case PK_TYPE_UUID:
    return 16;
  default:
    return 0;
  }
}

gint64
pk_type_unit_per_second(PkTypeUnit unit)
{
  static const gint64 per_second[] = { 1, 1000, 1000000, 1000000000 };
  return per_second[unit];
}

PkColumnInfo *
pk_column_info_new(const char *name, PkType type, const char *sql_type)
{
  PkColumnInfo *info = g_new0(PkColumnInfo, 1);
  info->name = g_strdup(name);
  info->type = type;
  info->sql_type = sql_type != NULL ? g_strdup(sql_type) : pk_type_dup_name(type);
  return info;
}

void
pk_column_info_free(PkColumnInfo *info)
{
  if (info == NULL)
    return;
  g_free(info->name);
  g_free(info->sql_type);
  g_free(info);
}
