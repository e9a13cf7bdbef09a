/* The receipt: how a result came about. Plain data; the caller owns it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  char backend[16];      /* "ref", "cpu", "sql", "vulkan" */
  char reason[160];      /* why this backend */
  gint64 rows_scanned;
  gint64 rows_out;
  gint64 bytes_read;     /* of column data scanned */
  double fetch_ms;       /* source → frame */
  double execute_ms;     /* plan on the backend */
  double encode_ms;      /* result → scene */
  double draw_ms;        /* scene → picture */
  gboolean exact;        /* FALSE: approximate, `note` says how */
  char note[160];        /* "density raster of 3,000,000 rows", "M4 of …" or empty */
  gsize peak_bytes;      /* column memory */
} PkReceipt;

G_END_DECLS
