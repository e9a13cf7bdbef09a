#include "pk-arrow-abi.h"
#include "pk-error.h"

#include <errno.h>
#include <string.h>

void
pk_arrow_schema_clear(PkArrowSchema *schema)
{
  if (schema == NULL)
    return;
  if (schema->release != NULL)
    schema->release(schema);
  memset(schema, 0, sizeof *schema);
}

void
pk_arrow_array_clear(PkArrowArray *array)
{
  if (array == NULL)
    return;
  if (array->release != NULL)
    array->release(array);
  memset(array, 0, sizeof *array);
}

void
pk_arrow_stream_clear(PkArrowStream *stream)
{
  if (stream == NULL)
    return;
  if (stream->release != NULL)
    stream->release(stream);
  memset(stream, 0, sizeof *stream);
}

void
pk_arrow_schema_move(PkArrowSchema *from, PkArrowSchema *to)
{
  *to = *from;
  memset(from, 0, sizeof *from);
}

void
pk_arrow_array_move(PkArrowArray *from, PkArrowArray *to)
{
  *to = *from;
  memset(from, 0, sizeof *from);
}

void
pk_arrow_stream_move(PkArrowStream *from, PkArrowStream *to)
{
  *to = *from;
  memset(from, 0, sizeof *from);
}

static gboolean
stream_failed(PkArrowStream *stream, int code, GError **error)
{
  const char *words = stream->get_last_error != NULL ? stream->get_last_error(stream) : NULL;
  PkErrorCode kind = code == ECANCELED ? PK_ERROR_CANCELLED
                     : code == ENOMEM  ? PK_ERROR_LIMIT
                                       : PK_ERROR_ENGINE;

  return pk_fail(error, kind, "%s", words != NULL && *words != '\0' ? words : g_strerror(code));
}

gboolean
pk_arrow_stream_schema(PkArrowStream *stream, PkArrowSchema *out, GError **error)
{
  memset(out, 0, sizeof *out);
  if (stream->release == NULL)
    return pk_fail(error, PK_ERROR_INVALID, "the stream of record batches was already released");
  int code = stream->get_schema(stream, out);
  if (code != 0)
    return stream_failed(stream, code, error);
  if (out->release == NULL)
    return pk_fail(error, PK_ERROR_INVALID, "the stream of record batches gave no schema");
  return TRUE;
}

gboolean
pk_arrow_stream_next(PkArrowStream *stream, PkArrowArray *out, GError **error)
{
  memset(out, 0, sizeof *out);
  if (stream->release == NULL)
    return pk_fail(error, PK_ERROR_INVALID, "the stream of record batches was already released");
  int code = stream->get_next(stream, out);
  return code == 0 || stream_failed(stream, code, error);
}

/* Metadata is: int32 number of pairs, then for each int32 length, key, int32
 * length, value; native byte order. */
static const char *
take_piece(const char *at, gint32 *length)
{
  memcpy(length, at, sizeof *length);
  return *length < 0 ? NULL : at + sizeof *length;
}

char *
pk_arrow_schema_dup_metadata(const PkArrowSchema *schema, const char *key)
{
  const char *at = schema->metadata;
  gint32 pairs;

  if (at == NULL)
    return NULL;
  memcpy(&pairs, at, sizeof pairs);
  at += sizeof pairs;
  for (gint32 i = 0; i < pairs; i++) {
    gint32 key_length, value_length;
    const char *name = take_piece(at, &key_length);
    if (name == NULL)
      return NULL;
    const char *value = take_piece(name + key_length, &value_length);
    if (value == NULL)
      return NULL;
    if ((gsize)key_length == strlen(key) && memcmp(name, key, key_length) == 0)
      return g_strndup(value, value_length);
    at = value + value_length;
  }
  return NULL;
}
