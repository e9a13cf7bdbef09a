/* A specification from someone else: any bytes are parsed or refused in one line. */
#include "fuzz.h"

#include "pk-spec.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(GError) error = NULL;
  /* Terminated where the text ends, so that a read beyond it is found. */
  g_autofree char *text = g_malloc(size + 1);

  memcpy(text, data ? (const void *)data : "", size);
  text[size] = '\0';
  g_autoptr(PkSpec) spec = pk_spec_parse(text, (gssize)size, "fuzz.vl.json", &error);
  fuzz_check_error(spec != NULL, error);
  return 0;
}
