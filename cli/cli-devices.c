/* pika devices */
#include "cli-context.h"

#include <stdio.h>

int
cli_run_devices(CliArgs *args)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  pika_describe_devices_async(cli_cancellable(), cli_ready, &result);
  g_autofree char *text = pika_describe_devices_finish(cli_wait(&result), &error);
  if (!text)
    return cli_fail(error);
  fputs(text, stdout);
  return CLI_DONE;
}
