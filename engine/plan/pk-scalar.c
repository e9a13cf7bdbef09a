#include "pk-scalar.h"

#include <math.h>

void
pk_scalar_clear(PkScalar *self)
{
  g_clear_pointer(&self->text, g_free);
  self->kind = PK_SCALAR_NULL;
}

PkScalar
pk_scalar_copy(const PkScalar *self)
{
  PkScalar copy = *self;

  copy.text = g_strdup(self->text);
  return copy;
}

PkScalar
pk_scalar_int(__int128 value)
{
  return (PkScalar){ .kind = PK_SCALAR_INT, .i = value };
}

PkScalar
pk_scalar_double(double value)
{
  return (PkScalar){ .kind = PK_SCALAR_DOUBLE, .d = value };
}

PkScalar
pk_scalar_bool(gboolean value)
{
  return (PkScalar){ .kind = PK_SCALAR_BOOL, .i = value != FALSE };
}

PkScalar
pk_scalar_text(const char *text)
{
  return (PkScalar){ .kind = PK_SCALAR_TEXT, .text = g_strdup(text) };
}

static int
compare_doubles(double a, double b)
{
  if (isnan(a) || isnan(b))
    return (isnan(a) != 0) - (isnan(b) != 0);
  return (a > b) - (a < b);
}

/* An integer against a double without rounding either: beyond 2^127 the double
 * decides, else its floor is an integer of 128 bits. */
static int
compare_mixed(__int128 i, double d)
{
  const double limit = 0x1p127;
  double whole = floor(d);

  if (isnan(d) || d >= limit)
    return -1;
  if (d < -limit)
    return 1;
  if (i != (__int128)whole)
    return i < (__int128)whole ? -1 : 1;
  return d > whole ? -1 : 0;
}

int
pk_scalar_compare(const PkScalar *a, const PkScalar *b)
{
  if (a->kind == PK_SCALAR_INT && b->kind == PK_SCALAR_DOUBLE)
    return compare_mixed(a->i, b->d);
  if (a->kind == PK_SCALAR_DOUBLE && b->kind == PK_SCALAR_INT)
    return -compare_mixed(b->i, a->d);
  if (a->kind != b->kind)
    return a->kind < b->kind ? -1 : 1;
  switch (a->kind) {
  case PK_SCALAR_NULL:
    return 0;
  case PK_SCALAR_BOOL:
  case PK_SCALAR_INT:
    return (a->i > b->i) - (a->i < b->i);
  case PK_SCALAR_DOUBLE:
    return compare_doubles(a->d, b->d);
  case PK_SCALAR_TEXT: {
    int order = g_strcmp0(a->text, b->text);
    return (order > 0) - (order < 0);
  }
  }
  return 0;
}

gboolean
pk_scalar_equal(const PkScalar *a, const PkScalar *b)
{
  return a->kind == b->kind && pk_scalar_compare(a, b) == 0;
}
