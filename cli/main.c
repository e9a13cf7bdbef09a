/* pika: the command line. */
#include "cli-context.h"

#include <stdio.h>
#include <string.h>
#include <locale.h>

static const CliVerb *
find_verb(const char *name)
{
  for (const CliVerb *v = cli_verbs; v->name; v++)
    if (!strcmp(v->name, name))
      return v;
  return NULL;
}

static gboolean
are_files(int n, char **words)
{
  for (int i = 0; i < n; i++)
    if (!g_file_test(words[i], G_FILE_TEST_EXISTS))
      return FALSE;
  return n > 0;
}

static int
fail_unknown_verb(const char *word)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (const CliVerb *v = cli_verbs; v->name; v++)
    if (!v->hidden)
      g_ptr_array_add(names, (gpointer)v->name);
  g_ptr_array_add(names, NULL);
  const char *near = cli_suggest(word, (const char *const *)names->pdata);
  if (*word == '-')
    fprintf(stderr, "pika: options such as %s come after the verb: pika VERB [OPTION…] [FILE…]; see pika --help\n", word);
  else if (near)
    fprintf(stderr, "pika: unknown verb \"%s\"; did you mean pika %s?\n", word, near);
  else if (g_file_test(word, G_FILE_TEST_EXISTS))
    fprintf(stderr, "pika: to open files in a window, name nothing but files that exist; or say what to do with %s: "
                    "pika info %s, pika query or pika plot\n", word, word);
  else
    fprintf(stderr, "pika: unknown verb \"%s\"; see pika --help\n", word);
  return CLI_USAGE;
}

static int
finish_stdout(int status)
{
  if (fflush(stdout) == 0 && !ferror(stdout))
    return status;
  fputs("pika: cannot write to stdout\n", stderr);
  return status == CLI_DONE ? CLI_FAILED : status;
}

/* pika top sees it, unless it is that itself. */
static int
run_published(CliArgs *args)
{
  if (args->verb->run == cli_run_top)
    return cli_run_top(args);
  cli_publish(cli_has(args, "verbose"));
  int status = args->verb->run(args);
  cli_unpublish();
  return status;
}

/* With --trace, writes what the runtime did. */
static int
run(CliArgs *args)
{
  const char *path = cli_get(args, "trace");
  g_autoptr(GError) error = NULL;
  gsize length;
  if (!path)
    return run_published(args);
  pika_trace_start();
  int status = run_published(args);
  g_autofree char *json = pika_trace_to_json(&length);
  if (g_file_set_contents(path, json, (gssize)length, &error))
    return status;
  cli_say("pika: cannot write the trace: %s", error->message);
  return status == CLI_DONE ? CLI_FAILED : status;
}

int
main(int argc, char **argv)
{
  setlocale(LC_ALL, "");
  cli_watch_signals();
  if (argc < 2) {
    cli_print_help();
    return finish_stdout(CLI_USAGE);
  }
  const char *word = argv[1];
  if (!strcmp(word, "--version")) {
    printf("pika %s (DuckDB %s)\n", pika_version(), pika_engine_version());
    return finish_stdout(CLI_DONE);
  }
  if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help")) {
    const CliVerb *verb = !strcmp(word, "help") && argc > 2 ? find_verb(argv[2]) : NULL;
    if (verb)
      cli_print_verb_help(verb);
    else
      cli_print_help();
    return finish_stdout(CLI_DONE);
  }
  const CliVerb *verb = find_verb(word);
  if (!verb && are_files(argc - 1, argv + 1))
    return cli_open_window(argc - 1, argv + 1);
  if (!verb)
    return fail_unknown_verb(word);
  CliArgs args = { 0 };
  g_autoptr(GError) error = NULL;
  int status;
  if (!cli_parse(verb, argc - 2, argv + 2, &args, &error)) {
    status = cli_fail(error);
  } else if (cli_has(&args, "help")) {
    cli_print_verb_help(verb);
    status = CLI_DONE;
  } else {
    status = run(&args);
  }
  cli_args_clear(&args);
  status = finish_stdout(status);
  cli_leave(status);
  return status;
}
