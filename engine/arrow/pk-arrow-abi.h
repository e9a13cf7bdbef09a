/* The Arrow C Data Interface and C Stream Interface.
 *
 * The structures are the ABI given by
 *   https://arrow.apache.org/docs/format/CDataInterface.html
 *   https://arrow.apache.org/docs/format/CStreamInterface.html
 * A structure is owned by whoever holds it with release != NULL. Moving one is
 * copying its bytes and setting the original's release to NULL. Releasing it
 * is calling release, which sets release to NULL. The autoptrs below do that,
 * so a structure on the stack starts as `g_auto(PkArrowArray) a = { 0 };`. */
#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

/* The guards are those of the specification, so that include/pika and other
 * projects' headers may stand beside this one. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *schema);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *array);
  void *private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *stream, struct ArrowSchema *out);
  int (*get_next)(struct ArrowArrayStream *stream, struct ArrowArray *out);
  const char *(*get_last_error)(struct ArrowArrayStream *stream);
  void (*release)(struct ArrowArrayStream *stream);
  void *private_data;
};

#endif /* ARROW_C_STREAM_INTERFACE */

/* An element of a text view array ("vu"): a short text lies in it, another one's bytes in a buffer of the array. */
#define PK_ARROW_TEXT_INLINE 12

typedef struct {
  guint32 length;
  union {
    char text[PK_ARROW_TEXT_INLINE];
    struct {
      char prefix[4];
      gint32 buffer, offset;
    } far;
  } u;
} PkArrowTextView;

typedef struct ArrowSchema PkArrowSchema;
typedef struct ArrowArray PkArrowArray;
typedef struct ArrowArrayStream PkArrowStream;

/* Release and zero; safe on NULL and on a structure already released. */
void pk_arrow_schema_clear(PkArrowSchema *schema);
void pk_arrow_array_clear(PkArrowArray *array);
void pk_arrow_stream_clear(PkArrowStream *stream);

/* Move *from into *to (whose contents must be empty) and empty *from. */
void pk_arrow_schema_move(PkArrowSchema *from, PkArrowSchema *to);
void pk_arrow_array_move(PkArrowArray *from, PkArrowArray *to);
void pk_arrow_stream_move(PkArrowStream *from, PkArrowStream *to);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PkArrowSchema, pk_arrow_schema_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PkArrowArray, pk_arrow_array_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PkArrowStream, pk_arrow_stream_clear)

/* Fetches the schema of a stream into *out, which the caller clears. A failing
 * stream's own words become the message: PK_ERROR_CANCELLED when it answers
 * ECANCELED, PK_ERROR_LIMIT for ENOMEM, PK_ERROR_ENGINE otherwise. */
gboolean pk_arrow_stream_schema(PkArrowStream *stream, PkArrowSchema *out, GError **error);

/* Fetches the next record batch into *out, which the caller clears. At the end
 * it succeeds with out->release == NULL. Errors as above. */
gboolean pk_arrow_stream_next(PkArrowStream *stream, PkArrowArray *out, GError **error);

/* The value of a metadata key of a schema as a new string, or NULL. The
 * encoding (int32 counts and lengths) is checked for negative lengths. */
char *pk_arrow_schema_dup_metadata(const PkArrowSchema *schema, const char *key);

G_END_DECLS
