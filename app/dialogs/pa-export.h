/* Writing a plot or rows to a file: whole, under its name only once it is complete. */
#pragma once

#include <pika/pika.h>

G_BEGIN_DECLS

typedef enum {
  PA_EXPORT_PNG,
  PA_EXPORT_SVG,
  PA_EXPORT_PDF,
  PA_EXPORT_HTML,     /* the SVG in a page that stands for itself */
  PA_EXPORT_VEGALITE, /* the specification */
  PA_EXPORT_CSV,      /* the rows */
  PA_EXPORT_PARQUET,
  PA_N_EXPORTS,
} PaExportFormat;

typedef struct {
  PaExportFormat format;
  const char *spec, *table;    /* the plot, and what it is a plot of; NULL: none */
  const char *sql;             /* the rows; NULL: none */
  double scale, ppi;           /* PNG */
  gboolean transparent;
  double width, height;        /* px of the plotting area; 0: as the specification says */
} PaExport;

/* "PNG picture"; ".png". Static. */
const char *pa_export_get_name(PaExportFormat format);
const char *pa_export_get_suffix(PaExportFormat format);
/* Of rows, not of a plot. */
gboolean pa_export_is_rows(PaExportFormat format);

/* Copies what it needs. Main thread. */
void pa_export_async(PikaSession *session, const PaExport *what, const char *path, GCancellable *cancellable,
                     GAsyncReadyCallback callback, gpointer user_data);
gboolean pa_export_finish(GAsyncResult *result, GError **error);

/* A plot's bytes, for the clipboard. */
void pa_export_picture_async(PikaSession *session, const PaExport *what, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
GBytes *pa_export_picture_finish(GAsyncResult *result, GError **error);

/* The rows that a plot's marks were made of, as CSV text; of its first unit. */
void pa_export_data_async(PikaSession *session, const PaExport *what, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data);
char *pa_export_data_finish(GAsyncResult *result, GError **error);

G_END_DECLS
