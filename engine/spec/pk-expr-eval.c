/* Evaluation of expressions: ECMA-262's abstract operations on PkValue. */
#include "pk-error.h"
#include "pk-expr-node.h"

#include "pk-ecma.h"

#include <math.h>
#include <string.h>

gboolean
pk_value_is_undefined(const PkValue *v)
{
  return v->kind == PK_VALUE_NULL && isnan(v->number);
}

gboolean
pk_value_is_regex(const PkValue *v)
{
  return v->kind == PK_VALUE_OBJECT && v->text;
}

const char *
pk_value_arena_string(PkArena *arena, const PkValue *v)
{
  if (v->kind == PK_VALUE_TEXT)
    return v->text;
  g_autofree char *text = pk_value_is_regex(v) ? g_strdup(v->text) : pk_value_to_string(v);
  return pk_arena_text(arena, text, -1);
}

gint32
pk_value_to_int32(const PkValue *v)
{
  double d = pk_value_to_number(v);
  if (!isfinite(d))
    return 0;
  d = fmod(trunc(d), 4294967296.0);
  if (d < 0)
    d += 4294967296.0;
  return (gint32)(guint32)d;
}

/* ToPrimitive without a hint: what is no primitive is a text. */
static PkValue
to_primitive(PkArena *arena, const PkValue *v)
{
  if (v->kind == PK_VALUE_DATE || v->kind == PK_VALUE_ARRAY || v->kind == PK_VALUE_OBJECT)
    return pk_value_text(pk_value_arena_string(arena, v));
  return *v;
}

static gboolean
is_reference(const PkValue *v)
{
  return v->kind == PK_VALUE_DATE || v->kind == PK_VALUE_ARRAY || v->kind == PK_VALUE_OBJECT;
}

/* Both of one kind, or null and undefined. */
static gboolean
same_kind_equal(const PkNode *a_node, const PkNode *b_node, const PkValue *a, const PkValue *b)
{
  switch (a->kind) {
  case PK_VALUE_TEXT:
    return strcmp(a->text, b->text) == 0;
  case PK_VALUE_DATE:
    return a_node && b_node && pk_node_equal(a_node, b_node);
  case PK_VALUE_ARRAY:
  case PK_VALUE_OBJECT:
    return a->items == b->items || (a_node && b_node && a_node->field && pk_node_equal(a_node, b_node));
  case PK_VALUE_NULL:
    return TRUE;
  default:
    return a->number == b->number;
  }
}

static gboolean
strict_equal(const PkNode *a_node, const PkNode *b_node, const PkValue *a, const PkValue *b)
{
  if (a->kind != b->kind || pk_value_is_undefined(a) != pk_value_is_undefined(b))
    return FALSE;
  return same_kind_equal(a_node, b_node, a, b);
}

static gboolean
loose_equal(PkArena *arena, const PkNode *a_node, const PkNode *b_node, const PkValue *a, const PkValue *b)
{
  if (a->kind == b->kind || (is_reference(a) && is_reference(b)))
    return a->kind == b->kind && same_kind_equal(a_node, b_node, a, b);
  if (a->kind == PK_VALUE_NULL || b->kind == PK_VALUE_NULL)
    return FALSE;
  PkValue x = to_primitive(arena, a), y = to_primitive(arena, b);
  if (x.kind == PK_VALUE_TEXT && y.kind == PK_VALUE_TEXT)
    return strcmp(x.text, y.text) == 0;
  return pk_value_to_number(&x) == pk_value_to_number(&y);
}

/* -1, 0, 1, or 2 if the two cannot be ordered. */
static int
order(PkArena *arena, const PkValue *a, const PkValue *b)
{
  PkValue x = a->kind == PK_VALUE_DATE ? *a : to_primitive(arena, a);
  PkValue y = b->kind == PK_VALUE_DATE ? *b : to_primitive(arena, b);
  if (x.kind == PK_VALUE_TEXT && y.kind == PK_VALUE_TEXT) {
    int c = pk_utf16_compare(x.text, y.text);
    return c < 0 ? -1 : c > 0;
  }
  double p = pk_value_to_number(&x), q = pk_value_to_number(&y);
  return p < q ? -1 : p > q ? 1 : p == q ? 0 : 2;
}

static PkValue
add(PkArena *arena, const PkValue *a, const PkValue *b)
{
  PkValue x = to_primitive(arena, a), y = to_primitive(arena, b);
  if (x.kind != PK_VALUE_TEXT && y.kind != PK_VALUE_TEXT)
    return pk_value_number(pk_value_to_number(&x) + pk_value_to_number(&y));
  g_autofree char *text =
    g_strconcat(pk_value_arena_string(arena, &x), pk_value_arena_string(arena, &y), NULL);
  return pk_value_text(pk_arena_text(arena, text, -1));
}

static PkValue
arithmetic(PkOp op, const PkValue *a, const PkValue *b)
{
  double x = pk_value_to_number(a), y = pk_value_to_number(b);
  gint32 i, j;
  switch (op) {
  case PK_OP_SUB:
    return pk_value_number(x - y);
  case PK_OP_MUL:
    return pk_value_number(x * y);
  case PK_OP_DIV:
    return pk_value_number(x / y);
  case PK_OP_MOD:
    return pk_value_number(fmod(x, y));
  default:
    break;
  }
  i = pk_value_to_int32(a);
  j = pk_value_to_int32(b);
  switch (op) {
  case PK_OP_BIT_AND:
    return pk_value_number(i & j);
  case PK_OP_BIT_OR:
    return pk_value_number(i | j);
  case PK_OP_BIT_XOR:
    return pk_value_number(i ^ j);
  case PK_OP_SHL:
    return pk_value_number((gint32)((guint32)i << (j & 31)));
  case PK_OP_SHR:
    return pk_value_number(i >> (j & 31));
  default:
    return pk_value_number((guint32)i >> (j & 31));
  }
}

PkValue
pk_value_binary(PkArena *arena, PkOp op, const PkNode *a_node, const PkNode *b_node, const PkValue *a,
                const PkValue *b)
{
  PkValue found;
  int c;
  switch (op) {
  case PK_OP_ADD:
    return add(arena, a, b);
  case PK_OP_EQ:
  case PK_OP_NE:
    return pk_value_bool(loose_equal(arena, a_node, b_node, a, b) == (op == PK_OP_EQ));
  case PK_OP_SEQ:
  case PK_OP_SNE:
    return pk_value_bool(strict_equal(a_node, b_node, a, b) == (op == PK_OP_SEQ));
  case PK_OP_LT:
    return pk_value_bool(order(arena, a, b) == -1);
  case PK_OP_GT:
    return pk_value_bool(order(arena, a, b) == 1);
  case PK_OP_LE:
  case PK_OP_GE:
    c = order(arena, a, b);
    return pk_value_bool(c == 0 || c == (op == PK_OP_LE ? -1 : 1));
  case PK_OP_IN:
    found = pk_value_member(arena, b, a);
    return pk_value_bool(!pk_value_is_undefined(&found));
  default:
    return arithmetic(op, a, b);
  }
}

/* One UTF-16 unit of a text; half of a pair counts as U+FFFD. */
static PkValue
text_at(PkArena *arena, const char *text, double index)
{
  gunichar2 *units;
  glong n = 0;
  PkValue out = pk_value_undefined();
  if (index < 0 || index != trunc(index))
    return out;
  units = g_utf8_to_utf16(text, -1, NULL, &n, NULL);
  if (units && index < (double)n) {
    gunichar2 unit = units[(glong)index];
    char utf8[8] = { 0 };
    g_unichar_to_utf8(unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit, utf8);
    out = pk_value_text(pk_arena_text(arena, utf8, -1));
  }
  g_free(units);
  return out;
}

PkValue
pk_value_member(PkArena *arena, const PkValue *object, const PkValue *key)
{
  double index = key->kind == PK_VALUE_NUMBER ? key->number : NAN;
  const char *name = pk_value_arena_string(arena, key);
  if (object->kind == PK_VALUE_OBJECT && object->items) {
    for (guint i = object->items->len; i >= 2; i -= 2)
      if (g_str_equal(((PkValue *)object->items->pdata[i - 2])->text, name))
        return *(PkValue *)object->items->pdata[i - 1];
    return pk_value_undefined();
  }
  if (object->kind == PK_VALUE_NULL && g_str_equal(name, "length"))
    return pk_value_number(NAN); /* where JavaScript throws */
  if (object->kind != PK_VALUE_ARRAY && object->kind != PK_VALUE_TEXT)
    return pk_value_undefined();
  gboolean is_text = object->kind == PK_VALUE_TEXT;
  if (g_str_equal(name, "length"))
    return pk_value_number(is_text ? (double)pk_utf16_length(object->text) : object->items->len);
  if (key->kind == PK_VALUE_TEXT && name[0] && strspn(name, "0123456789") == strlen(name) &&
      (name[0] != '0' || !name[1]))
    index = g_ascii_strtod(name, NULL);
  if (is_text)
    return text_at(arena, object->text, index);
  if (index >= 0 && index == trunc(index) && index < object->items->len)
    return *(PkValue *)object->items->pdata[(guint)index];
  return pk_value_undefined();
}

gboolean
pk_node_equal(const PkNode *a, const PkNode *b)
{
  if (a->kind != b->kind || a->op != b->op || a->n_args != b->n_args || a->function != b->function)
    return FALSE;
  /* What a call or a literal makes is new each time. */
  if (a->kind == PK_NODE_CALL || a->kind == PK_NODE_ARRAY || a->kind == PK_NODE_OBJECT ||
      a->kind == PK_NODE_REGEX)
    return FALSE;
  if (a->kind == PK_NODE_LITERAL)
    return pk_value_equal(&a->value, &b->value);
  if (g_strcmp0(a->name, b->name) != 0)
    return FALSE;
  for (guint i = 0; i < a->n_args; i++)
    if (!pk_node_equal(a->args[i], b->args[i]))
      return FALSE;
  return TRUE;
}

gboolean
pk_node_is_constant(const PkNode *node)
{
  if (node->kind == PK_NODE_DATUM)
    return FALSE;
  for (guint i = 0; i < node->n_args; i++)
    if (!pk_node_is_constant(node->args[i]))
      return FALSE;
  return TRUE;
}

static gboolean
eval_items(PkExprRun *run, const PkNode *node, PkValue *out)
{
  out->kind = node->kind == PK_NODE_ARRAY ? PK_VALUE_ARRAY : PK_VALUE_OBJECT;
  out->items = pk_arena_array(run->arena);
  for (guint i = 0; i < node->n_args; i++) {
    PkValue item;
    if (!pk_node_eval(run, node->args[i], &item))
      return FALSE;
    if (node->keys)
      g_ptr_array_add(out->items, pk_arena_value(run->arena, pk_value_text(node->keys[i])));
    g_ptr_array_add(out->items, pk_arena_value(run->arena, item));
  }
  return TRUE;
}

static gboolean
eval_member(PkExprRun *run, const PkNode *node, PkValue *out)
{
  const PkExprScope *scope = run->scope;
  PkValue object, key;
  if (node->field && scope->field && scope->field(node->field, out, scope->data))
    return TRUE;
  if (!pk_node_eval(run, node->args[1], &key))
    return FALSE;
  if (node->args[0]->kind == PK_NODE_DATUM) {
    g_autoptr(GString) name = g_string_new(NULL);
    *out = pk_value_undefined();
    if (node->field)
      return TRUE;
    for (const char *c = pk_value_arena_string(run->arena, &key); *c; c++) {
      if (strchr(".[]\\", *c))
        g_string_append_c(name, '\\');
      g_string_append_c(name, *c);
    }
    if (!scope->field || !scope->field(name->str, out, scope->data))
      *out = pk_value_undefined();
    return TRUE;
  }
  if (!pk_node_eval(run, node->args[0], &object))
    return FALSE;
  *out = pk_value_member(run->arena, &object, &key);
  return TRUE;
}

static gboolean
eval_unary(PkExprRun *run, const PkNode *node, PkValue *out)
{
  PkValue v;
  if (!pk_node_eval(run, node->args[0], &v))
    return FALSE;
  switch (node->op) {
  case PK_OP_NOT:
    *out = pk_value_bool(!pk_value_to_bool(&v));
    break;
  case PK_OP_NEG:
    *out = pk_value_number(-pk_value_to_number(&v));
    break;
  case PK_OP_PLUS:
    *out = pk_value_number(pk_value_to_number(&v));
    break;
  default:
    *out = pk_value_number(~pk_value_to_int32(&v));
    break;
  }
  return TRUE;
}

static gboolean
eval_call(PkExprRun *run, const PkNode *node, PkValue *out)
{
  PkValue few[8], *args = node->n_args > G_N_ELEMENTS(few) ? g_new0(PkValue, node->n_args) : few;
  gboolean ok = TRUE;
  for (guint i = 0; i < node->n_args && ok; i++)
    ok = pk_node_eval(run, node->args[i], &args[i]);
  PkCall call = { run, node, node->n_args, args };
  *out = pk_value_undefined();
  ok = ok && node->function->call(&call, out);
  if (args != few)
    g_free(args);
  return ok;
}

/* What is chosen among values is a double: digits beyond it are those of a column alone. */
static gboolean
eval_choice(PkExprRun *run, const PkNode *node, PkValue *out)
{
  guint next = 1;
  if (!pk_node_eval(run, node->args[0], out))
    return FALSE;
  gboolean truth = pk_value_to_bool(out);
  if (node->kind == PK_NODE_CHOICE)
    next = truth ? 1 : 2;
  else if (truth == (node->kind == PK_NODE_OR))
    next = 0;
  if (next > 0 && !pk_node_eval(run, node->args[next], out))
    return FALSE;
  if (out->kind == PK_VALUE_NUMBER)
    out->text = NULL;
  return TRUE;
}

gboolean
pk_node_eval(PkExprRun *run, const PkNode *node, PkValue *out)
{
  PkValue v, w;
  *out = pk_value_undefined();
  switch (node->kind) {
  case PK_NODE_LITERAL:
    *out = node->value;
    return TRUE;
  case PK_NODE_REGEX: {
    g_autofree char *text = g_strdup_printf("/%s/%s", node->name, node->flags);
    out->kind = PK_VALUE_OBJECT;
    out->text = pk_arena_text(run->arena, text, -1);
    return TRUE;
  }
  case PK_NODE_ARRAY:
  case PK_NODE_OBJECT:
    return eval_items(run, node, out);
  case PK_NODE_DATUM: /* as a whole it is an object whose members are not listed */
    out->kind = PK_VALUE_OBJECT;
    out->items = pk_arena_array(run->arena);
    return TRUE;
  case PK_NODE_PARAM:
    if (!run->scope->param || !run->scope->param(node->name, out, run->scope->data))
      *out = pk_value_undefined();
    return TRUE;
  case PK_NODE_MEMBER:
    return eval_member(run, node, out);
  case PK_NODE_UNARY:
    return eval_unary(run, node, out);
  case PK_NODE_BINARY:
    if (!pk_node_eval(run, node->args[0], &v) || !pk_node_eval(run, node->args[1], &w))
      return FALSE;
    *out = pk_value_binary(run->arena, node->op, node->args[0], node->args[1], &v, &w);
    return TRUE;
  case PK_NODE_AND:
  case PK_NODE_OR:
  case PK_NODE_CHOICE:
    return eval_choice(run, node, out);
  case PK_NODE_CALL:
    return eval_call(run, node, out);
  }
  return pk_fail(run->error, PK_ERROR_INTERNAL, "an expression node of an unknown kind");
}

gboolean
pk_expr_eval(const PkExpr *self, const PkExprScope *scope, PkValue *out, GError **error)
{
  PkExprRun run = { self, scope, scope->arena, error };
  return pk_node_eval(&run, self->root, out);
}
