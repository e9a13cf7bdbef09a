/* What the queries of a workspace read, found by the names in their SQL, and queries that stand for themselves.
 *
 * A query is cut into what SQL is cut into: names, plain and in double quotes, and all that holds none (texts in single
 * quotes or between $tags$, comments). A name is a use of a table where FROM, JOIN, or a comma of their lists stands before
 * it. That "extract(year FROM day)" looks like one costs, at worst, an update that changes nothing. */
#include <pika/pika.h>

#include "pk-error.h"
#include "pk-sql-quote.h"

#include <string.h>

/* DuckDB's reserved words (duckdb_keywords() of 1.5, category reserved). */
static const char *const reserved[] = {
  "all", "analyse", "analyze", "and", "any", "array", "as", "asc_p", "asc", "asymmetric", "both", "case", "cast", "check",
  "collate", "column", "constraint", "create", "default", "deferrable", "desc", "describe", "distinct", "do", "else", "end",
  "except", "false", "fetch", "for", "foreign", "from", "group", "having", "in", "initially", "intersect", "into", "lambda",
  "lateral", "leading", "limit", "not", "null", "offset", "on", "only", "or", "order", "pivot", "pivot_longer",
  "pivot_wider", "placing", "primary", "qualify", "references", "returning", "select", "show", "some", "summarize",
  "symmetric", "table", "then", "to", "trailing", "true", "union", "unique", "unpivot", "using", "variadic", "when", "where",
  "window", "with", NULL,
};

typedef enum { OTHER, NAME } Kind;

typedef struct {
  const char *start, *end;
  Kind kind;
} Token;

static gboolean
begins_name(const char *p)
{
  return g_ascii_isalpha(*p) || *p == '_' || (guchar)*p >= 0x80;
}

static const char *
skip_name(const char *p)
{
  while (begins_name(p) || g_ascii_isdigit(*p) || *p == '$')
    p++;
  return p;
}

/* Past the quote that ends what begins at p; a doubled one is part of it. */
static const char *
skip_quoted(const char *p)
{
  char quote = *p++;
  for (; *p; p++)
    if (*p == quote && *++p != quote)
      return p;
  return p;
}

/* E'…' knows backslashes. */
static const char *
skip_escaped(const char *p)
{
  for (p += 2; *p; p++) {
    if (*p == '\\' && p[1])
      p++;
    else if (*p == '\'' && *++p != '\'')
      return p;
  }
  return p;
}

/* $tag$…$tag$; a $ that begins none is one character. */
static const char *
skip_dollar(const char *p)
{
  const char *tag_end = p + 1;
  while (begins_name(tag_end) || (tag_end > p + 1 && g_ascii_isdigit(*tag_end)))
    tag_end++;
  if (*tag_end != '$')
    return p + 1;
  g_autofree char *tag = g_strndup(p, (gsize)(tag_end + 1 - p));
  const char *close = strstr(tag_end + 1, tag);
  return close ? close + strlen(tag) : p + strlen(p);
}

/* Comments nest. */
static const char *
skip_comment(const char *p)
{
  guint depth = 0;
  while (*p) {
    if (p[0] == '/' && p[1] == '*') {
      depth++;
      p += 2;
    } else if (p[0] == '*' && p[1] == '/') {
      p += 2;
      if (--depth == 0)
        return p;
    } else {
      p++;
    }
  }
  return p;
}

static gboolean
next_token(const char **at, Token *token)
{
  const char *p = *at;
  if (!*p)
    return FALSE;
  *token = (Token){ .start = p, .kind = OTHER };
  if ((*p == 'e' || *p == 'E') && p[1] == '\'') {
    p = skip_escaped(p);
  } else if (begins_name(p)) {
    token->kind = NAME;
    p = skip_name(p);
  } else if (*p == '"') {
    token->kind = NAME;
    p = skip_quoted(p);
  } else if (*p == '\'') {
    p = skip_quoted(p);
  } else if (*p == '$') {
    p = skip_dollar(p);
  } else if (p[0] == '-' && p[1] == '-') {
    p += strcspn(p, "\n");
  } else if (p[0] == '/' && p[1] == '*') {
    p = skip_comment(p);
  } else if (g_ascii_isdigit(*p)) {
    while (g_ascii_isalnum(*p) || *p == '_')
      p++;
  } else {
    p++;
  }
  token->end = *at = p;
  return TRUE;
}

/* The name that a token spells, without quotes. */
static char *
token_name(const Token *token)
{
  if (*token->start != '"')
    return g_strndup(token->start, (gsize)(token->end - token->start));
  GString *name = g_string_new(NULL);
  for (const char *p = token->start + 1; p < token->end && !(*p == '"' && p + 1 == token->end); p++) {
    g_string_append_c(name, *p);
    p += p[0] == '"' && p[1] == '"';
  }
  return g_string_free(name, FALSE);
}

/* --- where tables stand --- */

/* Goes through a statement, and knows at each name whether a table's is expected there. */
typedef struct {
  const char *at;
  GByteArray *lists; /* a level of parentheses: within a list of tables? */
  gboolean expects;
} Walk;

static void
walk_begin(Walk *self, const char *sql)
{
  static const guint8 top = FALSE;
  *self = (Walk){ .at = sql, .lists = g_byte_array_new() };
  g_byte_array_append(self->lists, &top, 1);
}

static void
walk_clear(Walk *self)
{
  g_byte_array_unref(self->lists);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Walk, walk_clear)

static gboolean
is_space(const Token *token)
{
  return g_ascii_isspace(*token->start) || g_str_has_prefix(token->start, "--") || g_str_has_prefix(token->start, "/*");
}

/* Of a word: TRUE if it is one of SQL's that decides what comes next. */
static gboolean
take_keyword(Walk *self, const char *word)
{
  static const char *const begins[] = { "from", "join", "pivot", "unpivot", "describe", "summarize", "table", NULL };
  static const char *const ends[] = { "select", "where", "group", "order", "having", "limit", "offset", "window", "qualify",
                                      "union", "intersect", "except", "values", "sample", NULL };
  static const char *const passes[] = { "lateral", "only", NULL };
  guint8 *list = &self->lists->data[self->lists->len - 1];
  g_autofree char *lower = g_ascii_strdown(word, -1);
  if (g_strv_contains(begins, lower))
    *list = self->expects = TRUE;
  else if (g_strv_contains(ends, lower))
    *list = self->expects = FALSE;
  else
    return g_strv_contains(passes, lower);
  return TRUE;
}

static void
take_sign(Walk *self, char sign)
{
  guint8 inner = self->expects;
  if (sign == '(') {
    g_byte_array_append(self->lists, &inner, 1);
  } else if (sign == ')') {
    if (self->lists->len > 1)
      g_byte_array_set_size(self->lists, self->lists->len - 1);
    self->expects = FALSE;
  } else if (sign == ',') {
    self->expects = self->lists->data[self->lists->len - 1];
  } else if (sign != '.') {
    self->expects = FALSE;
  }
}

/* What stands at p after space. */
static char
next_sign(const char *p)
{
  Token token;
  while (next_token(&p, &token))
    if (!is_space(&token))
      return *token.start;
  return 0;
}

/* The next token. *table: a name that is a table's, and not that of a schema before it. *owner: one that a dot follows. */
static gboolean
walk_next(Walk *self, Token *token, char **name, gboolean *table, gboolean *owner)
{
  g_clear_pointer(name, g_free);
  *table = *owner = FALSE;
  if (!next_token(&self->at, token))
    return FALSE;
  if (is_space(token))
    return TRUE;
  if (token->kind != NAME) {
    take_sign(self, *token->start);
    return TRUE;
  }
  g_autofree char *spelt = token_name(token);
  if (*token->start != '"' && take_keyword(self, spelt))
    return TRUE;
  *owner = next_sign(self->at) == '.';
  *table = self->expects && !*owner;
  self->expects = self->expects && *owner;
  *name = g_steal_pointer(&spelt);
  return TRUE;
}

char **
pika_sql_list_tables(const char *sql)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *name = NULL;
  g_auto(Walk) walk;
  gboolean table, owner;
  Token token;
  walk_begin(&walk, sql);
  while (walk_next(&walk, &token, &name, &table, &owner))
    if (table && g_hash_table_add(seen, g_ascii_strdown(name, -1))) {
      g_autofree char *lower = g_ascii_strdown(name, -1);
      g_strv_builder_add(names, lower);
    }
  return g_strv_builder_end(names);
}

char *
pika_sql_quote_name(const char *name)
{
  gboolean plain = g_ascii_islower(*name) || *name == '_';
  for (const char *p = name; *p; p++)
    plain = plain && (g_ascii_islower(*p) || g_ascii_isdigit(*p) || *p == '_');
  return plain && !g_strv_contains(reserved, name) ? g_strdup(name) : pk_sql_dup_ident(name);
}

char *
pika_sql_replace_table(const char *sql, const char *name, const char *replacement)
{
  g_autofree char *written = pika_sql_quote_name(replacement), *found = NULL;
  GString *out = g_string_new(NULL);
  g_auto(Walk) walk;
  gboolean table, owner;
  Token token;
  walk_begin(&walk, sql);
  while (walk_next(&walk, &token, &found, &table, &owner)) {
    if ((table || owner) && !g_ascii_strcasecmp(found, name))
      g_string_append(out, written);
    else
      g_string_append_len(out, token.start, token.end - token.start);
  }
  return g_string_free(out, FALSE);
}

GPtrArray *
pika_workspace_list_inputs(const PikaWorkspace *self, const PikaWorkspaceNode *node)
{
  GPtrArray *inputs = g_ptr_array_new();
  g_auto(GStrv) names = node->kind == PIKA_NODE_QUERY && node->text ? pika_sql_list_tables(node->text) : NULL;
  for (guint i = 0; i < self->nodes->len; i++) {
    PikaWorkspaceNode *other = self->nodes->pdata[i];
    gboolean reads = node->input && !strcmp(node->input, other->id);
    gboolean named = other != node && (other->kind == PIKA_NODE_TABLE || other->kind == PIKA_NODE_QUERY) && other->name;
    for (guint k = 0; named && names && names[k] && !reads; k++)
      reads = !g_ascii_strcasecmp(names[k], other->name);
    if (reads)
      g_ptr_array_add(inputs, other->id);
  }
  return inputs;
}

/* --- a query that stands for itself --- */

/* Without the white space and semicolons at its end; a comment there ends before what follows. */
static char *
bare_statement(const char *sql)
{
  const char *at = sql, *end = sql;
  Token token;
  while (next_token(&at, &token)) {
    if (!is_space(&token) && *token.start != ';')
      end = token.end;
  }
  return g_strndup(sql, (gsize)(end - sql));
}

typedef struct {
  const PikaWorkspace *workspace;
  GHashTable *done;    /* ids of queries that stand in `with` */
  GHashTable *open;    /* ids of those that are being added */
  GString *with;       /* "a AS (…), b AS (…)" */
} Inlining;

static gboolean
add_query(Inlining *self, const PikaWorkspaceNode *node, GError **error)
{
  if (g_hash_table_contains(self->done, node->id))
    return TRUE;
  g_autofree char *sql = bare_statement(node->frozen ? node->frozen : node->text ? node->text : "");
  if (!*sql)
    return pk_fail(error, PK_ERROR_INVALID, "the query \"%s\" is empty", node->name);
  if (!g_hash_table_add(self->open, node->id))
    return pk_fail(error, PK_ERROR_INVALID, "the query \"%s\" reads itself", node->name);
  g_autoptr(GPtrArray) inputs = node->frozen ? g_ptr_array_new() : pika_workspace_list_inputs(self->workspace, node);
  for (guint i = 0; i < inputs->len; i++) {
    const PikaWorkspaceNode *input = pika_workspace_find_node(self->workspace, inputs->pdata[i]);
    if (input->kind == PIKA_NODE_QUERY && !add_query(self, input, error))
      return FALSE;
  }
  g_hash_table_remove(self->open, node->id);
  g_hash_table_add(self->done, node->id);
  g_autofree char *name = pika_sql_quote_name(node->name);
  g_string_append_printf(self->with, "%s%s AS (%s\n)", self->with->len ? ", " : "", name, sql);
  return TRUE;
}

static char *
read_name(const PikaWorkspaceNode *node)
{
  g_autofree char *name = pika_sql_quote_name(node->name);
  return g_strdup_printf("SELECT * FROM %s", name);
}

char *
pika_workspace_dup_sql(const PikaWorkspace *self, const PikaWorkspaceNode *node, GError **error)
{
  if (node->frozen)
    return g_strdup(node->frozen);
  if (node->kind == PIKA_NODE_PLOT) {
    const PikaWorkspaceNode *input = pika_workspace_find_node(self, node->input);
    if (input)
      return pika_workspace_dup_sql(self, input, error);
    pk_fail(error, PK_ERROR_INVALID, "the plot shows no table or query yet: connect it to one");
    return NULL;
  }
  g_return_val_if_fail(node->kind == PIKA_NODE_TABLE || node->kind == PIKA_NODE_QUERY, NULL);
  if (node->kind == PIKA_NODE_TABLE)
    return read_name(node);
  g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal), open = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GString) with = g_string_new(NULL);
  Inlining inlining = { self, done, open, with };
  if (!add_query(&inlining, node, error))
    return NULL;
  if (g_hash_table_size(done) == 1)
    return bare_statement(node->text);
  g_autofree char *select = read_name(node);
  return g_strdup_printf("WITH %s\n%s", with->str, select);
}
