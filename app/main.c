/* pika-plot: the desktop application. */
#include "pa-application.h"

#include <locale.h>

int
main(int argc, char **argv)
{
  setlocale(LC_ALL, "");
  g_autoptr(PaApplication) application = pa_application_new();
  return g_application_run(G_APPLICATION(application), argc, argv);
}
