/* Collects a column's values for its builder, which takes them many at a time: what backends answer goes through it.
 * A result has one for each column while that is written; g_free when flushed. One thread at a time. */
#pragma once

#include "pk-column-builder.h"

#include <string.h>

G_BEGIN_DECLS

#define PK_VALUE_WRITER_ROWS 1024

typedef struct {
  PkColumnBuilder *builder; /* borrowed */
  PkPhysical physical;      /* I64, I128 or F64 */
  guint n;
  guint8 valid[PK_VALUE_WRITER_ROWS / 8];
  union {
    __int128 wides[PK_VALUE_WRITER_ROWS];
    gint64 ints[PK_VALUE_WRITER_ROWS];
    double doubles[PK_VALUE_WRITER_ROWS];
  } u;
} PkValueWriter;

static inline PkValueWriter *
pk_value_writer_new(PkColumnBuilder *builder, PkPhysical physical)
{
  PkValueWriter *self = g_new0(PkValueWriter, 1);
  self->builder = builder;
  self->physical = physical;
  return self;
}

/* What is left goes to the builder. */
static inline gboolean
pk_value_writer_flush(PkValueWriter *self, GError **error)
{
  gboolean ok = pk_column_builder_append_values(self->builder, self->physical, &self->u, self->n, self->valid, error);
  self->n = 0;
  memset(self->valid, 0, sizeof self->valid);
  return ok;
}

static inline gboolean
pk_value_writer_next(PkValueWriter *self, gboolean valid, GError **error)
{
  if (valid)
    self->valid[self->n / 8] |= (guint8)(1u << self->n % 8);
  return ++self->n < PK_VALUE_WRITER_ROWS || pk_value_writer_flush(self, error);
}

/* Of an I64 or I128 column; in an I64 one, value fits. */
static inline gboolean
pk_put_int(PkValueWriter *self, __int128 value, GError **error)
{
  if (self->physical == PK_PHYS_I64)
    self->u.ints[self->n] = (gint64)value;
  else
    self->u.wides[self->n] = value;
  return pk_value_writer_next(self, TRUE, error);
}

static inline gboolean
pk_put_double(PkValueWriter *self, double value, GError **error)
{
  self->u.doubles[self->n] = value;
  return pk_value_writer_next(self, TRUE, error);
}

static inline gboolean
pk_put_null(PkValueWriter *self, GError **error)
{
  gsize size = pk_physical_size(self->physical);
  memset((guint8 *)&self->u + self->n * size, 0, size);
  return pk_value_writer_next(self, FALSE, error);
}

G_END_DECLS
