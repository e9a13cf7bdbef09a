/* Checked, typed views over Arrow arrays.
 *
 * pk_arrow_view_init checks everything about an array that can be checked
 * (type, lengths, offset, number of buffers, missing buffers, null count,
 * rising offsets, lengths of inline and referenced text, dictionary codes,
 * children), so that what reads through a view need not check again. Arrow's
 * ABI does not carry buffer sizes: the producer is trusted for those alone.
 *
 * A view borrows: the array and the schema must outlive it. Row numbers are
 * 0 … length-1 of the view; the accessors add the array's offset. Views may be
 * read by many threads at once. */
#pragma once

#include "pk-arrow-type.h"

G_BEGIN_DECLS

typedef enum {
  PK_LAYOUT_NULL,      /* no buffers */
  PK_LAYOUT_BITS,      /* one bit a value: BOOL */
  PK_LAYOUT_FIXED,     /* `width` bytes a value at data */
  PK_LAYOUT_OFFSETS32, /* bytes data[offsets32[i] … offsets32[i+1]) */
  PK_LAYOUT_OFFSETS64,
  PK_LAYOUT_VIEWS,     /* 16-byte string views and data buffers */
  PK_LAYOUT_LIST32,    /* children[0], rows offsets32[i] … offsets32[i+1] */
  PK_LAYOUT_LIST64,
  PK_LAYOUT_LIST_FIXED, /* children[0], `width` rows a value */
  PK_LAYOUT_STRUCT,
  PK_LAYOUT_UNION_SPARSE,
  PK_LAYOUT_UNION_DENSE,
  PK_LAYOUT_DICTIONARY, /* data holds codes of `width` bytes; the values are in `dictionary` */
} PkArrowLayout;

typedef struct _PkArrowView PkArrowView;

struct _PkArrowView {
  PkType type; /* for PK_LAYOUT_DICTIONARY that of the values */
  PkArrowLayout layout;
  gint64 length;
  gint64 null_count; /* always counted, never -1 */
  gint64 offset;
  const guint8 *validity; /* bit offset+i, least significant first; NULL: no NULLs */
  /* FIXED, DICTIONARY: element offset+i is row i. OFFSETS: the bytes. BITS: bit
   * offset+i. UNION: the int8 type ids. */
  const void *data;
  guint width;           /* bytes of an element of data, 0 for bits; rows of a fixed-size list */
  gboolean code_signed;  /* DICTIONARY: data holds signed integers */
  const gint32 *offsets32; /* element offset+i is row i; also a dense union's offsets */
  const gint64 *offsets64;
  const void *const *view_buffers; /* VIEWS: data buffers, n_view_buffers of them */
  guint n_view_buffers;
  const PkArrowSchema *schema;
  const PkArrowArray *array;
  PkArrowView *dictionary; /* owned */
  PkArrowView *children;   /* owned array */
  guint n_children;
  gint8 *union_children; /* owned: 128 entries, type id → child, -1: no such id */
};

/* Checks *array against *schema and fills *view; PK_ERROR_INVALID (or _TYPE,
 * _UNSUPPORTED) with the column's name otherwise. Clear the view either way. */
gboolean pk_arrow_view_init(PkArrowView *view, const PkArrowSchema *schema, const PkArrowArray *array,
                            GError **error);
void pk_arrow_view_clear(PkArrowView *view);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PkArrowView, pk_arrow_view_clear)

/* A record batch: a struct array (as streams give) of columns. The same checks;
 * the columns are view->children, and their names schema->children[i]->name. */
gboolean pk_arrow_batch_init(PkArrowView *view, const PkArrowSchema *schema, const PkArrowArray *array,
                             GError **error);

static inline gboolean
pk_arrow_view_is_null(const PkArrowView *view, gint64 row)
{
  gint64 bit = view->offset + row;
  if (view->layout == PK_LAYOUT_NULL)
    return TRUE;
  return view->validity != NULL && !((view->validity[bit >> 3] >> (bit & 7)) & 1);
}

/* A pointer to row 0's element of a FIXED or DICTIONARY layout (it is aligned
 * as the producer made it: use memcpy unless the producer is known); NULL where
 * no rows have no buffer. */
static inline const void *
pk_arrow_view_fixed(const PkArrowView *view)
{
  return view->data ? (const guint8 *)view->data + (gsize)view->offset * view->width : NULL;
}

/* The bytes of row `row` of TEXT, BLOB, BIT, BIGNUM in OFFSETS or VIEWS layout
 * (through the dictionary if there is one). Borrowed, not terminated. */
const char *pk_arrow_view_bytes(const PkArrowView *view, gint64 row, gsize *length);

/* BOOL rows as bytes 0 or 1 (NULL rows: unspecified), whatever the layout. */
void pk_arrow_view_bools(const PkArrowView *view, gint64 row, gint64 n, guint8 *out);

/* Codes of a DICTIONARY layout widened to uint32 (NULL rows: 0). */
void pk_arrow_view_codes(const PkArrowView *view, gint64 row, gint64 n, guint32 *out);

/* TRUE for a NULL that hides in the dictionary too. */
gboolean pk_arrow_view_value_is_null(const PkArrowView *view, gint64 row);

/* Appends the exact value of a row to *out, in the form that SQL takes back and
 * whatever the locale: 9223372036854775807, 12.50, 2024-02-29,
 * 2024-02-29 12:00:00.5, true, text as it is. NULL is the four letters NULL.
 * Floating point is the shortest text that reads back as the same number.
 * An instant (TIMESTAMP_TZ) is written in UTC with "+00"; a DATE is never
 * shifted. Nested values are JSON-like: [1, 2], {'a': 1}, {k=v}. Blobs as \xHH
 * where a byte is not printable ASCII. */
void pk_arrow_format_value(const PkArrowView *view, gint64 row, GString *out);

/* The pieces of the above that other code needs too. */
void pk_format_i128(const void *le16, gboolean is_signed, guint scale, GString *out);
void pk_format_double(double value, GString *out);
void pk_format_float(float value, GString *out);
void pk_format_date(gint32 days, GString *out);
void pk_format_time(gint64 units, PkTypeUnit unit, GString *out);
/* "YYYY-MM-DD HH:MM:SS[.f…]", trailing zeros of the fraction dropped; zoned
 * appends "+00". */
void pk_format_timestamp(gint64 units, PkTypeUnit unit, gboolean zoned, GString *out);

G_END_DECLS
