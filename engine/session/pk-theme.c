#include "pk-theme.h"

#include "pk-error.h"

#include <string.h>

/* Greys chosen for a contrast of at least 7:1 for text and 4.5:1 for labels on the background (WCAG 2). */
static const char dark[] =
  "{\"background\":\"#1d1f21\","
  "\"view\":{\"stroke\":\"#55585c\"},"
  "\"title\":{\"color\":\"#f0f1f2\",\"subtitleColor\":\"#c9ccd0\"},"
  "\"style\":{\"guide-label\":{\"fill\":\"#c9ccd0\"},\"guide-title\":{\"fill\":\"#f0f1f2\"},"
  "\"group-title\":{\"fill\":\"#f0f1f2\"}},"
  "\"axis\":{\"domainColor\":\"#8a8e93\",\"gridColor\":\"#3a3d41\",\"tickColor\":\"#8a8e93\"},"
  "\"legend\":{\"symbolBaseFillColor\":\"#c9ccd0\",\"symbolBaseStrokeColor\":\"#c9ccd0\"},"
  "\"rule\":{\"color\":\"#f0f1f2\"},\"text\":{\"color\":\"#f0f1f2\"}}";

gboolean
pk_theme_get(const char *name, JsonObject **config, GError **error)
{
  *config = NULL;
  if (!name || !strcmp(name, "light"))
    return TRUE;
  if (strcmp(name, "dark"))
    return pk_fail(error, PK_ERROR_USAGE, "there is no theme \"%s\": use light or dark", name);
  g_autoptr(JsonNode) node = json_from_string(dark, error);
  if (!node)
    return FALSE;
  *config = json_object_ref(json_node_get_object(node));
  return TRUE;
}
