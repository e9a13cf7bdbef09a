#include "pk-csv-sniff.h"
#include "pk-csv-value.h"
#include "pk-error.h"
#include "pk-source.h"

#include <string.h>

/* Records looked at. */
#define SAMPLE_RECORDS 1000

typedef struct {
  const char *at, *end;
  PkCsvDialect dialect;
  guint64 line;
  PkCsvRecord record;
} Walk;

static void
walk_start(Walk *walk, const char *bytes, gsize length, gboolean whole, const PkCsvDialect *dialect)
{
  const char *end = bytes + length;

  memset(walk, 0, sizeof *walk);
  if (!whole && memrchr(bytes, '\n', length) != NULL)
    end = (const char *)memrchr(bytes, '\n', length) + 1; /* the last record may be cut */
  walk->at = bytes;
  walk->end = end;
  walk->dialect = *dialect;
  walk->line = 1;
}

/* The next record that counts; NULL at the end. */
static const PkCsvRecord *
walk_next(Walk *walk)
{
  while (walk->at < walk->end) {
    const char *from = walk->at, *next;
    pk_csv_parse_record(&walk->dialect, from, walk->end, &walk->record, &next);
    walk->record.line = walk->line;
    for (const char *p = from; (p = memchr(p, '\n', (gsize)(next - p))) != NULL; p++)
      walk->line++;
    walk->at = next;
    if (walk->record.fault == NULL && !walk->record.passed_over)
      return &walk->record;
  }
  return NULL;
}

/* --- widths --------------------------------------------------------------- */

typedef struct {
  guint first;  /* the width of the first record */
  guint mode;   /* the most frequent width */
  guint n_mode, n;
} Widths;

static void
measure(const char *bytes, gsize length, gboolean whole, const PkCsvDialect *dialect, Widths *widths)
{
  Walk walk;
  const PkCsvRecord *record;
  g_autoptr(GHashTable) counts = g_hash_table_new(NULL, NULL);

  memset(widths, 0, sizeof *widths);
  walk_start(&walk, bytes, length, whole, dialect);
  while (widths->n < SAMPLE_RECORDS && (record = walk_next(&walk)) != NULL) {
    guint count = GPOINTER_TO_UINT(g_hash_table_lookup(counts, GUINT_TO_POINTER(record->n_fields))) + 1;
    g_hash_table_insert(counts, GUINT_TO_POINTER(record->n_fields), GUINT_TO_POINTER(count));
    if (widths->n++ == 0)
      widths->first = record->n_fields;
    if (count > widths->n_mode) {
      widths->n_mode = count;
      widths->mode = record->n_fields;
    }
  }
  g_free(walk.record.fields);
}

/* The delimiter that cuts the most records into the same number of fields. It
 * must be in the first record too, unless nearly all others have it. */
/* (Where none does the text has a single column, and commas are part of it.) */
static int
find_delimiter(const char *bytes, gsize length, gboolean whole, const PkCsvDialect *dialect)
{
  static const char candidates[] = { ',', '\t', ';', '|' };
  int best = PK_CSV_NO_DELIM;
  double best_share = 0;
  guint best_width = 1;

  for (gsize i = 0; i < G_N_ELEMENTS(candidates); i++) {
    PkCsvDialect tried = *dialect;
    Widths widths;
    tried.delim = candidates[i];
    measure(bytes, length, whole, &tried, &widths);
    double share = widths.n > 0 ? (double)widths.n_mode / widths.n : 0;
    if (widths.mode < 2 || (widths.first < 2 && share < 0.9) || share < 0.5)
      continue;
    if (share > best_share + 0.05 || (share > best_share - 0.05 && widths.mode > best_width)) {
      best = candidates[i];
      best_share = share;
      best_width = widths.mode;
    }
  }
  return best;
}

/* --- the header ----------------------------------------------------------- */

static gboolean
is_null(const PkCsvOptions *options, const char *text, gsize n)
{
  if (n == 0)
    return TRUE;
  for (guint i = 0; i < options->nullstr->len; i++) {
    const char *word = g_ptr_array_index(options->nullstr, i);
    if (strlen(word) == n && memcmp(word, text, n) == 0)
      return TRUE;
  }
  return FALSE;
}

typedef enum { CELL_NULL, CELL_TEXT, CELL_TYPED } Cell;

static Cell
cell_of(const PkCsvOptions *options, const PkCsvField *field)
{
  PkCsvValue value;

  if (is_null(options, field->text, field->length))
    return CELL_NULL;
  pk_csv_value_read(field->text, field->length, &value);
  return value.kind == PK_CSV_TEXT ? CELL_TEXT : CELL_TYPED;
}

typedef struct {
  guint nulls, texts, typed;
} Body;

/* A record is the header if its texts stand over numbers or dates. Where all is
 * text nothing tells, and distinct names that are all there are taken for one. */
static gboolean
looks_like_header(const Cell *cells, const Body *bodies, guint n, gboolean distinct)
{
  guint for_it = 0, against = 0, missing = 0;

  for (guint c = 0; c < n; c++) {
    gboolean body_typed = bodies[c].typed > 0 && bodies[c].texts == 0;
    if (cells[c] == CELL_TYPED)
      against++;
    else if (body_typed && (cells[c] == CELL_TEXT || bodies[c].nulls == 0))
      for_it++;
    else if (cells[c] == CELL_NULL)
      missing++;
  }
  if (for_it > 0)
    return TRUE;
  return against == 0 && missing == 0 && distinct;
}

static char *
cell_name(const PkCsvShape *shape, const PkCsvField *field)
{
  g_autoptr(GString) scratch = g_string_new(NULL);
  gsize n;
  const char *text = pk_csv_field_text(field, &shape->dialect, scratch, &n);

  return g_strstrip(g_strndup(text, n));
}

static gboolean
name_is_in(GPtrArray *names, const char *name)
{
  g_autofree char *folded = g_utf8_casefold(name, -1);

  for (guint i = 0; i < names->len; i++) {
    g_autofree char *other = g_utf8_casefold(g_ptr_array_index(names, i), -1);
    if (strcmp(folded, other) == 0)
      return TRUE;
  }
  return FALSE;
}

#define MAX_RENAMED 200 /* bytes, about: a message, no list of thousands */

/* Names from the header's fields (NULL: none); missing ones are columnN, counted
 * from 0, and those that repeat get a number. */
static gboolean
name_columns(PkCsvShape *shape, const PkCsvRecord *header, const char *shown, GError **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  for (guint c = 0; c < shape->n_columns; c++) {
    g_autofree char *base = NULL;
    char *name;
    if (header != NULL && c < header->n_fields)
      base = cell_name(shape, &header->fields[c]);
    if (base != NULL && !g_utf8_validate(base, -1, NULL))
      return pk_fail(error, PK_ERROR_INVALID,
                     "%s: its first line is not UTF-8 text; if it is text of another "
                     "encoding, convert it (iconv -t UTF-8)",
                     shown);
    if (base == NULL || *base == '\0') {
      g_free(base);
      base = g_strdup_printf("column%u", c);
    }
    name = g_strdup(base);
    gboolean taken = FALSE;
    char *folded = g_utf8_casefold(name, -1);
    for (guint i = 1; g_hash_table_contains(seen, folded); i++) {
      g_free(name);
      g_free(folded);
      name = g_strdup_printf("%s_%u", base, i);
      folded = g_utf8_casefold(name, -1);
      taken = TRUE;
    }
    if (taken && (shape->renamed == NULL || strlen(shape->renamed) < MAX_RENAMED)) {
      char *list = g_strdup_printf("%s%s\"%s\" is %s", shape->renamed != NULL ? shape->renamed : "",
                                   shape->renamed != NULL ? ", " : "", base, name);
      g_free(shape->renamed);
      shape->renamed = list;
    }
    g_hash_table_add(seen, folded);
    g_ptr_array_add(shape->names, name);
  }
  return TRUE;
}

static void
look_at_header(const PkCsvOptions *options, const PkCsvRecord *record, guint n, Cell *cells,
               gboolean *distinct)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

  *distinct = TRUE;
  for (guint c = 0; c < n; c++) {
    cells[c] = c < record->n_fields ? cell_of(options, &record->fields[c]) : CELL_NULL;
    if (cells[c] != CELL_TEXT || !*distinct || n > 256)
      continue;
    char *name = g_utf8_make_valid(record->fields[c].text, (gssize)record->fields[c].length);
    *distinct = !name_is_in(names, name);
    g_ptr_array_add(names, name);
  }
}

static gboolean
decide_header(PkCsvShape *shape, Walk *walk, const PkCsvOptions *options, const PkCsvRecord *first)
{
  guint n = shape->n_columns;
  g_autofree Cell *cells = g_new0(Cell, MAX(n, 1));
  g_autofree Body *bodies = g_new0(Body, MAX(n, 1));
  gboolean distinct;
  const PkCsvRecord *record;

  look_at_header(options, first, n, cells, &distinct);
  for (guint i = 0; i < SAMPLE_RECORDS && (record = walk_next(walk)) != NULL; i++) {
    for (guint c = 0; c < n && c < record->n_fields; c++) {
      Cell cell = cell_of(options, &record->fields[c]);
      bodies[c].nulls += cell == CELL_NULL;
      bodies[c].texts += cell == CELL_TEXT;
      bodies[c].typed += cell == CELL_TYPED;
    }
  }
  return looks_like_header(cells, bodies, n, distinct);
}

/* --- all together --------------------------------------------------------- */

static gboolean
all_texts(const PkCsvOptions *options, const PkCsvRecord *record)
{
  for (guint c = 0; c < record->n_fields; c++)
    if (cell_of(options, &record->fields[c]) != CELL_TEXT)
      return FALSE;
  return TRUE;
}

/* How many columns there are, when the first record and most others differ. */
static guint
choose_width(const PkCsvOptions *options, const Widths *widths, const PkCsvRecord *first, gboolean *preamble)
{
  gboolean clear = widths->n_mode * 10 >= (widths->n - 1) * 9 && widths->n > 2;
  guint last = first->n_fields - 1;

  *preamble = FALSE;
  if (options->header == 0)
    return widths->mode;
  if (first->n_fields == widths->mode || !clear)
    return first->n_fields;
  if (first->n_fields == widths->mode + 1 && first->fields[last].length == 0)
    return widths->mode; /* a delimiter at the end of the header alone */
  if (options->header > 0 ||
      (first->n_fields >= 2 && first->n_fields < widths->mode && all_texts(options, first)))
    return MAX(first->n_fields, widths->mode);
  *preamble = first->n_fields < widths->mode;
  return *preamble ? widths->mode : first->n_fields;
}

static gboolean
find_header(PkCsvShape *shape, Walk *walk, const PkCsvOptions *options, const Widths *widths,
            const char *shown, GError **error)
{
  const PkCsvRecord *record = walk_next(walk);
  gboolean preamble, is_header;

  if (record == NULL)
    return pk_fail(error, PK_ERROR_INVALID, "%s holds no records", shown);
  shape->n_columns = choose_width(options, widths, record, &preamble);
  while (preamble && record != NULL && record->n_fields != shape->n_columns)
    record = walk_next(walk);
  if (record == NULL)
    return pk_fail(error, PK_ERROR_INTERNAL, "%s: the sample changed", shown);
  if (shape->n_columns > PK_SOURCE_MAX_COLUMNS)
    return pk_fail(error, PK_ERROR_LIMIT, "%s has %u columns, more than the %d that a table may have", shown,
                   shape->n_columns, PK_SOURCE_MAX_COLUMNS);

  /* The walk reuses its record, so the first one is parsed again for its names. */
  Walk again = { 0 };
  const char *next;
  pk_csv_parse_record(&walk->dialect, record->raw, walk->end, &again.record, &next);
  guint64 line = record->line;
  is_header =
    options->header > 0 || (options->header < 0 && decide_header(shape, walk, options, &again.record));
  if (is_header)
    shape->header_line = line;
  shape->padded = is_header && again.record.n_fields != shape->n_columns;
  gboolean ok = name_columns(shape, is_header ? &again.record : NULL, shown, error);
  g_free(again.record.fields);
  return ok;
}

void
pk_csv_shape_clear(PkCsvShape *shape)
{
  g_clear_pointer(&shape->names, g_ptr_array_unref);
  g_clear_pointer(&shape->renamed, g_free);
}

static gboolean
ends_in_tab_name(const char *shown)
{
  g_autofree char *lower = g_ascii_strdown(shown, -1);
  return g_str_has_suffix(lower, ".tsv") || g_str_has_suffix(lower, ".tab") ||
         g_str_has_suffix(lower, ".tsv.gz");
}

gboolean
pk_csv_sniff(const char *bytes, gsize length, gboolean whole, const PkCsvOptions *options, const char *shown,
             PkCsvShape *shape, GError **error)
{
  Widths widths;
  Walk walk;

  memset(shape, 0, sizeof *shape);
  shape->names = g_ptr_array_new_with_free_func(g_free);
  shape->dialect.quote = options->quote >= 0 ? options->quote : '"';
  shape->dialect.escape = options->escape > 0 ? options->escape : shape->dialect.quote;
  shape->dialect.comment = options->comment;
  if (length == 0)
    return pk_fail(error, PK_ERROR_INVALID, "%s is empty", shown);
  if (memchr(bytes, '\0', MIN(length, 4096)) != NULL)
    return pk_fail(error, PK_ERROR_INVALID, "%s is not text: it holds NUL bytes", shown);
  if (memchr(bytes, '\n', length) == NULL && !whole)
    return pk_fail(error, PK_ERROR_LIMIT, "%s: its first line is longer than 1 MiB", shown);
  if (memchr(bytes, '\n', length) == NULL && memchr(bytes, '\r', length) != NULL)
    return pk_fail(error, PK_ERROR_UNSUPPORTED,
                   "%s: its lines end in CR alone; convert them (tr '\\r' '\\n')", shown);
  if (options->delim >= 0)
    shape->dialect.delim = options->delim;
  else if (ends_in_tab_name(shown))
    shape->dialect.delim = '\t';
  else
    shape->dialect.delim = find_delimiter(bytes, length, whole, &shape->dialect);
  int delim = shape->dialect.delim;
  if (delim == shape->dialect.quote || delim == shape->dialect.escape || delim == shape->dialect.comment ||
      (shape->dialect.comment >= 0 && shape->dialect.comment == shape->dialect.quote))
    return pk_fail(error, PK_ERROR_USAGE,
                   "%s: delimiter, quote, escape and comment must be different characters", shown);
  measure(bytes, length, whole, &shape->dialect, &widths);
  walk_start(&walk, bytes, length, whole, &shape->dialect);
  gboolean ok = find_header(shape, &walk, options, &widths, shown, error);
  g_free(walk.record.fields);
  return ok;
}
