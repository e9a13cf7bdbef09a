/* What a session knows of its tables and their columns: plain values. */
#pragma once

#include "pika-error.h"

G_BEGIN_DECLS

typedef struct {
  char *name;        /* as SQL spells it, unquoted */
  char **paths;      /* NULL-terminated */
  char *format;      /* "csv", "parquet", … */
  gboolean has_report; /* CSV and JSON: every record is accounted for: read = loaded + rejected */
  guint64 read, loaded, rejected;
  char **warnings;   /* one line each, NULL-terminated */
} PikaTable;

PIKA_API void pika_table_free(PikaTable *self);

typedef enum {
  PIKA_KIND_NUMBER,
  PIKA_KIND_TIME, /* dates, timestamps */
  PIKA_KIND_BOOL,
  PIKA_KIND_TEXT,
  PIKA_KIND_OTHER,
} PikaKind;

typedef struct {
  char *name;
  char *type; /* SQL name */
  PikaKind kind;
} PikaColumn;

PIKA_API void pika_column_free(PikaColumn *self);

typedef struct {
  char *name;
  char *type;            /* SQL name */
  PikaKind kind;
  gint64 rows, nulls;
  char *min, *max;       /* exact, as text; NULL: no value */
  gint64 distinct;       /* estimate (HyperLogLog) */
  gboolean has_histogram;
  double histogram_min, histogram_max;
  guint n_bins;
  gint64 *bins;          /* counts of equal bins from min to max; text: of the most frequent values */
  char **bin_labels;     /* text columns: the values; else NULL */
} PikaColumnProfile;

PIKA_API void pika_column_profile_free(PikaColumnProfile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PikaTable, pika_table_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PikaColumn, pika_column_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PikaColumnProfile, pika_column_profile_free)

G_END_DECLS
