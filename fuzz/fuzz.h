/* What the fuzz targets share.
 *
 * A target defines LLVMFuzzerTestOneInput, which libFuzzer, or replay.c in its
 * place, calls with each input; it answers 0. A fault is a crash, a finding of a
 * sanitizer, or a broken promise that the target asserts. */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every failure is told, in one line of valid UTF-8; every success is not. */
static inline void
fuzz_check_error(gboolean ok, const GError *error)
{
  g_assert_true(ok == (error == NULL));
  if (error == NULL)
    return;
  g_assert_true(error->message[0] != '\0');
  g_assert_null(strchr(error->message, '\n'));
  g_assert_true(g_utf8_validate(error->message, -1, NULL));
}
