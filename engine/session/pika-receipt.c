#include "pk-digits.h"

#include <pika/pika.h>

static void
append_ms(GString *out, const char *name, double ms)
{
  if (ms > 0)
    g_string_append_printf(out, " · %s %.1f ms", name, ms);
}

char *
pika_receipt_to_text(const PikaReceipt *receipt)
{
  GString *out = g_string_new(receipt->backend[0] ? receipt->backend : "none");
  g_string_append(out, " · ");
  pk_digits_append(out, (guint64)MAX(receipt->rows_scanned, 0));
  g_string_append(out, receipt->rows_scanned == 1 ? " row" : " rows");
  if (receipt->scans > 1)
    g_string_append_printf(out, " in %" G_GINT64_FORMAT " scans", receipt->scans);
  if (receipt->bytes_read > 0) {
    g_autofree char *size = g_format_size((guint64)receipt->bytes_read);
    g_string_append_printf(out, " · %s", size);
  }
  append_ms(out, "fetch", receipt->fetch_ms);
  append_ms(out, "execute", receipt->execute_ms);
  append_ms(out, "encode", receipt->encode_ms);
  append_ms(out, "draw", receipt->draw_ms);
  g_string_append(out, receipt->exact ? " · exact" : " · approximate");
  if (receipt->note[0])
    g_string_append_printf(out, " · %s", receipt->note);
  if (receipt->reason[0])
    g_string_append_printf(out, " (%s)", receipt->reason);
  return g_string_free(out, FALSE);
}

static void
append_json_text(GString *out, const char *name, const char *text)
{
  g_string_append_printf(out, "\"%s\":\"", name);
  for (const char *c = text; *c; c++) {
    if (*c == '"' || *c == '\\')
      g_string_append_c(out, '\\');
    if ((guchar)*c >= 0x20)
      g_string_append_c(out, *c);
  }
  g_string_append(out, "\",");
}

static void
append_json_number(GString *out, const char *name, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append_printf(out, "\"%s\":%s,", name, g_ascii_formatd(text, sizeof text, "%.3f", value));
}

char *
pika_receipt_to_json(const PikaReceipt *receipt)
{
  GString *out = g_string_new("{");
  append_json_text(out, "backend", receipt->backend);
  append_json_text(out, "reason", receipt->reason);
  g_string_append_printf(out, "\"rows_scanned\":%" G_GINT64_FORMAT ",\"scans\":%" G_GINT64_FORMAT ",\"rows_out\":%" G_GINT64_FORMAT
                              ",\"rows_changed\":%" G_GINT64_FORMAT ",\"bytes_read\":%" G_GINT64_FORMAT ",",
                         receipt->rows_scanned, receipt->scans, receipt->rows_out, receipt->rows_changed, receipt->bytes_read);
  append_json_number(out, "fetch_ms", receipt->fetch_ms);
  append_json_number(out, "execute_ms", receipt->execute_ms);
  append_json_number(out, "encode_ms", receipt->encode_ms);
  append_json_number(out, "draw_ms", receipt->draw_ms);
  append_json_text(out, "note", receipt->note);
  g_string_append_printf(out, "\"peak_bytes\":%" G_GSIZE_FORMAT ",\"exact\":%s}", receipt->peak_bytes,
                         receipt->exact ? "true" : "false");
  return g_string_free(out, FALSE);
}
