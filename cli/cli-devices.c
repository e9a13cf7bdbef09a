/* pika devices */
#include "cli-context.h"

#include <stdio.h>

int
cli_run_devices(CliArgs *args)
{
  g_autofree char *text = pika_describe_devices();
  fputs(text, stdout);
  return CLI_DONE;
}
