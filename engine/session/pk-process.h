/* What a process tells of its runtime, and how it crosses to another: as one JSON object.
 *
 * {"pid", "command", "workers", "borrowed", "left", "parked", "done", "failed", "cancelled", "superseded", "refused",
 *  "lanes": [{"lane", "running", "waiting"}, …], "jobs": [{"name", "lane", "status", "waited_ms", "ran_ms",
 *  "progress": {"phase", "done", "total", "unit", "rows", "bytes"} or null}, …]}; of one that did not answer
 * {"pid", "answered": false}. */
#pragma once

#include <pika/pika.h>

G_BEGIN_DECLS

/* This process as it is now; does not block. Caller owns. */
PikaProcess *pk_process_of_self(void);

/* NULL if the text is no such object. Caller owns. */
PikaProcess *pk_process_from_json(const char *text, gssize length);

/* The folder for the sockets, $XDG_RUNTIME_DIR/pika-plot, or the user's cache folder in place of the former. Caller
 * frees. */
char *pk_process_dup_folder(void);

G_END_DECLS
