/* A serialised statement, and the same with parts exchanged: it is recognised as a plan that passes every
 * check and
 * can be written, or refused with a reason, or no statement at all. */
#include "fuzz.h"

#include "pk-plan-sql.h"

#include <string.h>

#define N_MUTANTS 6
#define MOST_SPANS 4000

static const PkColumnInfo *
letter(char c)
{
  static const PkTypeKind kinds[] = { PK_TYPE_I64, PK_TYPE_F64, PK_TYPE_TEXT, PK_TYPE_TIMESTAMP, PK_TYPE_DATE,
                                      PK_TYPE_BOOL, PK_TYPE_U8, PK_TYPE_I128, PK_TYPE_DECIMAL, PK_TYPE_BLOB };
  static PkColumnInfo columns[26];
  static char names[26][2];
  guint i = (guint)(c - 'a');

  names[i][0] = c;
  columns[i] = (PkColumnInfo){ names[i], PK_TYPE_OF(kinds[i % G_N_ELEMENTS(kinds)]), NULL };
  if (columns[i].type.kind == PK_TYPE_DECIMAL)
    columns[i].type.precision = 18, columns[i].type.scale = 3;
  if (columns[i].type.kind == PK_TYPE_TIMESTAMP)
    columns[i].type.unit = PK_TYPE_UNIT_US;
  return &columns[i];
}

static const PkColumnInfo *
find_column(const char *relation, const char *column, gpointer data)
{
  static const PkColumnInfo columns[] = {
    { (char *)"flag", { .kind = PK_TYPE_BOOL }, NULL },
    { (char *)"tiny", { .kind = PK_TYPE_I8 }, NULL },
    { (char *)"n", { .kind = PK_TYPE_I32 }, NULL },
    { (char *)"big", { .kind = PK_TYPE_I64 }, NULL },
    { (char *)"ubig", { .kind = PK_TYPE_U64 }, NULL },
    { (char *)"huge", { .kind = PK_TYPE_I128 }, NULL },
    { (char *)"price", { .kind = PK_TYPE_DECIMAL, .precision = 12, .scale = 3 }, NULL },
    { (char *)"f", { .kind = PK_TYPE_F32 }, NULL },
    { (char *)"x", { .kind = PK_TYPE_F64 }, NULL },
    { (char *)"y", { .kind = PK_TYPE_F64 }, NULL },
    { (char *)"day", { .kind = PK_TYPE_DATE }, NULL },
    { (char *)"ts", { .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_US }, NULL },
    { (char *)"at_s", { .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_S }, NULL },
    { (char *)"at_ns", { .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_NS }, NULL },
    { (char *)"zoned", { .kind = PK_TYPE_TIMESTAMP_TZ, .unit = PK_TYPE_UNIT_US }, NULL },
    { (char *)"clock", { .kind = PK_TYPE_TIME, .unit = PK_TYPE_UNIT_US }, NULL },
    { (char *)"text", { .kind = PK_TYPE_TEXT }, NULL },
    { (char *)"level", { .kind = PK_TYPE_TEXT, .dictionary = TRUE }, NULL },
    { (char *)"list", { .kind = PK_TYPE_LIST }, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(columns); i++)
    if (g_ascii_strcasecmp(columns[i].name, column) == 0)
      return &columns[i];
  /* A letter is a column too, of a type that follows from the letter: some seeds use those. */
  return g_ascii_islower(column[0]) && column[1] == '\0' ? letter(column[0]) : NULL;
}

static char *
to_sql(const char *json, gpointer data)
{
  g_assert_true(g_utf8_validate(json, -1, NULL));
  return g_strdup("SELECT * FROM somewhere");
}

static void
check(const char *json)
{
  const PkSqlContext context = { .find_column = find_column, .to_sql = to_sql, .utc =
                                 strlen(json) % 2 == 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) plan_error = NULL;
  g_autofree char *reason = NULL;
  g_autoptr(PkSqlMatch) match = pk_sql_match(json, &context, &reason, &error);

  fuzz_check_error(match != NULL || reason != NULL, error);
  g_assert_true(!match || !reason);
  if (!match)
    return;
  g_assert_true(pk_plan_check(match->plan, &plan_error));
  g_autofree char *sql = pk_plan_to_sql(match->plan);
  g_autofree char *hash = pk_plan_hash(match->plan);
  g_autofree char *explained = pk_plan_explain(match->plan);
  g_assert_nonnull(strstr(sql, match->plan->relation));
  g_assert_cmpuint(strlen(hash), ==, 64);
  g_assert_nonnull(explained);
  for (guint i = 0; i < match->n_outputs; i++)
    g_assert_cmpuint(match->outputs[i].column, <, match->plan->n_keys + match->plan->n_aggs);
  for (guint i = 0; i < match->n_orders; i++)
    g_assert_cmpuint(match->orders[i].output, <, match->n_outputs);
  for (guint i = 0; i < match->n_assumptions; i++)
    g_assert_true(match->assumptions[i].lo <= match->assumptions[i].hi);
  g_assert_true(match->offset >= 0 && match->limit >= -1);
}

/* --- parts of a JSON text --- */

typedef struct {
  gsize start, end;
} Span;

/* The end of the value that starts at p, or p if it has none. */
static const char *
value_end(const char *p)
{
  gboolean in_text = FALSE;
  int depth = 0;

  for (const char *q = p; *q; q++) {
    if (in_text && *q == '\\' && q[1]) {
      q++;
      continue;
    }
    if (*q == '"')
      in_text = !in_text;
    else if (!in_text && (*q == '{' || *q == '['))
      depth++;
    else if (!in_text && (*q == '}' || *q == ']' || *q == ',') && depth == 0)
      return q;
    else if (!in_text && (*q == '}' || *q == ']') && --depth == 0)
      return q + 1;
    if (!in_text && *q == '"' && depth == 0)
      return q + 1;
  }
  return p;
}

static GArray *
find_values(const char *json)
{
  GArray *spans = g_array_new(FALSE, FALSE, sizeof(Span));
  gboolean in_text = FALSE;

  for (const char *p = json; *p && spans->len < MOST_SPANS; p++) {
    if (in_text && *p == '\\' && p[1]) {
      p++;
      continue;
    }
    if (*p == '"')
      in_text = !in_text;
    if (in_text || (*p != ':' && *p != '['))
      continue;
    const char *end = value_end(p + 1);
    Span span = { (gsize)(p + 1 - json), (gsize)(end - json) };
    if (span.end > span.start)
      g_array_append_val(spans, span);
  }
  return spans;
}

static char *
mutate(GRand *rand, const char *json)
{
  static const char *const others[] = { "null", "0", "-1", "\"\"", "[]", "{}", "true", "1e999", "[[]]",
                                        "\"x\"" };
  g_autoptr(GArray) spans = find_values(json);

  if (spans->len == 0)
    return g_strdup(json);
  Span out = g_array_index(spans, Span, g_rand_int_range(rand, 0, (gint)spans->len));
  Span in = g_array_index(spans, Span, g_rand_int_range(rand, 0, (gint)spans->len));
  GString *text = g_string_new_len(json, (gssize)out.start);
  if (g_rand_boolean(rand))
    g_string_append(text, others[g_rand_int_range(rand, 0, G_N_ELEMENTS(others))]);
  else
    g_string_append_len(text, json + in.start, (gssize)(in.end - in.start));
  g_string_append(text, json + out.end);
  return g_string_free(text, FALSE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autofree char *json = g_strndup(data ? (const char *)data : "", size);
  g_autoptr(GRand) rand = g_rand_new_with_seed(g_str_hash(json));

  check(json);
  for (guint i = 0; i < N_MUTANTS && strlen(json) < 1 << 18; i++) {
    char *mutant = mutate(rand, json);
    g_free(json);
    json = mutant;
    check(json);
  }
  return 0;
}
