#include "cli.h"

#include <pika/pika.h>

#include <math.h>
#include <string.h>

static const CliOption *
find_option(const CliVerb *verb, const char *name, gsize length, char letter)
{
  for (const CliOption *const *group = verb->groups; *group; group++)
    for (const CliOption *o = *group; o->name; o++)
      if (letter ? o->letter == letter : strlen(o->name) == length && !strncmp(o->name, name, length))
        return o;
  return NULL;
}

/* Optimal string alignment distance (Damerau-Levenshtein without repeated edits). */
static guint
edit_distance(const char *a, const char *b)
{
  gsize n = strlen(a), m = strlen(b);
  if (n > 40 || m > 40)
    return G_MAXUINT;
  guint d[42][42];
  for (gsize i = 0; i <= n; i++)
    d[i][0] = (guint)i;
  for (gsize j = 0; j <= m; j++)
    d[0][j] = (guint)j;
  for (gsize i = 1; i <= n; i++)
    for (gsize j = 1; j <= m; j++) {
      guint cost = a[i - 1] != b[j - 1];
      d[i][j] = MIN(MIN(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + cost);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = MIN(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[n][m];
}

const char *
cli_suggest(const char *word, const char *const *names)
{
  const char *best = NULL;
  guint least = G_MAXUINT;
  for (; *names; names++) {
    guint distance = edit_distance(word, *names);
    if (g_str_has_prefix(*names, word) && *word)
      distance = MIN(distance, 1);
    if (distance < least) {
      least = distance;
      best = *names;
    }
  }
  return least <= MAX(strlen(word) / 3, 1) + (strlen(word) > 3) ? best : NULL;
}

static gboolean
fail_unknown(const CliVerb *verb, const char *word, GError **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (const CliOption *const *group = verb->groups; *group; group++)
    for (const CliOption *o = *group; o->name; o++)
      g_ptr_array_add(names, (gpointer)o->name);
  g_ptr_array_add(names, NULL);
  g_autofree char *bare = g_strdup(word + strspn(word, "-"));
  bare[strcspn(bare, "=")] = 0;
  const char *near = cli_suggest(bare, (const char *const *)names->pdata);
  if (near)
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "pika %s: unknown option %s; did you mean --%s?", verb->name,
                word, near);
  else
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "pika %s: unknown option %s; see pika %s --help", verb->name,
                word, verb->name);
  return FALSE;
}

static gboolean
check_value(const CliVerb *verb, const CliOption *o, const char *value, GError **error)
{
  if (o->kind == CLI_NUMBER) {
    char *end;
    double number = g_ascii_strtod(value, &end);
    if (end == value || *end || !isfinite(number) || number < 0) {
      g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "pika %s: --%s takes a number%s, not \"%s\"", verb->name,
                  o->name, number < 0 ? " of 0 or more" : "", value);
      return FALSE;
    }
  }
  if (o->kind == CLI_CHOICE) {
    g_auto(GStrv) choices = g_strsplit(o->choices, "|", -1);
    if (!g_strv_contains((const char *const *)choices, value)) {
      const char *near = cli_suggest(value, (const char *const *)choices);
      g_autofree char *list = g_strjoinv(", ", choices);
      g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "pika %s: --%s takes one of %s, not \"%s\"%s%s%s", verb->name,
                  o->name, list, value, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
store(const CliVerb *verb, CliArgs *args, const CliOption *o, const char *value, GError **error)
{
  GPtrArray *list = g_hash_table_lookup(args->values, o->name);
  if (list && !o->repeats && o->kind != CLI_FLAG) {
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "pika %s: --%s was given twice", verb->name, o->name);
    return FALSE;
  }
  if (value && !check_value(verb, o, value, error))
    return FALSE;
  if (!list) {
    list = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_insert(args->values, (gpointer)o->name, list);
  }
  g_ptr_array_add(list, g_strdup(value ? value : ""));
  return TRUE;
}

static gboolean
take_long(const CliVerb *verb, int argc, char **argv, int *i, CliArgs *args, GError **error)
{
  const char *word = argv[*i] + 2, *equals = strchr(word, '=');
  gsize length = equals ? (gsize)(equals - word) : strlen(word);
  const CliOption *o = find_option(verb, word, length, 0);
  if (!o)
    return fail_unknown(verb, argv[*i], error);
  if (o->kind == CLI_FLAG) {
    if (equals) {
      g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "pika %s: --%s takes no value", verb->name, o->name);
      return FALSE;
    }
    return store(verb, args, o, NULL, error);
  }
  const char *value = equals ? equals + 1 : *i + 1 < argc ? argv[++*i] : NULL;
  if (!value) {
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "pika %s: --%s needs a value: %s", verb->name, o->name,
                o->choices ? o->choices : o->argument);
    return FALSE;
  }
  return store(verb, args, o, value, error);
}

/* -v, -o FILE, -oFILE, and flags run together: -qv. */
static gboolean
take_short(const CliVerb *verb, int argc, char **argv, int *i, CliArgs *args, GError **error)
{
  for (const char *c = argv[*i] + 1; *c; c++) {
    const CliOption *o = find_option(verb, NULL, 0, *c);
    if (!o)
      return fail_unknown(verb, argv[*i], error);
    if (o->kind == CLI_FLAG) {
      if (!store(verb, args, o, NULL, error))
        return FALSE;
      continue;
    }
    const char *value = c[1] ? c + 1 : *i + 1 < argc ? argv[++*i] : NULL;
    if (!value) {
      g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "pika %s: -%c needs a value: %s", verb->name, *c, o->argument);
      return FALSE;
    }
    return store(verb, args, o, value, error);
  }
  return TRUE;
}

gboolean
cli_parse(const CliVerb *verb, int argc, char **argv, CliArgs *args, GError **error)
{
  args->verb = verb;
  args->values = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  args->positional = g_ptr_array_new_with_free_func(g_free);
  gboolean only_positional = FALSE;
  for (int i = 0; i < argc; i++) {
    const char *word = argv[i];
    if (only_positional || word[0] != '-' || !word[1])
      g_ptr_array_add(args->positional, g_strdup(word));
    else if (!strcmp(word, "--"))
      only_positional = TRUE;
    else if (word[1] == '-' ? !take_long(verb, argc, argv, &i, args, error)
                            : !take_short(verb, argc, argv, &i, args, error))
      return FALSE;
  }
  return TRUE;
}

void
cli_args_clear(CliArgs *args)
{
  g_clear_pointer(&args->values, g_hash_table_unref);
  g_clear_pointer(&args->positional, g_ptr_array_unref);
}

const GPtrArray *
cli_get_all(const CliArgs *args, const char *name)
{
  return g_hash_table_lookup(args->values, name);
}

gboolean
cli_has(const CliArgs *args, const char *name)
{
  return cli_get_all(args, name) != NULL;
}

const char *
cli_get(const CliArgs *args, const char *name)
{
  const GPtrArray *list = cli_get_all(args, name);
  return list ? list->pdata[list->len - 1] : NULL;
}

double
cli_get_number(const CliArgs *args, const char *name, double fallback)
{
  const char *text = cli_get(args, name);
  return text ? g_ascii_strtod(text, NULL) : fallback;
}
