#include "pk-duckdb.h"
#include "pk-error.h"

#include <string.h>

/* Longer than this, an error is no longer one line on a screen. */
#define MAX_WORDS 500

static PkErrorCode
classify(const char *words)
{
  static const struct { const char *prefix; PkErrorCode code; } classes[] = {
    { "Parser Error", PK_ERROR_PARSE }, { "Syntax Error", PK_ERROR_PARSE },
    { "Permission Error", PK_ERROR_FORBIDDEN }, { "Out of Memory Error", PK_ERROR_LIMIT },
    { "Conversion Error", PK_ERROR_TYPE }, { "Mismatch Type Error", PK_ERROR_TYPE },
    { "Out of Range Error", PK_ERROR_OVERFLOW }, { "Not implemented Error", PK_ERROR_UNSUPPORTED },
    { "INTERRUPT", PK_ERROR_CANCELLED }, { "Interrupt", PK_ERROR_CANCELLED },
    { "IO Error", PK_ERROR_IO }, { "Catalog Error", PK_ERROR_NOT_FOUND },
  };

  if (g_str_has_prefix(words, "IO Error") && strstr(words, "No files found") != NULL)
    return PK_ERROR_NOT_FOUND;
  if (g_str_has_prefix(words, "Binder Error") && strstr(words, "not found") != NULL)
    return PK_ERROR_NOT_FOUND;
  for (gsize i = 0; i < G_N_ELEMENTS(classes); i++)
    if (g_str_has_prefix(words, classes[i].prefix))
      return classes[i].code;
  return PK_ERROR_ENGINE;
}

/* DuckDB answers in several lines: the fault, hints, then "LINE 1: …" with a
 * caret. The first two kinds are kept, in one line. */
static char *
one_line(const char *words)
{
  g_auto(GStrv) lines = g_strsplit(words, "\n", -1);
  GString *out = g_string_new(NULL);

  for (char **line = lines; *line != NULL; line++) {
    char *text = g_strstrip(*line);
    if (g_str_has_prefix(text, "LINE "))
      break;
    if (*text == '\0')
      continue;
    if (out->len > 0)
      g_string_append_c(out, ' ');
    g_string_append(out, text);
  }
  if (out->len > MAX_WORDS) {
    gsize cut = MAX_WORDS;
    while (cut > 0 && ((guchar)out->str[cut] & 0xc0) == 0x80)
      cut--;
    g_string_truncate(out, cut);
    g_string_append(out, " …");
  }
  return g_string_free(out, FALSE);
}

gboolean
pk_duckdb_fail(GError **error, const char *what, const char *words)
{
  if (words == NULL || *words == '\0')
    words = "the SQL engine failed without saying why";
  PkErrorCode code = classify(words);
  g_autofree char *line = one_line(words);
  /* The engine's advice is to switch on what is switched off for good. */
  if (g_str_has_prefix(words, "Missing Extension Error"))
    return pk_fail(error, PK_ERROR_FORBIDDEN, "%s%sthe network and extensions are switched off, and this needs them: %.*s",
                   what ? what : "", what ? ": " : "", (int)strcspn(words, "\n"), words);

  if (code == PK_ERROR_CANCELLED)
    return pk_fail(error, code, "interrupted");
  if (what != NULL)
    return pk_fail(error, code, "%s: %s", what, line);
  return pk_fail(error, code, "%s", line);
}

/* "LINE 2: SELECT nope" with a caret below: the column counts from the end of "LINE 2: ". Of a long line only a piece is
 * shown, after "...". */
gboolean
pk_duckdb_find_place(const char *words, guint *line, guint *column)
{
  const char *shown = words ? strstr(words, "\nLINE ") : NULL;
  const char *end = shown ? strchr(shown + 1, '\n') : NULL;
  const char *colon = shown ? strstr(shown, ": ") : NULL;
  if (!shown || !end || !colon || colon > end)
    return FALSE;
  gsize indent = strspn(end + 1, " "), prefix = (gsize)(colon + 2 - (shown + 1));
  *line = (guint)g_ascii_strtoull(shown + strlen("\nLINE "), NULL, 10);
  if (end[1 + indent] != '^' || indent < prefix || g_str_has_prefix(colon + 2, "..."))
    return FALSE;
  *column = (guint)(indent - prefix) + 1;
  return *line > 0;
}
