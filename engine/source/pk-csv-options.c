#include "pk-csv-options.h"
#include "pk-error.h"

#include <string.h>

static void
column_type_free(gpointer data)
{
  PkCsvColumnType *declared = data;

  g_free(declared->column);
  g_free(declared);
}

PkCsvOptions *
pk_csv_options_new(void)
{
  PkCsvOptions *options = g_new0(PkCsvOptions, 1);

  options->types = g_ptr_array_new_with_free_func(column_type_free);
  options->nullstr = g_ptr_array_new_with_free_func(g_free);
  options->delim = options->quote = options->escape = options->comment = -1;
  options->header = -1;
  return options;
}

static void
add_type(PkCsvOptions *options, const char *column, PkType type)
{
  PkCsvColumnType *declared = g_new0(PkCsvColumnType, 1);

  declared->column = g_strdup(column);
  declared->type = type;
  g_ptr_array_add(options->types, declared);
}

PkCsvOptions *
pk_csv_options_copy(const PkCsvOptions *options)
{
  PkCsvOptions *copy = pk_csv_options_new();

  for (guint i = 0; i < options->types->len; i++) {
    const PkCsvColumnType *declared = g_ptr_array_index(options->types, i);
    add_type(copy, declared->column, declared->type);
  }
  for (guint i = 0; i < options->nullstr->len; i++)
    g_ptr_array_add(copy->nullstr, g_strdup(g_ptr_array_index(options->nullstr, i)));
  copy->delim = options->delim;
  copy->quote = options->quote;
  copy->escape = options->escape;
  copy->comment = options->comment;
  copy->header = options->header;
  copy->tz = g_strdup(options->tz);
  copy->all_text = options->all_text;
  return copy;
}

void
pk_csv_options_free(PkCsvOptions *options)
{
  if (options == NULL)
    return;
  g_ptr_array_unref(options->types);
  g_ptr_array_unref(options->nullstr);
  g_free(options->tz);
  g_free(options);
}

/* --- types ---------------------------------------------------------------- */

/* "DECIMAL", "DECIMAL(p)", "DECIMAL(p,s)"; bare is (18,3) as in SQL engines' custom. */
static gboolean
parse_decimal_type(const char *arguments, PkType *type)
{
  guint64 precision = 18, scale = 3;

  if (*arguments != '\0') {
    g_auto(GStrv) parts = NULL;
    gsize n = strlen(arguments);
    if (arguments[0] != '(' || arguments[n - 1] != ')')
      return FALSE;
    g_autofree char *inner = g_strndup(arguments + 1, n - 2);
    parts = g_strsplit(inner, ",", 3);
    guint count = g_strv_length(parts);
    if (count < 1 || count > 2)
      return FALSE;
    scale = 0;
    if (!g_ascii_string_to_unsigned(g_strstrip(parts[0]), 10, 1, 38, &precision, NULL) ||
        (count == 2 && !g_ascii_string_to_unsigned(g_strstrip(parts[1]), 10, 0, precision, &scale, NULL)))
      return FALSE;
  }
  *type = (PkType){ .kind = PK_TYPE_DECIMAL, .precision = (guint8)precision, .scale = (gint8)scale };
  return TRUE;
}

gboolean
pk_csv_parse_type(const char *text, PkType *type, GError **error)
{
  static const struct { const char *name; PkTypeKind kind; PkTypeUnit unit; } names[] = {
    { "BOOLEAN", PK_TYPE_BOOL, 0 }, { "BOOL", PK_TYPE_BOOL, 0 },
    { "TINYINT", PK_TYPE_I8, 0 }, { "INT1", PK_TYPE_I8, 0 },
    { "SMALLINT", PK_TYPE_I16, 0 }, { "INT2", PK_TYPE_I16, 0 },
    { "INTEGER", PK_TYPE_I32, 0 }, { "INT", PK_TYPE_I32, 0 }, { "INT4", PK_TYPE_I32, 0 },
    { "BIGINT", PK_TYPE_I64, 0 }, { "INT8", PK_TYPE_I64, 0 }, { "LONG", PK_TYPE_I64, 0 },
    { "UTINYINT", PK_TYPE_U8, 0 }, { "USMALLINT", PK_TYPE_U16, 0 }, { "UINTEGER", PK_TYPE_U32, 0 },
    { "UBIGINT", PK_TYPE_U64, 0 }, { "HUGEINT", PK_TYPE_I128, 0 }, { "UHUGEINT", PK_TYPE_U128, 0 },
    { "FLOAT", PK_TYPE_F32, 0 }, { "REAL", PK_TYPE_F32, 0 }, { "FLOAT4", PK_TYPE_F32, 0 },
    { "DOUBLE", PK_TYPE_F64, 0 }, { "FLOAT8", PK_TYPE_F64, 0 }, { "DOUBLE PRECISION", PK_TYPE_F64, 0 },
    { "DATE", PK_TYPE_DATE, 0 }, { "TIME", PK_TYPE_TIME, PK_TYPE_UNIT_US },
    { "TIMESTAMP", PK_TYPE_TIMESTAMP, PK_TYPE_UNIT_US }, { "DATETIME", PK_TYPE_TIMESTAMP, PK_TYPE_UNIT_US },
    { "TIMESTAMP_S", PK_TYPE_TIMESTAMP, PK_TYPE_UNIT_S },
    { "TIMESTAMP_MS", PK_TYPE_TIMESTAMP, PK_TYPE_UNIT_MS },
    { "TIMESTAMP_US", PK_TYPE_TIMESTAMP, PK_TYPE_UNIT_US },
    { "TIMESTAMP_NS", PK_TYPE_TIMESTAMP, PK_TYPE_UNIT_NS },
    { "TIMESTAMPTZ", PK_TYPE_TIMESTAMP_TZ, PK_TYPE_UNIT_US },
    { "TIMESTAMP WITH TIME ZONE", PK_TYPE_TIMESTAMP_TZ, PK_TYPE_UNIT_US },
    { "VARCHAR", PK_TYPE_TEXT, 0 }, { "TEXT", PK_TYPE_TEXT, 0 }, { "STRING", PK_TYPE_TEXT, 0 },
    { "UUID", PK_TYPE_UUID, 0 },
  };
  g_autofree char *name = g_strstrip(g_strdup(text));

  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (g_ascii_strcasecmp(name, names[i].name) == 0) {
      *type = (PkType){ .kind = names[i].kind, .unit = names[i].unit };
      return TRUE;
    }
  gsize stem = strcspn(name, "( ");
  if ((stem == 7 && g_ascii_strncasecmp(name, "DECIMAL", 7) == 0) ||
      (stem == 7 && g_ascii_strncasecmp(name, "NUMERIC", 7) == 0)) {
    const char *arguments = name + stem;
    while (*arguments == ' ')
      arguments++;
    if (parse_decimal_type(arguments, type))
      return TRUE;
  }
  return pk_fail(error, PK_ERROR_USAGE,
                 "\"%s\" is no type for a column of a text file; use one such as BIGINT, "
                 "DOUBLE, DECIMAL(18,2), DATE, TIMESTAMP, BOOLEAN or VARCHAR",
                 name);
}

/* A column's name up to '=': plain, or in double quotes that are doubled inside. */
static char *
take_column(const char **at)
{
  GString *name = g_string_new(NULL);
  const char *p = *at;

  while (*p == ' ')
    p++;
  if (*p == '"') {
    for (p++; *p != '\0' && (*p != '"' || p[1] == '"'); p++) {
      if (*p == '"')
        p++;
      g_string_append_c(name, *p);
    }
    if (*p == '"')
      p++;
  } else {
    gsize n = strcspn(p, "=,");
    g_string_append_len(name, p, (gssize)n);
    p += n;
    while (name->len > 0 && name->str[name->len - 1] == ' ')
      g_string_truncate(name, name->len - 1);
  }
  while (*p == ' ')
    p++;
  *at = p;
  return g_string_free(name, FALSE);
}

/* A type's text up to a comma that no bracket holds. */
static char *
take_type(const char **at)
{
  const char *p = *at;
  int depth = 0;

  for (; *p != '\0' && (*p != ',' || depth > 0); p++)
    depth += (*p == '(') - (*p == ')');
  char *text = g_strndup(*at, (gsize)(p - *at));
  *at = p;
  return text;
}

static gboolean
set_types(PkCsvOptions *options, const char *value, GError **error)
{
  const char *at = value;

  do {
    PkType type;
    g_autofree char *column = take_column(&at);
    if (*column == '\0' || *at != '=')
      return pk_fail(error, PK_ERROR_USAGE, "types \"%s\": write COLUMN=TYPE, several with commas between",
                     value);
    at++;
    g_autofree char *text = take_type(&at);
    if (!pk_csv_parse_type(text, &type, error))
      return pk_fail_prefix(error, "column \"%s\": ", column);
    add_type(options, column, type);
  } while (*at++ == ',');
  return TRUE;
}

/* --- single options ------------------------------------------------------- */

static gboolean
parse_byte(const char *name, const char *value, gboolean none_allowed, int *out, GError **error)
{
  static const struct { const char *name; char byte; } words[] = {
    { "tab", '\t' }, { "\\t", '\t' }, { "comma", ',' }, { "semicolon", ';' }, { "pipe", '|' },
    { "space", ' ' },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
    if (g_ascii_strcasecmp(value, words[i].name) == 0) {
      *out = words[i].byte;
      return TRUE;
    }
  if (none_allowed && g_ascii_strcasecmp(value, "none") == 0) {
    *out = 0;
    return TRUE;
  }
  if (value[0] != '\0' && value[1] == '\0' && (value[0] & 0x80) == 0 && value[0] != '\n' &&
      value[0] != '\r') {
    *out = value[0];
    return TRUE;
  }
  return pk_fail(error, PK_ERROR_USAGE,
                 "%s \"%s\": give one ASCII character, or tab, comma, semicolon, pipe, space%s", name,
                 value, none_allowed ? ", none" : "");
}

static gboolean
set_header(PkCsvOptions *options, const char *value, GError **error)
{
  guint64 line;

  if (g_ascii_strcasecmp(value, "auto") == 0)
    options->header = -1;
  else if (g_ascii_strcasecmp(value, "none") == 0)
    options->header = 0;
  else if (g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT32, &line, NULL))
    options->header = (gint64)line;
  else
    return pk_fail(error, PK_ERROR_USAGE, "header \"%s\": give the line that names the columns (1, 2, …), "
                   "none, or auto", value);
  return TRUE;
}

/* Whether there is such a zone is known where timestamps are converted; here
 * only its form is checked. */
static gboolean
set_tz(PkCsvOptions *options, const char *value, GError **error)
{
  gsize n = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/+-:");

  if (n == 0 || n > 64 || value[n] != '\0')
    return pk_fail(error, PK_ERROR_USAGE,
                   "tz \"%s\": give a zone's name such as Europe/Berlin, UTC, or an offset "
                   "such as +02:00",
                   value);
  g_free(options->tz);
  options->tz = g_strdup(value);
  return TRUE;
}

gboolean
pk_csv_options_set(PkCsvOptions *options, const char *name, const char *value, GError **error)
{
  if (strcmp(name, "types") == 0)
    return set_types(options, value, error);
  if (strcmp(name, "nullstr") == 0) {
    if (!g_utf8_validate(value, -1, NULL))
      return pk_fail(error, PK_ERROR_USAGE, "nullstr: the text is not UTF-8");
    g_ptr_array_add(options->nullstr, g_strdup(value));
    return TRUE;
  }
  if (strcmp(name, "delim") == 0)
    return parse_byte(name, value, FALSE, &options->delim, error);
  if (strcmp(name, "quote") == 0)
    return parse_byte(name, value, TRUE, &options->quote, error);
  if (strcmp(name, "escape") == 0)
    return parse_byte(name, value, TRUE, &options->escape, error);
  if (strcmp(name, "comment") == 0) {
    if (!parse_byte(name, value, TRUE, &options->comment, error))
      return FALSE;
    if (options->comment == 0)
      options->comment = -1;
    return TRUE;
  }
  if (strcmp(name, "header") == 0)
    return set_header(options, value, error);
  if (strcmp(name, "tz") == 0)
    return set_tz(options, value, error);
  if (strcmp(name, "all-text") == 0) {
    if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
      return pk_fail(error, PK_ERROR_USAGE, "all-text \"%s\": give true or false", value);
    options->all_text = value[0] == 't';
    return TRUE;
  }
  return pk_fail(error, PK_ERROR_USAGE,
                 "\"%s\" is no option of text files; there are types, nullstr, delim, quote, "
                 "escape, comment, header, tz, all-text",
                 name);
}
