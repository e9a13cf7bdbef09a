/* Data of a specification → a relation with the fields of its rows. */
#include "pk-lower-priv.h"

#include "pk-error.h"
#include "pk-json.h"
#include "pk-sql-quote.h"

#include <math.h>
#include <string.h>

char *
pk_lower_data_key(const PkData *data)
{
  const char *type = data && data->format_type ? data->format_type : "";
  const char *property = data && data->property ? data->property : "";
  const char *delimiter = data && data->delimiter ? data->delimiter : "";

  if (!data)
    return g_strdup("none");
  switch (data->kind) {
  case PK_DATA_URL:
    return g_strjoin("\n", "url", data->url, type, property, delimiter, NULL);
  case PK_DATA_NAMED:
    return g_strjoin("\n", "name", data->name, type, property, delimiter, NULL);
  case PK_DATA_INLINE:
    return g_strdup_printf("inline\n%p\n%s\n%s\n%s", (void *)data->values, type, property, delimiter);
  case PK_DATA_SEQUENCE:
  case PK_DATA_NONE:
    break;
  }
  return g_strdup_printf("data\n%p", (const void *)data);
}

static const char *
data_format(const PkData *data)
{
  static const char *const endings[][2] = {
    { ".csv", "csv" }, { ".csv.gz", "csv" }, { ".tsv", "tsv" }, { ".tsv.gz", "tsv" }, { ".json", "json" },
    { ".ndjson", "ndjson" }, { ".jsonl", "ndjson" }, { ".parquet", "parquet" }, { ".arrow", "arrow" },
  };

  if (data->format_type)
    return data->format_type;
  for (guint i = 0; data->url && i < G_N_ELEMENTS(endings); i++)
    if (g_str_has_suffix(data->url, endings[i][0]))
      return endings[i][1];
  return "json";
}

static char
data_delimiter(const PkData *data)
{
  const char *format = data_format(data);

  if (data->delimiter && *data->delimiter)
    return *data->delimiter;
  return g_str_equal(format, "tsv") ? '\t' : ',';
}

static gboolean
is_delimited(const char *format)
{
  return g_str_equal(format, "csv") || g_str_equal(format, "tsv") || g_str_equal(format, "dsv");
}

/* The value at "a.b[0]" of a document; NULL if there is none. */
static JsonNode *
follow_property(JsonNode *node, const char *property)
{
  g_auto(GStrv) steps = pk_field_split(property ? property : "");

  for (guint i = 0; node && steps[i]; i++) {
    if (JSON_NODE_HOLDS_OBJECT(node)) {
      node = json_object_get_member(json_node_get_object(node), steps[i]);
    } else if (JSON_NODE_HOLDS_ARRAY(node)) {
      JsonArray *array = json_node_get_array(node);
      guint64 index = g_ascii_strtoull(steps[i], NULL, 10);
      node = index < json_array_get_length(array) ? json_array_get_element(array, (guint)index) : NULL;
    } else {
      node = NULL;
    }
  }
  return node;
}

static PkRel *
rel_from_rows(PkLowering *self, PkRows *rows, GError **error)
{
  g_autoptr(PkRel) rel = pk_rel_new("", TRUE);
  g_auto(PkArrowStream) stream = { 0 };

  pk_rows_export(rows, &stream, rel);
  g_free(rel->from);
  rel->from = self->host->add_stream(&stream, self->host->user, error);
  return rel->from ? g_steal_pointer(&rel) : NULL;
}

static PkRel *
rel_from_json(PkLowering *self, const PkData *data, JsonNode *document, GError **error)
{
  g_autoptr(PkRows) rows = pk_rows_new();
  JsonNode *values = follow_property(document, data->property);

  if (!values) {
    pk_fail(error, PK_ERROR_NOT_FOUND, "%s.format.property: the data have nothing at \"%s\"", data->path, data->property);
    return NULL;
  }
  if (!pk_rows_add_json(rows, values, error)) {
    pk_fail_prefix(error, "%s: ", data->path);
    return NULL;
  }
  return rel_from_rows(self, rows, error);
}

static PkRel *
rel_from_text(PkLowering *self, const PkData *data, const char *text, gsize length, GError **error)
{
  const char *format = data_format(data);
  g_autoptr(PkRows) rows = NULL;
  g_autoptr(JsonNode) document = NULL;

  if (is_delimited(format)) {
    rows = pk_rows_new();
    pk_rows_add_delimited(rows, text, length, data_delimiter(data));
    return rel_from_rows(self, rows, error);
  }
  if (!g_str_equal(format, "json")) {
    pk_fail(error, PK_ERROR_UNSUPPORTED, "%s.format.type: text in \"%s\" cannot be read; use csv, tsv or json", data->path,
            format);
    return NULL;
  }
  document = pk_json_parse(text, (gssize)length, data->url ? data->url : data->path, error);
  return document ? rel_from_json(self, data, document, error) : NULL;
}

/* A table of the host's: its columns are the fields. */
static PkRel *
rel_from_table(PkLowering *self, const PkData *data, GError **error)
{
  g_autofree char *from = self->host->open(data, self->host->user, error);
  g_autofree char *sql = NULL;
  g_autoptr(GPtrArray) columns = NULL;
  gboolean all_text = data->kind == PK_DATA_URL && is_delimited(data_format(data));

  if (!from)
    return NULL;
  sql = g_strconcat("SELECT * FROM ", from, NULL);
  columns = self->host->describe(sql, self->host->user, error);
  if (!columns)
    return NULL;
  g_autoptr(PkRel) rel = pk_rel_new(from, TRUE);
  for (guint i = 0; i < columns->len; i++) {
    const PkColumnInfo *info = columns->pdata[i];
    PkRelField *field = pk_rel_declare(rel, info->name, info->name, info->type);
    field->sql_type = g_strdup(info->sql_type);
    field->csv_text = all_text && info->type.kind == PK_TYPE_TEXT;
  }
  return g_steal_pointer(&rel);
}

static PkRel *
rel_from_sequence(const PkData *data, GError **error)
{
  char start[G_ASCII_DTOSTR_BUF_SIZE], step[G_ASCII_DTOSTR_BUF_SIZE];
  double n = data->step != 0 ? ceil((data->stop - data->start) / data->step) : 0;
  g_autoptr(GString) sql = g_string_new(NULL);

  if (!(n <= 1e9)) {
    pk_fail(error, PK_ERROR_LIMIT, "%s.sequence: more than 1,000,000,000 values", data->path);
    return NULL;
  }
  g_string_printf(sql, "(SELECT CAST(%s AS DOUBLE) + i * CAST(%s AS DOUBLE) AS ",
                  g_ascii_dtostr(start, sizeof start, data->start), g_ascii_dtostr(step, sizeof step, data->step));
  pk_sql_append_ident(sql, data->as ? data->as : "data");
  g_string_append_printf(sql, " FROM range(%" G_GINT64_FORMAT ") t(i))", n > 0 ? (gint64)n : 0);
  PkRel *rel = pk_rel_new(sql->str, FALSE);
  pk_rel_declare(rel, data->as ? data->as : "data", data->as ? data->as : "data", PK_TYPE_OF(PK_TYPE_F64))->nan_free = TRUE;
  return rel;
}

static PkRel *
rel_from_url(PkLowering *self, const PkData *data, GError **error)
{
  g_autoptr(GBytes) bytes = NULL;
  gsize length;
  const char *text;

  if (!g_str_equal(data_format(data), "json"))
    return rel_from_table(self, data, error);
  bytes = self->host->read(data, self->host->user, error);
  if (!bytes)
    return NULL;
  text = g_bytes_get_data(bytes, &length);
  return rel_from_text(self, data, text, length, error);
}

/* Without data: the host's table if it has one, else one row without fields. */
static PkRel *
rel_from_nothing(PkLowering *self, const PkData *data, GError **error)
{
  g_autoptr(GError) local = NULL;
  PkRel *rel = rel_from_table(self, data, &local);

  if (rel)
    return rel;
  if (!g_error_matches(local, PK_ERROR, PK_ERROR_NOT_FOUND)) {
    g_propagate_error(error, g_steal_pointer(&local));
    return NULL;
  }
  return pk_rel_new("(SELECT 1 AS __one)", FALSE);
}

static PkRel *
make_base(PkLowering *self, const PkData *data, GError **error)
{
  JsonNode *values = data->values;

  switch (data->kind) {
  case PK_DATA_NAMED:
    values = self->spec->datasets ? json_object_get_member(self->spec->datasets, data->name) : NULL;
    if (!values)
      return rel_from_table(self, data, error);
    G_GNUC_FALLTHROUGH;
  case PK_DATA_INLINE:
    if (json_node_get_value_type(values) == G_TYPE_STRING) {
      const char *text = json_node_get_string(values);
      return rel_from_text(self, data, text, strlen(text), error);
    }
    return rel_from_json(self, data, values, error);
  case PK_DATA_URL:
    return rel_from_url(self, data, error);
  case PK_DATA_SEQUENCE:
    return rel_from_sequence(data, error);
  case PK_DATA_NONE:
    break;
  }
  return rel_from_nothing(self, data, error);
}

PkRel *
pk_lower_base(PkLowering *self, const PkData *data, GError **error)
{
  static const PkData none = { .kind = PK_DATA_NONE };
  g_autofree char *key = NULL;
  PkRel *rel;

  if (!data)
    data = &none;
  key = pk_lower_data_key(data);
  rel = g_hash_table_lookup(self->bases, key);
  if (!rel) {
    rel = make_base(self, data, error);
    if (!rel)
      return NULL;
    g_hash_table_insert(self->bases, g_steal_pointer(&key), rel);
  }
  return pk_rel_copy(rel);
}

/* "a"['b']['c'] of a nested column. */
static char *
nested_sql(const PkRelField *outer, char **steps)
{
  GString *sql = g_string_new(NULL);

  pk_sql_append_ident(sql, outer->column);
  for (; *steps; steps++) {
    char *end;
    guint64 index = g_ascii_strtoull(*steps, &end, 10);
    g_string_append_c(sql, '[');
    if (**steps && !*end && outer->type.kind == PK_TYPE_LIST)
      g_string_append_printf(sql, "%" G_GUINT64_FORMAT, index + 1);
    else
      pk_sql_append_literal(sql, *steps);
    g_string_append_c(sql, ']');
  }
  return g_string_free(sql, FALSE);
}

PkRelField *
pk_lower_field(PkLowering *self, PkRel *rel, const char *path, GError **error)
{
  g_autofree char *flat = pk_field_flat(path);
  g_auto(GStrv) steps = pk_field_split(path);
  PkRelField *field = pk_rel_find(rel, flat);
  PkRelField *outer = field || !steps[0] ? NULL : pk_rel_find(rel, steps[0]);
  g_autofree char *inner = NULL, *sql = NULL;
  g_autoptr(GPtrArray) columns = NULL;
  const PkColumnInfo *info;

  if (field || !outer || !steps[1] || !pk_type_is_nested(outer->type))
    return field;
  inner = nested_sql(outer, steps + 1);
  sql = g_strdup_printf("SELECT %s AS v FROM %s", inner, rel->from);
  columns = self->host->describe(sql, self->host->user, NULL);
  if (!columns || columns->len != 1)
    return NULL; /* no such member: undefined, which is null */
  info = columns->pdata[0];
  return pk_rel_set(rel, flat, inner, info->type);
}

#define MAX_FIELDS_LISTED 12

/* Fields that lowering itself made are not the reader's. */
static gboolean
is_shown(const PkRelField *field)
{
  return !g_str_has_prefix(field->name, "__");
}

void
pk_lower_warn_missing(PkLowering *self, const PkRel *rel, const char *path)
{
  g_autofree char *flat = pk_field_flat(path), *quoted = g_strdup_printf("\"%s\"", flat);
  GPtrArray *warnings = self->out->warnings;
  g_autoptr(GString) list = g_string_new(NULL);
  guint n = 0;

  for (guint i = 0; i < rel->fields->len; i++) {
    const PkRelField *field = rel->fields->pdata[i];
    if (is_shown(field) && n++ < MAX_FIELDS_LISTED)
      g_string_append_printf(list, "%s%s", n > 1 ? ", " : "", field->name);
  }
  for (guint i = 0; i < warnings->len; i++)
    if (strstr(warnings->pdata[i], quoted))
      return;
  if (n > 0)
    g_ptr_array_add(warnings, g_strdup_printf("the data have no field %s, which is taken as null; they have %s%s", quoted,
                                              list->str, n > MAX_FIELDS_LISTED ? ", …" : ""));
}
