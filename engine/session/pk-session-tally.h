/* What one answer read, for its receipt.
 *
 * Several plans ask about the same columns, so adding up what each one went through would tell of rows that no table
 * has. Here the rows of a table count once, whatever SELECTs over it were asked, and so do the bytes of a frame; how often
 * the source was scanned is a number of its own. Not thread-safe; one for each answer. */
#pragma once

#include "pk-frame.h"

#include <pika/pika.h>

G_BEGIN_DECLS

typedef struct {
  PikaReceipt *receipt;  /* borrowed; rows_scanned, bytes_read and scans are kept up to date */
  GHashTable *tables;    /* those known, as they stand in a relation → their rows, as gint64 *; NULL before the first */
  GHashTable *relations; /* those read, tables where they are known → rows, as gint64 *; NULL before the first */
  GHashTable *frames;    /* those counted; referenced; NULL before the first */
} PkTally;

void pk_tally_clear(PkTally *self);

/* For another answer over the same tables: nothing was read for it yet. */
void pk_tally_restart(PkTally *self);

/* A table of so many rows, as it stands in relations over it: they are that table's rows from then on. */
void pk_tally_add_table(PkTally *self, const char *table, gint64 rows);

/* One statement ran over the relation in the source: it went through so many rows (the most of all its scans is kept)
 * and read so many bytes. */
void pk_tally_add_scan(PkTally *self, const char *relation, gint64 rows, gint64 bytes);

/* A plan was answered from columns in memory. */
void pk_tally_add_frame(PkTally *self, const char *relation, PkFrame *frame);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PkTally, pk_tally_clear)

G_END_DECLS
