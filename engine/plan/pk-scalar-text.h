/* Constants as text, independent of the locale. Each appends to *out. */
#pragma once

#include "pk-arrow-type.h"
#include "pk-scalar.h"

G_BEGIN_DECLS

/* " 0.5": a space and the number with the digits that tell it from all others; -0 as 0. */
void pk_double_append_raw(GString *out, double value);

/* "i:12", "d: 0.5", "b:1", "t:'text'": kind and value, for canonical texts. */
void pk_scalar_append_raw(GString *out, const PkScalar *scalar);

/* The shortest text that reads back as the number. */
void pk_double_append_readable(GString *out, double value);

/* As a person writes a value of that type: 12.50, 2024-02-29, 'text', true. */
void pk_scalar_append_readable(GString *out, const PkScalar *scalar, PkType type);

/* An SQL expression whose value is the number, of type DOUBLE: 5e-1, CAST('inf' AS DOUBLE). */
void pk_double_append_sql(GString *out, double value);

/* FALSE for a time that SQL text does not write alike everywhere (beyond the years 1 to 9999): such a bound
 * is compared as an integer, and must not be given to pk_scalar_append_sql with the column's type. */
gboolean pk_scalar_is_plain(const PkScalar *scalar, PkType type);

/* An SQL expression whose value is the scalar for a comparison with a column of that type: INT in the
 * column's type where its value fits and as HUGEINT where not. */
void pk_scalar_append_sql(GString *out, const PkScalar *scalar, PkType type);

/* The integer that reads as text in base 10 with an optional sign. FALSE if it is none of 128 bits. */
gboolean pk_int128_parse(const char *text, __int128 *value);
void pk_int128_append(GString *out, __int128 value);

G_END_DECLS
