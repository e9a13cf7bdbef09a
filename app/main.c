/* pika-plot: the desktop application. */
#include "pa-application.h"

#include <glib/gi18n-lib.h>
#include <locale.h>

int
main(int argc, char **argv)
{
  setlocale(LC_ALL, "");
  bindtextdomain(GETTEXT_PACKAGE, PA_LOCALE_DIR);
  bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
  textdomain(GETTEXT_PACKAGE); /* that of the .ui files */
  g_autoptr(PaApplication) application = pa_application_new();
  return g_application_run(G_APPLICATION(application), argc, argv);
}
