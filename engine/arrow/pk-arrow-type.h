/* The logical types of the engine.
 *
 * A PkType is a plain value: copy and compare it freely. It says what a column
 * means; how its bytes lie is told by the view or the frame that holds it.
 * A dictionary-encoded column (an SQL ENUM) has the type of its values and
 * `dictionary` set. */
#pragma once

#include "pk-arrow-abi.h"

G_BEGIN_DECLS

typedef enum {
  PK_TYPE_NULL,         /* every value is NULL */
  PK_TYPE_BOOL,
  PK_TYPE_I8,
  PK_TYPE_I16,
  PK_TYPE_I32,
  PK_TYPE_I64,
  PK_TYPE_U8,
  PK_TYPE_U16,
  PK_TYPE_U32,
  PK_TYPE_U64,
  PK_TYPE_I128,         /* SQL HUGEINT: 16 bytes, two's complement */
  PK_TYPE_U128,         /* SQL UHUGEINT */
  PK_TYPE_DECIMAL,      /* precision, scale: an integer to be divided by 10^scale */
  PK_TYPE_F32,
  PK_TYPE_F64,
  PK_TYPE_DATE,         /* int32 days since 1970-01-01, no time zone ever */
  PK_TYPE_TIME,         /* time of day in units since midnight */
  PK_TYPE_TIME_TZ,      /* uint64: high 40 bits microseconds, low 24 bits 57599 - offset in seconds */
  PK_TYPE_TIMESTAMP,    /* int64 units since 1970-01-01 00:00 of a wall clock: no zone */
  PK_TYPE_TIMESTAMP_TZ, /* int64 units since 1970-01-01 00:00 UTC: an instant */
  PK_TYPE_INTERVAL,     /* months, days, nanoseconds */
  PK_TYPE_TEXT,         /* UTF-8 */
  PK_TYPE_BLOB,
  PK_TYPE_UUID,         /* 16 bytes in the order in which they are written */
  PK_TYPE_BIT,          /* SQL BIT: first byte the padding bits, then bits, high first */
  PK_TYPE_BIGNUM,       /* SQL BIGNUM: an integer of any size */
  PK_TYPE_LIST,         /* nested types are shown and exported, not computed with */
  PK_TYPE_STRUCT,
  PK_TYPE_MAP,
  PK_TYPE_UNION,
} PkTypeKind;

typedef enum {
  PK_TYPE_UNIT_S,
  PK_TYPE_UNIT_MS,
  PK_TYPE_UNIT_US,
  PK_TYPE_UNIT_NS,
} PkTypeUnit;

typedef struct {
  PkTypeKind kind;
  guint8 precision;    /* DECIMAL: 1..38 (values of I128/U128 have none) */
  gint8 scale;         /* DECIMAL: 0..precision */
  PkTypeUnit unit;     /* TIME, TIMESTAMP, TIMESTAMP_TZ */
  gboolean dictionary; /* values are shared: stored once and referred to by code */
} PkType;

#define PK_TYPE_OF(k) ((PkType){ .kind = (k) })

/* The type that a schema states: its format string, its dictionary and the
 * extension metadata of DuckDB's lossless export (arrow.opaque, arrow.uuid,
 * arrow.bool8). PK_ERROR_UNSUPPORTED for a format that Pika-Plot does not
 * take, PK_ERROR_INVALID for a malformed one; the message names the column. */
gboolean pk_type_from_schema(const PkArrowSchema *schema, PkType *type, GError **error);

/* The type's name for people and for SQL ("BIGINT", "DECIMAL(18,3)",
 * "TIMESTAMP WITH TIME ZONE"). The caller frees it. Nested types give only
 * their kind ("STRUCT"). */
char *pk_type_dup_name(PkType type);

gboolean pk_type_equal(PkType a, PkType b);

/* I8 … U128. */
gboolean pk_type_is_integer(PkType type);
/* Integers, DECIMAL, F32, F64. */
gboolean pk_type_is_numeric(PkType type);
/* DATE, TIMESTAMP, TIMESTAMP_TZ: what a time axis takes. */
gboolean pk_type_is_temporal(PkType type);
gboolean pk_type_is_nested(PkType type);

/* Bytes of a value in memory, 0 for types of varying size, NULL and nested ones.
 * BOOL is 1 (see PkArrowView.width for bit-packed bools). */
guint pk_type_width(PkType type);

/* Units a second: 1, 1000, 1000000, 1000000000. */
gint64 pk_type_unit_per_second(PkTypeUnit unit);

/* A column of a relation: its name, its type, and the SQL engine's name of it
 * ("STRUCT(a INTEGER)", "ENUM('x', 'y')"). */
typedef struct {
  char *name;
  PkType type;
  char *sql_type;
} PkColumnInfo;

PkColumnInfo *pk_column_info_new(const char *name, PkType type, const char *sql_type);
void pk_column_info_free(PkColumnInfo *info);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkColumnInfo, pk_column_info_free)

G_END_DECLS
