#include "pk-text-input.h"
#include "pk-error.h"

#include <string.h>

#define BLOCK ((gsize)1 << 20)

void
pk_text_input_init(PkTextInput *input, GInputStream *stream, const char *shown)
{
  memset(input, 0, sizeof *input);
  input->stream = g_object_ref(stream);
  input->shown = g_strdup(shown);
}

void
pk_text_input_clear(PkTextInput *input)
{
  g_clear_object(&input->stream);
  g_clear_pointer(&input->shown, g_free);
  g_clear_pointer(&input->bytes, g_free);
}

gboolean
pk_text_input_fill(PkTextInput *input, GCancellable *cancellable, GError **error)
{
  g_autoptr(GError) failure = NULL;

  if (input->start > 0) {
    memmove(input->bytes, input->bytes + input->start, input->end - input->start);
    input->end -= input->start;
    input->start = 0;
  }
  if (input->size - input->end < BLOCK) {
    input->size = MAX(input->size * 2, 2 * BLOCK);
    input->bytes = g_realloc(input->bytes, input->size);
  }
  gssize n = g_input_stream_read(input->stream, input->bytes + input->end, input->size - input->end, cancellable,
                                 &failure);
  if (n < 0 && g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
  if (n < 0)
    return pk_fail(error, PK_ERROR_IO, "cannot read %s: %s", input->shown, failure->message);
  input->eof = n == 0;
  input->end += (gsize)n;
  input->read += (guint64)n;
  return TRUE;
}

gboolean
pk_text_input_begin(PkTextInput *input, gsize sample, GCancellable *cancellable, GError **error)
{
  while (!input->eof && input->end - input->start < sample)
    if (!pk_text_input_fill(input, cancellable, error))
      return FALSE;
  if (input->begun)
    return TRUE;
  const char *head = input->bytes + input->start;
  gsize n = input->end - input->start;
  if (n >= 2 && (memcmp(head, "\xFF\xFE", 2) == 0 || memcmp(head, "\xFE\xFF", 2) == 0))
    return pk_fail(error, PK_ERROR_UNSUPPORTED,
                   "%s is UTF-16 text; convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)", input->shown);
  input->marked = n >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0;
  input->start += input->marked ? 3 : 0;
  input->begun = TRUE;
  return TRUE;
}

gboolean
pk_text_is_utf8(const char *text, gsize length)
{
  gsize i = 0;
  guint64 bits = 0, word;

  for (; i + 8 <= length; i += 8) {
    memcpy(&word, text + i, 8);
    bits |= word;
  }
  for (; i < length; i++)
    bits |= (guchar)text[i];
  if ((bits & G_GUINT64_CONSTANT(0x8080808080808080)) == 0)
    return memchr(text, '\0', length) == NULL;
  return g_utf8_validate_len(text, length, NULL);
}
