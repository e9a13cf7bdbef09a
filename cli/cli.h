/* The command line as data: verbs, their options and examples stand in one
 * table (cli-verbs.c), from which parsing, --help, the man page and the shell
 * completions are all made. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Exit statuses. */
enum {
  CLI_DONE = 0,
  CLI_FAILED = 1,
  CLI_USAGE = 2,
  CLI_REJECTED = 3,     /* --strict, and records were rejected */
  CLI_INTERRUPTED = 130
};

typedef enum {
  CLI_FLAG,   /* takes no value */
  CLI_TEXT,
  CLI_NUMBER,
  CLI_SIZE,   /* 512MB */
  CLI_FILE,   /* a path: completed as one */
  CLI_DIR,
  CLI_CHOICE, /* one of `choices` */
} CliKind;

typedef struct {
  const char *name;    /* without the dashes */
  char letter;         /* short form, or 0 */
  CliKind kind;
  const char *argument;/* its name in the help: "FILE"; NULL for flags */
  const char *choices; /* CHOICE: "a|b|c" */
  gboolean repeats;
  const char *help;
} CliOption;

typedef struct {
  const char *command;
  const char *what;
} CliExample;

typedef struct CliArgs CliArgs;

typedef struct {
  const char *name;
  const char *summary;   /* one line */
  const char *usage;     /* "pika info [OPTION…] FILE…" */
  const char *details;   /* paragraphs for --help and the man page, or NULL */
  const CliExample *examples; /* ends with a NULL command */
  const CliOption *const *groups; /* option tables, each ending with a NULL name; ends with NULL */
  gboolean hidden;
  int (*run)(CliArgs *args);
} CliVerb;

extern const CliVerb cli_verbs[]; /* ends with a NULL name */

/* --- parsed arguments --- */

struct CliArgs {
  const CliVerb *verb;
  GHashTable *values;  /* name → GPtrArray of text */
  GPtrArray *positional;
};

/* Parses argv after the verb. FALSE with PIKA_ERROR_USAGE, which suggests the nearest option. */
gboolean cli_parse(const CliVerb *verb, int argc, char **argv, CliArgs *args, GError **error);
void cli_args_clear(CliArgs *args);

gboolean cli_has(const CliArgs *args, const char *name);
/* The last value given, or NULL. */
const char *cli_get(const CliArgs *args, const char *name);
/* All values given, or NULL. */
const GPtrArray *cli_get_all(const CliArgs *args, const char *name);
/* The number, or fallback. It was checked when parsed. */
double cli_get_number(const CliArgs *args, const char *name, double fallback);

/* The nearest of a NULL-terminated list of names, by Damerau-Levenshtein distance; NULL if none is near. */
const char *cli_suggest(const char *word, const char *const *names);

/* --- documents, all made from cli_verbs --- */

void cli_print_help(void);
void cli_print_verb_help(const CliVerb *verb);
/* kind: man, bash, zsh, fish. NULL if it is none of these; else the text, owned by the caller. */
char *cli_make_document(const char *kind);

int cli_run_info(CliArgs *args);
int cli_run_query(CliArgs *args);
int cli_run_plot(CliArgs *args);
int cli_run_explain(CliArgs *args);
int cli_run_render(CliArgs *args);
int cli_run_bench(CliArgs *args);
int cli_run_devices(CliArgs *args);
int cli_run_top(CliArgs *args);
int cli_run_tune(CliArgs *args);
int cli_run_document(CliArgs *args);

/* Opens files in the application: takes this program's place, or says why it cannot and returns a status. */
int cli_open_window(int n_files, char **files);

G_END_DECLS
