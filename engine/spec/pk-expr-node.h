/* The syntax tree of an expression. Not for use outside engine/spec. */
#pragma once

#include "pk-expr.h"

G_BEGIN_DECLS

typedef enum {
  PK_NODE_LITERAL, /* value */
  PK_NODE_REGEX,   /* name: the pattern, flags */
  PK_NODE_ARRAY,   /* args */
  PK_NODE_OBJECT,  /* args; keys */
  PK_NODE_DATUM,
  PK_NODE_PARAM,   /* name */
  PK_NODE_MEMBER,  /* args[0].args[1], also in brackets; field if it is datum's by constant names */
  PK_NODE_UNARY,   /* op args[0] */
  PK_NODE_BINARY,  /* args[0] op args[1] */
  PK_NODE_AND,
  PK_NODE_OR,
  PK_NODE_CHOICE,  /* args[0] ? args[1] : args[2] */
  PK_NODE_CALL,    /* function(args) */
} PkNodeKind;

typedef enum {
  PK_OP_ADD, PK_OP_SUB, PK_OP_MUL, PK_OP_DIV, PK_OP_MOD,
  PK_OP_BIT_AND, PK_OP_BIT_OR, PK_OP_BIT_XOR, PK_OP_SHL, PK_OP_SHR, PK_OP_USHR,
  PK_OP_EQ, PK_OP_NE, PK_OP_SEQ, PK_OP_SNE, PK_OP_LT, PK_OP_GT, PK_OP_LE, PK_OP_GE, PK_OP_IN,
  PK_OP_NOT, PK_OP_NEG, PK_OP_PLUS, PK_OP_BIT_NOT,
} PkOp;

typedef struct PkNode PkNode;
typedef struct PkFunction PkFunction;

struct PkNode {
  PkNodeKind kind;
  guint column;      /* in the text, from 1 */
  guint depth;       /* 1 and more: of the tree below */
  PkOp op;
  PkValue value;
  const char *name;
  const char *flags;
  const char *field; /* Vega's notation: "a.b", "a\\.b" */
  const PkFunction *function;
  guint n_args;
  PkNode **args;
  const char **keys; /* OBJECT */
};

struct PkExpr {
  PkArena *arena;    /* texts of the tree */
  GPtrArray *blocks; /* the nodes */
  GPtrArray *fields; /* char * of the arena */
  GPtrArray *params;
  PkNode *root;
  double now;        /* ms: what now() gives */
  gboolean reads_any_field;
};

/* What an evaluation carries along. */
typedef struct {
  const PkExpr *expr;
  const PkExprScope *scope;
  PkArena *arena;
  GError **error;
} PkExprRun;

typedef struct {
  PkExprRun *run;
  const PkNode *node;
  guint n;
  const PkValue *args; /* n of them */
} PkCall;

struct PkFunction {
  const char *name;
  guint min_args, max_args;
  gboolean (*call)(const PkCall *call, PkValue *out); /* FALSE: run->error is set */
};

/* NULL if there is none. */
const PkFunction *pk_function_find(const char *name);
/* A function that the Vega language has, but that makes no sense here (events, scales, data sets …). */
gboolean pk_function_is_foreign(const char *name);

gboolean pk_node_eval(PkExprRun *run, const PkNode *node, PkValue *out);
/* The same expression? */
gboolean pk_node_equal(const PkNode *a, const PkNode *b);
/* Reads nothing of the row (parameters are constants). */
gboolean pk_node_is_constant(const PkNode *node);

/* ECMAScript's operators on values; texts of the result live in the arena. */
PkValue pk_value_binary(PkArena *arena, PkOp op, const PkNode *a_node, const PkNode *b_node,
                        const PkValue *a, const PkValue *b);
gint32 pk_value_to_int32(const PkValue *v);
PkValue pk_value_member(PkArena *arena, const PkValue *object, const PkValue *key);
/* ToString, in the arena. */
const char *pk_value_arena_string(PkArena *arena, const PkValue *v);
gboolean pk_value_is_undefined(const PkValue *v);
/* A regular expression is an object with a text: "/pattern/flags". */
gboolean pk_value_is_regex(const PkValue *v);

G_END_DECLS
