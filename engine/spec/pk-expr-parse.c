/* The grammar of Vega's expressions: that of JavaScript without assignment, sequences, functions and
 * statements. */
#include "pk-error.h"
#include "pk-expr-lex.h"
#include "pk-expr-node.h"

#include <math.h>
#include <string.h>

/* Of brackets and prefixes, and of the tree, which long chains of operators make deep. */
#define MAX_DEPTH 150
#define MAX_TREE 1000

typedef struct {
  PkLexer lexer;
  PkExpr *expr;
  guint depth;
} Parser;

static PkNode *parse_choice(Parser *p);
static PkNode *parse_unary(Parser *p);

static PkNode *
node_new(Parser *p, PkNodeKind kind)
{
  PkNode *node = g_new0(PkNode, 1);
  g_ptr_array_add(p->expr->blocks, node);
  node->kind = kind;
  node->column = pk_lexer_column(&p->lexer, p->lexer.token.start);
  return node;
}

static void
set_args(Parser *p, PkNode *node, GPtrArray *args)
{
  node->n_args = args->len;
  for (guint i = 0; i < args->len; i++)
    node->depth = MAX(node->depth, ((PkNode *)args->pdata[i])->depth + 1);
  node->args = g_memdup2(args->pdata, args->len * sizeof(PkNode *));
  g_ptr_array_add(p->expr->blocks, node->args);
}

static PkNode *
node_of(Parser *p, PkNodeKind kind, PkOp op, guint column, PkNode *a, PkNode *b, PkNode *c)
{
  g_autoptr(GPtrArray) args = g_ptr_array_new();
  PkNode *node = node_new(p, kind);
  node->op = op;
  node->column = column;
  g_ptr_array_add(args, a);
  if (b)
    g_ptr_array_add(args, b);
  if (c)
    g_ptr_array_add(args, c);
  set_args(p, node, args);
  return node;
}

static gpointer
fail(Parser *p, const char *what)
{
  pk_lexer_fail(&p->lexer, p->lexer.token.start, what);
  return NULL;
}

static gboolean
expect(Parser *p, const char *mark)
{
  if (pk_lexer_is(&p->lexer, mark))
    return pk_lexer_next(&p->lexer);
  g_autofree char *what = g_strdup_printf(
    p->lexer.token.kind == PK_TOKEN_END ? "\"%s\" is expected, but the text ends" : "\"%s\" is expected",
    mark);
  return pk_lexer_fail(&p->lexer, p->lexer.token.start, what);
}

/* Items up to the closing mark, commas between; the opening one has been read. */
static GPtrArray *
parse_items(Parser *p, const char *close)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new();
  while (!pk_lexer_is(&p->lexer, close)) {
    PkNode *item = parse_choice(p);
    if (!item)
      return NULL;
    g_ptr_array_add(items, item);
    if (!pk_lexer_is(&p->lexer, ","))
      break;
    if (!pk_lexer_next(&p->lexer))
      return NULL;
  }
  return expect(p, close) ? g_steal_pointer(&items) : NULL;
}

static PkNode *
parse_array(Parser *p)
{
  PkNode *node = node_new(p, PK_NODE_ARRAY);
  if (!pk_lexer_next(&p->lexer))
    return NULL;
  g_autoptr(GPtrArray) items = parse_items(p, "]");
  if (!items)
    return NULL;
  set_args(p, node, items);
  return node;
}

static const char *
parse_key(Parser *p)
{
  PkToken *token = &p->lexer.token;
  if (token->kind == PK_TOKEN_NAME || token->kind == PK_TOKEN_TEXT)
    return pk_arena_text(p->expr->arena, token->text, -1);
  if (token->kind == PK_TOKEN_NUMBER) {
    g_autofree char *digits = pk_number_to_js(token->number);
    return pk_arena_text(p->expr->arena, digits, -1);
  }
  return fail(p, "a member name is expected");
}

static PkNode *
parse_object(Parser *p)
{
  PkNode *node = node_new(p, PK_NODE_OBJECT);
  g_autoptr(GPtrArray) items = g_ptr_array_new(), keys = g_ptr_array_new();
  if (!pk_lexer_next(&p->lexer))
    return NULL;
  while (!pk_lexer_is(&p->lexer, "}")) {
    const char *key = parse_key(p);
    if (!key || !pk_lexer_next(&p->lexer) || !expect(p, ":"))
      return NULL;
    PkNode *item = parse_choice(p);
    if (!item)
      return NULL;
    g_ptr_array_add(keys, (gpointer)key);
    g_ptr_array_add(items, item);
    if (!pk_lexer_is(&p->lexer, ","))
      break;
    if (!pk_lexer_next(&p->lexer))
      return NULL;
  }
  if (!expect(p, "}"))
    return NULL;
  set_args(p, node, items);
  node->keys = g_memdup2(keys->pdata, keys->len * sizeof(char *));
  g_ptr_array_add(p->expr->blocks, node->keys);
  return node;
}

static void
note(GPtrArray *names, const char *name)
{
  for (guint i = 0; i < names->len; i++)
    if (g_str_equal(names->pdata[i], name))
      return;
  g_ptr_array_add(names, (gpointer)name);
}

static const struct {
  const char *name;
  double value;
} constants[] = {
  { "NaN", NAN },           { "E", G_E },
  { "LN2", G_LN2 },         { "LN10", G_LN10 },
  { "LOG2E", M_LOG2E },     { "LOG10E", M_LOG10E },
  { "PI", G_PI },           { "SQRT1_2", M_SQRT1_2 },
  { "SQRT2", G_SQRT2 },     { "MIN_VALUE", 4.9406564584124654e-324 },
  { "MAX_VALUE", 1.7976931348623157e308 },
};

static PkNode *
parse_call(Parser *p, PkNode *node)
{
  if (pk_function_is_foreign(node->name)) {
    pk_fail(p->lexer.error, PK_ERROR_UNSUPPORTED, "expression column %u: the function %s() is not supported",
            node->column, node->name);
    return NULL;
  }
  node->kind = PK_NODE_CALL;
  node->function = pk_function_find(node->name);
  if (!node->function) {
    pk_fail(p->lexer.error, PK_ERROR_UNSUPPORTED, "expression column %u: there is no function %s()",
            node->column, node->name);
    return NULL;
  }
  if (!pk_lexer_next(&p->lexer))
    return NULL;
  g_autoptr(GPtrArray) args = parse_items(p, ")");
  if (!args)
    return NULL;
  if (args->len < node->function->min_args || args->len > node->function->max_args) {
    pk_fail(p->lexer.error, PK_ERROR_PARSE, "expression column %u: %s() takes %u to %u arguments, not %u",
            node->column, node->name, node->function->min_args, node->function->max_args, args->len);
    return NULL;
  }
  set_args(p, node, args);
  return node;
}

static PkNode *
parse_name(Parser *p)
{
  static const char *const reserved[] = {
    "break",      "case",   "catch",  "class",   "const",   "continue", "debugger", "default", "delete",
    "do",         "else",   "export", "extends", "finally", "for",      "function", "import",  "in",
    "instanceof", "let",    "new",    "return",  "static",  "super",    "switch",   "this",    "throw",
    "try",        "typeof", "var",    "void",    "while",   "with",     "yield",    "_",       NULL
  };
  PkNode *node = node_new(p, PK_NODE_PARAM);
  node->name = pk_arena_text(p->expr->arena, p->lexer.token.text, -1);
  if (g_strv_contains(reserved, node->name))
    return fail(p, "this name is not allowed");
  if (!pk_lexer_next(&p->lexer))
    return NULL;
  if (pk_lexer_is(&p->lexer, "("))
    return parse_call(p, node);
  if (g_str_equal(node->name, "true") || g_str_equal(node->name, "false") ||
      g_str_equal(node->name, "null")) {
    node->kind = PK_NODE_LITERAL;
    node->value = node->name[0] == 'n' ? pk_value_null() : pk_value_bool(node->name[0] == 't');
    return node;
  }
  for (guint i = 0; i < G_N_ELEMENTS(constants); i++) {
    if (g_str_equal(node->name, constants[i].name)) {
      node->kind = PK_NODE_LITERAL;
      node->value = pk_value_number(constants[i].value);
      return node;
    }
  }
  if (g_str_equal(node->name, "datum"))
    node->kind = PK_NODE_DATUM;
  else
    note(p->expr->params, node->name);
  return node;
}

static PkNode *
parse_literal(Parser *p)
{
  PkNode *node = node_new(p, PK_NODE_LITERAL);
  PkToken *token = &p->lexer.token;
  node->value = token->kind == PK_TOKEN_NUMBER
                  ? pk_value_number(token->number)
                  : pk_value_text(pk_arena_text(p->expr->arena, token->text, -1));
  return pk_lexer_next(&p->lexer) ? node : NULL;
}

static PkNode *
parse_regex(Parser *p)
{
  g_autofree char *pattern = NULL, *flags = NULL;
  PkNode *node = node_new(p, PK_NODE_REGEX);
  if (!pk_lexer_regex(&p->lexer, &pattern, &flags))
    return NULL;
  node->name = pk_arena_text(p->expr->arena, pattern, -1);
  node->flags = pk_arena_text(p->expr->arena, flags, -1);
  return node;
}

static PkNode *
parse_primary(Parser *p)
{
  PkLexer *lexer = &p->lexer;
  if (lexer->token.kind == PK_TOKEN_NUMBER || lexer->token.kind == PK_TOKEN_TEXT)
    return parse_literal(p);
  if (lexer->token.kind == PK_TOKEN_NAME)
    return parse_name(p);
  if (pk_lexer_is(lexer, "["))
    return parse_array(p);
  if (pk_lexer_is(lexer, "{"))
    return parse_object(p);
  if (pk_lexer_is(lexer, "/"))
    return parse_regex(p);
  if (!pk_lexer_is(lexer, "("))
    return fail(p, lexer->token.kind == PK_TOKEN_END ? "the text ends where a value is expected"
                                                     : "a value is expected");
  if (!pk_lexer_next(lexer))
    return NULL;
  PkNode *inner = parse_choice(p);
  return inner && expect(p, ")") ? inner : NULL;
}

/* The field that datum.a.b or datum['a'] reads, in Vega's notation, or NULL. */
static const char *
field_of(Parser *p, const PkNode *object, const PkNode *key)
{
  if (key->kind != PK_NODE_LITERAL || (object->kind != PK_NODE_DATUM && !object->field) ||
      (key->value.kind != PK_VALUE_TEXT && key->value.kind != PK_VALUE_NUMBER))
    return NULL;
  g_autoptr(GString) path = g_string_new(object->field);
  g_autofree char *part = pk_value_to_string(&key->value);
  if (path->len)
    g_string_append_c(path, '.');
  for (const char *c = part; *c; c++) {
    if (strchr(".[]\\", *c))
      g_string_append_c(path, '\\');
    g_string_append_c(path, *c);
  }
  return pk_arena_text(p->expr->arena, path->str, -1);
}

static PkNode *
parse_member(Parser *p, PkNode *object)
{
  gboolean computed = pk_lexer_is(&p->lexer, "[");
  PkNode *key;
  if (!pk_lexer_next(&p->lexer))
    return NULL;
  if (computed) {
    key = parse_choice(p);
    if (!key || !expect(p, "]"))
      return NULL;
  } else {
    if (p->lexer.token.kind != PK_TOKEN_NAME)
      return fail(p, "a member name is expected");
    key = parse_literal(p);
    if (!key)
      return NULL;
  }
  PkNode *node = node_of(p, PK_NODE_MEMBER, 0, object->column, object, key, NULL);
  node->field = field_of(p, object, key);
  return node;
}

static PkNode *
parse_postfix(Parser *p)
{
  PkNode *node = parse_primary(p);
  while (node && (pk_lexer_is(&p->lexer, ".") || pk_lexer_is(&p->lexer, "[")))
    node = parse_member(p, node);
  if (node && pk_lexer_is(&p->lexer, "("))
    return fail(p, "only functions of the language can be called, by their name");
  return node;
}

static PkNode *
parse_unary(Parser *p)
{
  static const struct {
    const char *mark;
    PkOp op;
  } ops[] = { { "-", PK_OP_NEG }, { "+", PK_OP_PLUS }, { "!", PK_OP_NOT }, { "~", PK_OP_BIT_NOT } };
  for (guint i = 0; i < G_N_ELEMENTS(ops); i++) {
    if (!pk_lexer_is(&p->lexer, ops[i].mark))
      continue;
    guint column = pk_lexer_column(&p->lexer, p->lexer.token.start);
    if (!pk_lexer_next(&p->lexer))
      return NULL;
    if (++p->depth > MAX_DEPTH)
      return fail(p, "nested too deeply");
    PkNode *inner = parse_unary(p);
    p->depth--;
    return inner ? node_of(p, PK_NODE_UNARY, ops[i].op, column, inner, NULL, NULL) : NULL;
  }
  return parse_postfix(p);
}

static const struct {
  const char *mark;
  guint precedence;
  PkNodeKind kind;
  PkOp op;
} binaries[] = {
  { "||", 1, PK_NODE_OR, 0 },
  { "&&", 2, PK_NODE_AND, 0 },
  { "|", 3, PK_NODE_BINARY, PK_OP_BIT_OR },
  { "^", 4, PK_NODE_BINARY, PK_OP_BIT_XOR },
  { "&", 5, PK_NODE_BINARY, PK_OP_BIT_AND },
  { "==", 6, PK_NODE_BINARY, PK_OP_EQ },
  { "!=", 6, PK_NODE_BINARY, PK_OP_NE },
  { "===", 6, PK_NODE_BINARY, PK_OP_SEQ },
  { "!==", 6, PK_NODE_BINARY, PK_OP_SNE },
  { "<", 7, PK_NODE_BINARY, PK_OP_LT },
  { ">", 7, PK_NODE_BINARY, PK_OP_GT },
  { "<=", 7, PK_NODE_BINARY, PK_OP_LE },
  { ">=", 7, PK_NODE_BINARY, PK_OP_GE },
  { "<<", 8, PK_NODE_BINARY, PK_OP_SHL },
  { ">>", 8, PK_NODE_BINARY, PK_OP_SHR },
  { ">>>", 8, PK_NODE_BINARY, PK_OP_USHR },
  { "+", 9, PK_NODE_BINARY, PK_OP_ADD },
  { "-", 9, PK_NODE_BINARY, PK_OP_SUB },
  { "*", 11, PK_NODE_BINARY, PK_OP_MUL },
  { "/", 11, PK_NODE_BINARY, PK_OP_DIV },
  { "%", 11, PK_NODE_BINARY, PK_OP_MOD },
};

/* The operator ahead as an index of binaries, n for "in", -1 for none. */
static gint
binary_ahead(const Parser *p)
{
  const PkToken *token = &p->lexer.token;
  if (token->kind == PK_TOKEN_NAME && g_str_equal(token->text, "in"))
    return G_N_ELEMENTS(binaries);
  for (guint i = 0; i < G_N_ELEMENTS(binaries); i++)
    if (pk_lexer_is(&p->lexer, binaries[i].mark))
      return (gint)i;
  return -1;
}

/* Precedence climbing: operators that bind at least as tightly as `least`, to the left. */
static PkNode *
parse_binary(Parser *p, guint least)
{
  PkNode *left = parse_unary(p);
  while (left) {
    gint i = binary_ahead(p);
    gboolean is_in = i == G_N_ELEMENTS(binaries);
    guint precedence = i < 0 ? 0 : is_in ? 7 : binaries[i].precedence;
    if (precedence < least || precedence == 0)
      return left;
    guint column = pk_lexer_column(&p->lexer, p->lexer.token.start);
    if (!pk_lexer_next(&p->lexer))
      return NULL;
    if (++p->depth > MAX_DEPTH)
      return fail(p, "nested too deeply");
    PkNode *right = parse_binary(p, precedence + 1);
    p->depth--;
    left = right ? node_of(p, is_in ? PK_NODE_BINARY : binaries[i].kind, is_in ? PK_OP_IN : binaries[i].op,
                           column, left, right, NULL)
                 : NULL;
  }
  return NULL;
}

static PkNode *
parse_choice(Parser *p)
{
  if (++p->depth > MAX_DEPTH)
    return fail(p, "nested too deeply");
  PkNode *node = parse_binary(p, 1);
  if (node && pk_lexer_is(&p->lexer, "?")) {
    guint column = pk_lexer_column(&p->lexer, p->lexer.token.start);
    PkNode *yes = pk_lexer_next(&p->lexer) ? parse_choice(p) : NULL;
    PkNode *no = yes && expect(p, ":") ? parse_choice(p) : NULL;
    node = no ? node_of(p, PK_NODE_CHOICE, 0, column, node, yes, no) : NULL;
  }
  p->depth--;
  return node;
}

/* Of a chain datum.a.b only the longest is a field that is read. */
static void
note_fields(PkExpr *expr, const PkNode *node)
{
  if (node->field) {
    note(expr->fields, node->field);
    return;
  }
  if (node->kind == PK_NODE_DATUM)
    expr->reads_any_field = TRUE;
  for (guint i = 0; i < node->n_args; i++)
    note_fields(expr, node->args[i]);
}

PkExpr *
pk_expr_parse(const char *text, GError **error)
{
  g_autoptr(PkExpr) expr = g_new0(PkExpr, 1);
  expr->arena = pk_arena_new();
  expr->blocks = g_ptr_array_new_with_free_func(g_free);
  expr->fields = g_ptr_array_new();
  expr->params = g_ptr_array_new();
  expr->now = (double)(g_get_real_time() / 1000);
  if (!g_utf8_validate(text, -1, NULL)) {
    pk_fail(error, PK_ERROR_PARSE, "an expression with invalid UTF-8");
    return NULL;
  }
  Parser p = { .expr = expr };
  pk_lexer_init(&p.lexer, text, error);
  expr->root = pk_lexer_next(&p.lexer) ? parse_choice(&p) : NULL;
  if (expr->root && p.lexer.token.kind != PK_TOKEN_END)
    expr->root = fail(&p, "the expression ends here, but more text follows");
  pk_lexer_clear(&p.lexer);
  if (!expr->root)
    return NULL;
  if (expr->root->depth > MAX_TREE) {
    pk_fail(error, PK_ERROR_LIMIT, "the expression has more than %d operators in a chain", MAX_TREE);
    return NULL;
  }
  note_fields(expr, expr->root);
  return g_steal_pointer(&expr);
}

void
pk_expr_free(PkExpr *self)
{
  if (!self)
    return;
  pk_arena_free(self->arena);
  g_ptr_array_unref(self->blocks);
  g_ptr_array_unref(self->fields);
  g_ptr_array_unref(self->params);
  g_free(self);
}

const GPtrArray *
pk_expr_get_fields(const PkExpr *self)
{
  return self->fields;
}

const GPtrArray *
pk_expr_get_params(const PkExpr *self)
{
  return self->params;
}

gboolean
pk_expr_reads_any_field(const PkExpr *self)
{
  return self->reads_any_field;
}
