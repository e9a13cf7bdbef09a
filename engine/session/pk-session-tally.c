#include "pk-session-tally.h"

#include <string.h>

void
pk_tally_clear(PkTally *self)
{
  g_clear_pointer(&self->tables, g_hash_table_unref);
  g_clear_pointer(&self->relations, g_hash_table_unref);
  g_clear_pointer(&self->frames, g_hash_table_unref);
}

void
pk_tally_restart(PkTally *self)
{
  g_clear_pointer(&self->relations, g_hash_table_unref);
  g_clear_pointer(&self->frames, g_hash_table_unref);
}

void
pk_tally_add_table(PkTally *self, const char *table, gint64 rows)
{
  if (!self->tables)
    self->tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_replace(self->tables, g_strdup(table), g_memdup2(&rows, sizeof rows));
}

static void
count_once(PkTally *self, const char *relation, gint64 rows)
{
  if (!self->relations)
    self->relations = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  gint64 *known = g_hash_table_lookup(self->relations, relation);
  if (!known)
    g_hash_table_insert(self->relations, g_strdup(relation), known = g_new0(gint64, 1));
  self->receipt->rows_scanned += MAX(rows - *known, 0);
  *known = MAX(rows, *known);
}

/* A SELECT over tables names them. */
static void
add_rows(PkTally *self, const char *relation, gint64 rows)
{
  GHashTableIter iter;
  gpointer table, n;
  gboolean is_known = FALSE;
  if (self->tables)
    g_hash_table_iter_init(&iter, self->tables);
  while (self->tables && g_hash_table_iter_next(&iter, &table, &n))
    if (strstr(relation, table)) {
      count_once(self, table, *(gint64 *)n);
      is_known = TRUE;
    }
  if (!is_known)
    count_once(self, relation, rows);
}

void
pk_tally_add_scan(PkTally *self, const char *relation, gint64 rows, gint64 bytes)
{
  add_rows(self, relation, rows);
  self->receipt->bytes_read += bytes;
  self->receipt->scans++;
}

void
pk_tally_add_frame(PkTally *self, const char *relation, PkFrame *frame)
{
  add_rows(self, relation, frame->length);
  if (!self->frames)
    self->frames = g_hash_table_new_full(NULL, NULL, (GDestroyNotify)pk_frame_unref, NULL);
  if (g_hash_table_add(self->frames, pk_frame_ref(frame)))
    self->receipt->bytes_read += (gint64)pk_frame_get_bytes(frame);
}
