#include "pk-column-builder.h"

#include "pk-column-kernels.h"
#include "pk-error.h"
#include "pk-frame.h"
#include "pk-mem.h"

#include <string.h>

#define FIRST_CAPACITY ((gint64)16384)
#define PIECE PK_SCAN_ROWS /* rows that a text or odd type is turned into codes at a time */

typedef struct {
  PkChunk chunk;
  PkPhysical physical;
} Stored;

struct PkColumnBuilder {
  char *name;
  PkType type;
  gboolean is_float;
  PkDictionary *dictionary;
  gboolean shared_dictionary;
  gint64 chunk_rows;
  GArray *full; /* of Stored */
  PkChunk open;
  PkPhysical physical; /* of the open chunk */
  gint64 capacity;     /* rows that the open chunk's memory holds */
  gint64 length;       /* rows in full chunks */
  PkColumnStats stats; /* of everything */
  gboolean up, down;           /* order broken upwards, downwards, over the column */
  gboolean open_up, open_down; /* within the open chunk */
  __int128 last_int;
  double last;
};

PkColumnBuilder *
pk_column_builder_new(const char *name, PkType type, gint64 chunk_rows)
{
  PkColumnBuilder *self = g_new0(PkColumnBuilder, 1);
  self->name = g_strdup(name);
  self->type = pk_column_stored_type(type);
  self->is_float = self->type.kind == PK_TYPE_F32 || self->type.kind == PK_TYPE_F64;
  self->physical = self->type.kind == PK_TYPE_F32 ? PK_PHYS_F32
                   : self->is_float               ? PK_PHYS_F64
                                                  : PK_PHYS_U8;
  /* Validity words must not be shared by chunks. */
  self->chunk_rows = chunk_rows > 0 ? (chunk_rows + 63) & ~(gint64)63 : PK_CHUNK_ROWS;
  self->full = g_array_new(FALSE, FALSE, sizeof(Stored));
  if (pk_column_type_is_text(type))
    self->dictionary = pk_dictionary_new();
  return self;
}

void
pk_column_builder_free(PkColumnBuilder *self)
{
  if (!self)
    return;
  for (guint i = 0; i < self->full->len; i++)
    pk_chunk_clear(&g_array_index(self->full, Stored, i).chunk);
  g_array_unref(self->full);
  pk_chunk_clear(&self->open);
  pk_dictionary_unref(self->dictionary);
  g_free(self->name);
  g_free(self);
}

void
pk_column_builder_set_dictionary(PkColumnBuilder *self, PkDictionary *dictionary)
{
  PkDictionary *old = self->dictionary;
  self->dictionary = pk_dictionary_ref(dictionary);
  self->shared_dictionary = TRUE;
  pk_dictionary_unref(old);
}

/* Gives the chunk memory for `rows` rows of `to`, with its values converted. */
static gboolean
refit(PkChunk *chunk, PkPhysical from, PkPhysical to, gint64 rows, GError **error)
{
  gsize bytes = (gsize)rows * pk_physical_size(to);
  gpointer data = pk_mem_alloc(bytes, error);
  if (!data)
    return FALSE;
  if (chunk->length > 0)
    pk_column_convert(from, chunk->data, to, data, chunk->length);
  pk_mem_free(chunk->data, chunk->data_bytes);
  chunk->data = data;
  chunk->data_bytes = bytes;
  return TRUE;
}

static gsize
valid_bytes_for(gint64 rows)
{
  return (gsize)((rows + 63) / 64) * sizeof(guint64);
}

/* Gives the open chunk validity for `capacity` rows; those already there are valid unless it had one. */
static gboolean
refit_valid(PkColumnBuilder *self, gint64 capacity, GError **error)
{
  gsize bytes = valid_bytes_for(capacity);
  guint64 *valid = pk_mem_alloc(bytes, error);
  if (!valid)
    return FALSE;
  PkChunk *open = &self->open;
  memset(valid, 0, bytes);
  if (open->valid) {
    memcpy(valid, open->valid, MIN(bytes, open->valid_bytes));
  } else {
    for (gint64 i = 0; i < open->length / 64; i++)
      valid[i] = G_MAXUINT64;
    if (open->length % 64)
      valid[open->length / 64] = ((guint64)1 << (open->length % 64)) - 1;
  }
  pk_mem_free(open->valid, open->valid_bytes);
  open->valid = valid;
  open->valid_bytes = bytes;
  return TRUE;
}

static PkSortedness
sortedness(gint64 length, gint64 null_count, gint64 nan_count, gboolean up, gboolean down)
{
  if (null_count > 0 || nan_count > 0 || (up && down))
    return PK_SORT_NONE;
  return up ? PK_SORT_ASCENDING : down ? PK_SORT_DESCENDING : PK_SORT_CONSTANT;
}

static void
close_chunk(PkColumnBuilder *self)
{
  PkChunk *open = &self->open;
  open->stats.sortedness = sortedness(open->length, open->stats.null_count, open->stats.nan_count,
                                      self->open_up, self->open_down);
  Stored stored = { *open, self->physical };
  g_array_append_val(self->full, stored);
  self->length += open->length;
  memset(open, 0, sizeof *open);
  self->capacity = 0;
  self->open_up = self->open_down = FALSE;
}

static void
merge_stats(PkColumnStats *stats, const PkScan *scan, gint64 n)
{
  stats->null_count += n - scan->n_valid;
  stats->nan_count += scan->n_nan;
  if (!scan->has_range)
    return;
  if (!stats->has_range) {
    stats->has_range = TRUE;
    stats->min_int = scan->min_int;
    stats->max_int = scan->max_int;
    stats->min = scan->min;
    stats->max = scan->max;
    return;
  }
  stats->min_int = MIN(stats->min_int, scan->min_int);
  stats->max_int = MAX(stats->max_int, scan->max_int);
  stats->min = MIN(stats->min, scan->min);
  stats->max = MAX(stats->max, scan->max);
}

static void
merge_order(PkColumnBuilder *self, const PkScan *scan)
{
  gboolean up = scan->up, down = scan->down;
  if (self->open.length > 0 || self->length > 0) {
    gboolean rise = self->is_float ? scan->first > self->last : scan->first_int > self->last_int;
    gboolean fall = self->is_float ? scan->first < self->last : scan->first_int < self->last_int;
    if (self->open.length > 0) {
      self->open_up |= rise;
      self->open_down |= fall;
    }
    self->up |= rise;
    self->down |= fall;
  }
  self->open_up |= up;
  self->open_down |= down;
  self->up |= up;
  self->down |= down;
  self->last_int = scan->last_int;
  self->last = scan->last;
}

/* Room for n more rows of a range in the open chunk. */
static gboolean
make_room(PkColumnBuilder *self, gint64 n, GError **error)
{
  PkPhysical physical = self->physical;
  if (!self->is_float && self->stats.has_range &&
      !pk_physical_holds(physical, self->stats.min_int, self->stats.max_int))
    physical = pk_physical_for_range(self->stats.min_int, self->stats.max_int);

  gint64 need = self->open.length + n;
  gint64 capacity = self->capacity;
  if (need > capacity) {
    capacity = self->full->len > 0 ? self->chunk_rows : MAX(capacity * 4, FIRST_CAPACITY);
    capacity = MIN(MAX(capacity, need), self->chunk_rows);
  }
  if (physical != self->physical || capacity != self->capacity) {
    if (!refit(&self->open, self->physical, physical, capacity, error))
      return FALSE;
    if (self->open.valid && capacity != self->capacity && !refit_valid(self, capacity, error))
      return FALSE;
    self->physical = physical;
    self->capacity = capacity;
  }
  return TRUE;
}

/* Notes in the open chunk's validity which of n more rows are not NULL; their values are there already. */
static void
copy_valid(PkColumnBuilder *self, guint n, const guint8 *valid)
{
  guint64 *to = self->open.valid;
  gint64 at = self->open.length;
  if (valid) {
    pk_bytes_to_bits(valid, n, to, at);
    pk_column_zero_nulls(self->physical, (guint8 *)self->open.data + (gsize)at * pk_physical_size(self->physical), n,
                         valid);
    return;
  }
  for (; n > 0 && (at & 63); at++, n--)
    to[at >> 6] |= (guint64)1 << (at & 63);
  for (; n >= 64; at += 64, n -= 64)
    to[at >> 6] = G_MAXUINT64;
  for (; n > 0; at++, n--)
    to[at >> 6] |= (guint64)1 << (at & 63);
}

/* Rows that lie within the open chunk; valid: a byte each, or NULL. */
static gboolean
append_piece(PkColumnBuilder *self, PkPhysical source, const void *data, guint n, const guint8 *valid, GError **error)
{
  PkScan scan;
  if (valid && !memchr(valid, 0, n))
    valid = NULL;
  pk_column_scan(source, data, n, valid, &scan);
  merge_stats(&self->stats, &scan, n);
  merge_stats(&self->open.stats, &scan, n);
  if (!valid)
    merge_order(self, &scan);
  if (!make_room(self, n, error))
    return FALSE;
  if (valid && !self->open.valid && !refit_valid(self, self->capacity, error))
    return FALSE;

  gsize size = pk_physical_size(self->physical);
  pk_column_convert(source, data, self->physical,
                    (guint8 *)self->open.data + (gsize)self->open.length * size, n);
  if (self->open.valid)
    copy_valid(self, n, valid);
  self->open.length += n;
  if (self->open.length == self->chunk_rows)
    close_chunk(self);
  return TRUE;
}

static gboolean
append(PkColumnBuilder *self, PkPhysical source, const void *data, gint64 n, const guint8 *valid,
       gint64 offset, GError **error)
{
  gsize size = pk_physical_size(source);
  gboolean rounds = self->is_float && source != self->physical;
  double rounded[PIECE]; /* statistics are of what is stored */
  guint8 bytes[PIECE];
  while (n > 0) {
    gint64 piece = MIN(n, MIN((gint64)PIECE, self->chunk_rows - self->open.length));
    if (rounds)
      pk_column_convert(source, data, self->physical, rounded, piece);
    if (valid)
      pk_bits_to_bytes(valid, offset, (guint)piece, bytes);
    if (!append_piece(self, rounds ? self->physical : source, rounds ? rounded : data, (guint)piece,
                      valid ? bytes : NULL, error))
      return FALSE;
    data = (const guint8 *)data + (gsize)piece * size;
    offset += piece;
    n -= piece;
  }
  return TRUE;
}

gboolean
pk_column_builder_append_values(PkColumnBuilder *self, PkPhysical source, const void *data, gint64 n,
                                const guint8 *valid, GError **error)
{
  if ((source >= PK_PHYS_F32) != self->is_float)
    return pk_fail(error, PK_ERROR_INTERNAL, "column \"%s\": %s values do not belong in it", self->name,
                   pk_physical_name(source));
  return append(self, source, data, n, valid, 0, error);
}

gboolean
pk_column_builder_append_null(PkColumnBuilder *self, gint64 n, GError **error)
{
  static const guint8 no_bits[PIECE / 8];
  static const double zeros[PIECE];
  while (n > 0) {
    gint64 piece = MIN(n, PIECE);
    if (!append(self, self->is_float ? PK_PHYS_F64 : PK_PHYS_U8, zeros, piece, no_bits, 0, error))
      return FALSE;
    n -= piece;
  }
  return TRUE;
}

gboolean
pk_column_builder_append_int(PkColumnBuilder *self, __int128 value, GError **error)
{
  return pk_column_builder_append_values(self, PK_PHYS_I128, &value, 1, NULL, error);
}

gboolean
pk_column_builder_append_double(PkColumnBuilder *self, double value, GError **error)
{
  return pk_column_builder_append_values(self, PK_PHYS_F64, &value, 1, NULL, error);
}

static gboolean
dictionary_full(const PkColumnBuilder *self, GError **error)
{
  return pk_fail(error, PK_ERROR_LIMIT,
                 "the distinct texts of column \"%s\" do not fit (%" G_GSIZE_FORMAT " bytes held): raise "
                 "--memory-limit or group the column first",
                 self->name, pk_dictionary_get_bytes(self->dictionary));
}

static gboolean
intern(PkColumnBuilder *self, const char *text, gsize length, guint32 *code, GError **error)
{
  if (!self->dictionary || self->shared_dictionary)
    return pk_fail(error, PK_ERROR_INTERNAL, "column \"%s\" takes no text", self->name);
  *code = pk_dictionary_intern(self->dictionary, text, length);
  return *code != PK_DICTIONARY_FULL || dictionary_full(self, error);
}

gboolean
pk_column_builder_append_text(PkColumnBuilder *self, const char *text, gsize length, GError **error)
{
  guint32 code;
  return intern(self, text, length, &code, error) &&
         append(self, PK_PHYS_U32, &code, 1, NULL, 0, error);
}

/* --- Arrow arrays --- */

static void
set_bit(guint8 *bits, gint64 i)
{
  bits[i >> 3] |= (guint8)(1u << (i & 7));
}

/* Dictionary-encoded text: each code of the array is looked up once a batch. */
static gboolean
append_coded_text(PkColumnBuilder *self, const PkArrowView *view, GError **error)
{
  guint32 from[PIECE], to[PIECE];
  guint8 valid[PIECE / 8];
  gint64 n_codes = view->dictionary->length;
  g_autofree guint32 *map = g_new(guint32, MAX(n_codes, 1));
  memset(map, 0xff, sizeof(guint32) * (gsize)MAX(n_codes, 1));

  for (gint64 row = 0; row < view->length; row += PIECE) {
    gint64 n = MIN(view->length - row, PIECE);
    pk_arrow_view_codes(view, row, n, from);
    memset(valid, 0, sizeof valid);
    for (gint64 i = 0; i < n; i++) {
      to[i] = 0;
      if (pk_arrow_view_value_is_null(view, row + i))
        continue;
      set_bit(valid, i);
      if (map[from[i]] == PK_DICTIONARY_FULL) {
        gsize length;
        const char *text = pk_arrow_view_bytes(view, row + i, &length);
        if (!intern(self, text, length, &map[from[i]], error))
          return FALSE;
      }
      to[i] = map[from[i]];
    }
    if (!append(self, PK_PHYS_U32, to, n, valid, 0, error))
      return FALSE;
  }
  return TRUE;
}

/* String views, as texts come from most sources. */
static gboolean
append_string_views(PkColumnBuilder *self, const PkArrowView *view, GError **error)
{
  guint32 codes[PIECE];
  guint8 valid[PIECE];

  if (self->shared_dictionary)
    return pk_fail(error, PK_ERROR_INTERNAL, "column \"%s\" takes no text", self->name);
  for (gint64 row = 0, n; row < view->length; row += n) {
    gint64 at = view->offset + row;
    n = MIN(view->length - row, MIN((gint64)PIECE, self->chunk_rows - self->open.length));
    if (view->validity)
      pk_bits_to_bytes(view->validity, at, (guint)n, valid);
    if (!pk_dictionary_intern_views(self->dictionary, (const guint8 *)view->data + (gsize)at * view->width,
                                    view->view_buffers, view->validity ? valid : NULL, (gsize)n, codes))
      return dictionary_full(self, error);
    if (!append_piece(self, PK_PHYS_U32, codes, (guint)n, view->validity ? valid : NULL, error))
      return FALSE;
  }
  return TRUE;
}

/* Text, and what is kept as its text. */
static gboolean
append_text_view(PkColumnBuilder *self, const PkArrowView *view, GError **error)
{
  guint32 codes[PIECE];
  guint8 valid[PIECE / 8];
  gboolean is_bytes = view->type.kind == PK_TYPE_TEXT || view->type.kind == PK_TYPE_BLOB;
  g_autoptr(GString) text = g_string_new(NULL);

  if (is_bytes && view->layout == PK_LAYOUT_DICTIONARY)
    return append_coded_text(self, view, error);
  if (is_bytes && view->layout == PK_LAYOUT_VIEWS)
    return append_string_views(self, view, error);
  for (gint64 row = 0; row < view->length; row += PIECE) {
    gint64 n = MIN(view->length - row, PIECE);
    memset(valid, 0, sizeof valid);
    for (gint64 i = 0; i < n; i++) {
      codes[i] = 0;
      if (pk_arrow_view_value_is_null(view, row + i))
        continue;
      set_bit(valid, i);
      gsize length;
      const char *bytes;
      if (is_bytes) {
        bytes = pk_arrow_view_bytes(view, row + i, &length);
      } else {
        g_string_truncate(text, 0);
        pk_arrow_format_value(view, row + i, text);
        bytes = text->str;
        length = text->len;
      }
      if (!intern(self, bytes, length, &codes[i], error))
        return FALSE;
    }
    if (!append(self, PK_PHYS_U32, codes, n, valid, 0, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
append_bool_view(PkColumnBuilder *self, const PkArrowView *view, GError **error)
{
  guint8 bytes[PIECE];
  for (gint64 row = 0; row < view->length; row += PIECE) {
    gint64 n = MIN(view->length - row, PIECE);
    pk_arrow_view_bools(view, row, n, bytes);
    if (!append(self, PK_PHYS_U8, bytes, n, view->validity, view->offset + row, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
source_physical(PkType type, guint width, PkPhysical *physical)
{
  if (type.kind == PK_TYPE_F32 || type.kind == PK_TYPE_F64) {
    *physical = width == 4 ? PK_PHYS_F32 : PK_PHYS_F64;
    return width == 4 || width == 8;
  }
  gboolean is_unsigned = type.kind == PK_TYPE_U8 || type.kind == PK_TYPE_U16 || type.kind == PK_TYPE_U32 ||
                         type.kind == PK_TYPE_U64;
  switch (width) {
  case 1: *physical = is_unsigned ? PK_PHYS_U8 : PK_PHYS_I8; return TRUE;
  case 2: *physical = is_unsigned ? PK_PHYS_U16 : PK_PHYS_I16; return TRUE;
  case 4: *physical = is_unsigned ? PK_PHYS_U32 : PK_PHYS_I32; return TRUE;
  case 8: *physical = is_unsigned ? PK_PHYS_U64 : PK_PHYS_I64; return TRUE;
  case 16: *physical = PK_PHYS_I128; return TRUE;
  default: return FALSE;
  }
}

/* A value of UHUGEINT with its high bit set would be negative here. */
static gboolean
check_u128(PkColumnBuilder *self, const PkArrowView *view, GError **error)
{
  const guint8 *bytes = pk_arrow_view_fixed(view);
  for (gint64 i = 0; i < view->length; i++)
    if (bytes[i * 16 + 15] & 0x80 && !pk_arrow_view_is_null(view, i))
      return pk_fail(error, PK_ERROR_OVERFLOW,
                     "column \"%s\": a UHUGEINT beyond 170141183460469231731687303715884105727 cannot be "
                     "computed with; cast it to DOUBLE or VARCHAR",
                     self->name);
  return TRUE;
}

/* Dictionary-encoded values of a fixed width, expanded. */
static gboolean
append_coded_fixed(PkColumnBuilder *self, const PkArrowView *view, PkPhysical source, GError **error)
{
  guint32 codes[PIECE];
  guint8 valid[PIECE / 8];
  guint width = view->dictionary->width;
  const guint8 *values = pk_arrow_view_fixed(view->dictionary);
  g_autofree guint8 *out = g_malloc0((gsize)PIECE * width);

  for (gint64 row = 0; row < view->length; row += PIECE) {
    gint64 n = MIN(view->length - row, PIECE);
    pk_arrow_view_codes(view, row, n, codes);
    memset(valid, 0, sizeof valid);
    for (gint64 i = 0; i < n; i++) {
      if (pk_arrow_view_value_is_null(view, row + i))
        continue;
      set_bit(valid, i);
      memcpy(out + (gsize)i * width, values + (gsize)codes[i] * width, width);
    }
    if (!append(self, source, out, n, valid, 0, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pk_column_builder_append_view(PkColumnBuilder *self, const PkArrowView *view, GError **error)
{
  PkPhysical source;
  if (view->layout == PK_LAYOUT_NULL)
    return pk_column_builder_append_null(self, view->length, error);
  if (self->dictionary)
    return append_text_view(self, view, error);
  if (view->type.kind == PK_TYPE_BOOL && view->layout != PK_LAYOUT_DICTIONARY)
    return append_bool_view(self, view, error);

  const PkArrowView *values = view->layout == PK_LAYOUT_DICTIONARY ? view->dictionary : view;
  if (values->layout != PK_LAYOUT_FIXED || !source_physical(values->type, values->width, &source))
    return pk_fail(error, PK_ERROR_UNSUPPORTED, "column \"%s\": its memory layout cannot be read",
                   self->name);
  if (values->type.kind == PK_TYPE_U128 && !check_u128(self, values, error))
    return FALSE;
  if (view->layout == PK_LAYOUT_DICTIONARY)
    return append_coded_fixed(self, view, source, error);
  return append(self, source, pk_arrow_view_fixed(view), view->length, view->validity, view->offset, error);
}

/* --- finish --- */

/* Brings a chunk to the column's width, and to its size if much of its memory is unused. */
static gboolean
settle(Stored *stored, PkPhysical physical, GError **error)
{
  PkChunk *chunk = &stored->chunk;
  gsize need = (gsize)chunk->length * pk_physical_size(physical);
  if (stored->physical == physical && pk_mem_trim(chunk->data, chunk->data_bytes, need)) {
    chunk->data_bytes = need;
    return TRUE;
  }
  if (stored->physical != physical || need + need / 8 + PK_PAGE_SIZE < chunk->data_bytes) {
    if (!refit(chunk, stored->physical, physical, chunk->length, error))
      return FALSE;
    stored->physical = physical;
  }
  return TRUE;
}

PkColumn *
pk_column_builder_finish(PkColumnBuilder *builder, GError **error)
{
  g_autoptr(PkColumnBuilder) self = builder;
  if (self->open.length > 0 || self->full->len == 0) {
    if (!self->open.data && !make_room(self, 0, error))
      return NULL;
    if (!self->open.data && !refit(&self->open, self->physical, self->physical, 0, error))
      return NULL;
    close_chunk(self);
  }

  PkPhysical physical = self->physical;
  if (!self->is_float)
    physical = self->stats.has_range ? pk_physical_for_range(self->stats.min_int, self->stats.max_int)
                                     : PK_PHYS_U8;
  for (guint i = 0; i < self->full->len; i++)
    if (!settle(&g_array_index(self->full, Stored, i), physical, error))
      return NULL;

  PkColumn *column = g_new0(PkColumn, 1);
  column->name = g_steal_pointer(&self->name);
  column->type = self->type;
  column->physical = physical;
  column->dictionary = g_steal_pointer(&self->dictionary);
  column->n_chunks = self->full->len;
  column->chunks = g_new0(PkChunk, self->full->len);
  for (guint i = 0; i < self->full->len; i++)
    column->chunks[i] = g_array_index(self->full, Stored, i).chunk;
  g_array_set_size(self->full, 0);
  column->length = self->length;
  column->stats = self->stats;
  column->stats.sortedness =
    sortedness(self->length, self->stats.null_count, self->stats.nan_count, self->up, self->down);
  return column;
}
