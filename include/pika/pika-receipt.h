/* The receipt: how a result came about. */
#pragma once

#include "pika-error.h"

G_BEGIN_DECLS

typedef struct {
  char backend[16];     /* "ref", "cpu", "sql", "vulkan" */
  char reason[160];     /* why this backend */
  gint64 rows_scanned;  /* of the tables that were read, those of each once however often it was scanned */
  gint64 scans;         /* how often the source was scanned for it; 0: all was in memory already */
  gint64 rows_out;
  gint64 rows_changed;  /* by a statement that answers no rows */
  gint64 bytes_read;    /* of columns kept in memory, and by the SQL engine where it answered */
  double fetch_ms;      /* source to columns */
  double execute_ms;    /* the plan */
  double encode_ms;     /* result to scene */
  double draw_ms;       /* scene to picture */
  gboolean exact;
  char note[160];       /* what kind of drawing or approximation, or "" */
  gsize peak_bytes;     /* of column memory */
} PikaReceipt;

/* One line for people. Caller frees. */
PIKA_API char *pika_receipt_to_text(const PikaReceipt *receipt);
/* A JSON object. Caller frees. */
PIKA_API char *pika_receipt_to_json(const PikaReceipt *receipt);

G_END_DECLS
