/* Help, man page and completions, made from the tables of cli-verbs.c. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

/* --- help --- */

static void
append_wrapped(GString *out, const char *text, guint indent, guint width, guint column)
{
  g_auto(GStrv) words = g_strsplit(text, " ", -1);
  for (guint i = 0; words[i]; i++) {
    guint length = (guint)g_utf8_strlen(words[i], -1);
    if (i > 0 && column + 1 + length > width) {
      g_string_append_printf(out, "\n%*s", (int)indent, "");
      column = indent;
    } else if (i > 0) {
      g_string_append_c(out, ' ');
      column++;
    }
    g_string_append(out, words[i]);
    column += length;
  }
  g_string_append_c(out, '\n');
}

static char *
option_head(const CliOption *o)
{
  GString *head = g_string_new(NULL);
  if (o->letter)
    g_string_append_printf(head, "-%c, ", o->letter);
  else
    g_string_append(head, "    ");
  g_string_append_printf(head, "--%s", o->name);
  if (o->argument)
    g_string_append_printf(head, " %s", o->argument);
  return g_string_free(head, FALSE);
}

static void
append_option(GString *out, const CliOption *o)
{
  const guint indent = 26;
  g_autofree char *head = option_head(o);
  g_string_append_printf(out, "  %s", head);
  guint column = 2 + (guint)strlen(head);
  if (column + 2 > indent) {
    g_string_append_c(out, '\n');
    column = 0;
  }
  g_string_append_printf(out, "%*s", (int)(indent - column), "");
  g_autofree char *choices = o->choices ? g_strdelimit(g_strdup(o->choices), "|", ' ') : NULL;
  g_autofree char *help = choices ? g_strdup_printf("%s [%s]", o->help, choices) : g_strdup(o->help);
  append_wrapped(out, help, indent, 100, indent);
}

void
cli_print_verb_help(const CliVerb *verb)
{
  g_autoptr(GString) out = g_string_new(NULL);
  if (verb->examples->command)
    g_string_append(out, "Examples:\n");
  for (const CliExample *e = verb->examples; e->command; e++)
    g_string_append_printf(out, "  %s\n      %s\n", e->command, e->what);
  g_string_append_printf(out, "%sUsage: %s\n\n%c%s.\n", verb->examples->command ? "\n" : "", verb->usage,
                         g_ascii_toupper(verb->summary[0]), verb->summary + 1);
  if (verb->details)
    append_wrapped(out, verb->details, 0, 100, 0);
  g_string_append(out, "\nOptions:\n");
  for (const CliOption *const *group = verb->groups; *group; group++) {
    for (const CliOption *o = *group; o->name; o++)
      append_option(out, o);
    if (group[1])
      g_string_append_c(out, '\n');
  }
  fputs(out->str, stdout);
}

void
cli_print_help(void)
{
  g_autoptr(GString) out = g_string_new("Examples:\n");
  for (const CliVerb *v = cli_verbs; v->name; v++)
    if (!v->hidden && v->examples->command)
      g_string_append_printf(out, "  %s\n      %s\n", v->examples->command, v->examples->what);
  g_string_append(out, "\nUsage: pika VERB [OPTION…] [FILE…]\n\nOpen any table, ask in SQL, see every row.\n\nVerbs:\n");
  for (const CliVerb *v = cli_verbs; v->name; v++)
    if (!v->hidden)
      g_string_append_printf(out, "  %-10s %s\n", v->name, v->summary);
  g_string_append(out, "\nOptions:\n"
                       "  -h, --help     show this help, or that of a verb: pika plot --help\n"
                       "      --version  show the versions of Pika-Plot and of its engine\n\n"
                       "Data goes to stdout, everything else to stderr. Exit status: 0 done, 1 failed, 2 wrong usage,\n"
                       "3 done but records were rejected under --strict, 130 interrupted.\n");
  fputs(out->str, stdout);
}

/* --- man page --- */

static void
append_roff(GString *out, const char *text)
{
  if (*text == '.' || *text == '\'')
    g_string_append(out, "\\&");
  for (; *text; text++) {
    if (*text == '\\')
      g_string_append(out, "\\e");
    else if (*text == '-')
      g_string_append(out, "\\-");
    else
      g_string_append_c(out, *text);
  }
}

static void
append_man_verb(GString *out, const CliVerb *verb)
{
  g_string_append_printf(out, ".SS pika %s\n", verb->name);
  g_string_append(out, ".nf\n.B ");
  append_roff(out, verb->usage);
  g_string_append(out, "\n.fi\n.PP\n");
  g_string_append_c(out, g_ascii_toupper(verb->summary[0]));
  append_roff(out, verb->summary + 1);
  g_string_append(out, ".\n");
  if (verb->details) {
    append_roff(out, verb->details);
    g_string_append_c(out, '\n');
  }
  for (const CliExample *e = verb->examples; e->command; e++) {
    g_string_append(out, ".PP\n.EX\n");
    append_roff(out, e->command);
    g_string_append(out, "\n.EE\n.RS 4\n");
    append_roff(out, e->what);
    g_string_append(out, "\n.RE\n");
  }
  for (const CliOption *const *group = verb->groups; *group; group++)
    for (const CliOption *o = *group; o->name; o++) {
      g_string_append(out, ".TP\n.B ");
      g_autofree char *head = option_head(o);
      append_roff(out, g_strstrip(head));
      g_string_append_c(out, '\n');
      append_roff(out, o->help);
      if (o->choices) {
        g_autofree char *choices = g_strdelimit(g_strdup(o->choices), "|", ' ');
        g_string_append(out, " One of: ");
        append_roff(out, choices);
        g_string_append_c(out, '.');
      }
      g_string_append_c(out, '\n');
    }
}

static char *
make_man(void)
{
  GString *out = g_string_new(".TH PIKA 1 \"\" \"Pika-Plot\" \"User Commands\"\n.SH NAME\n"
                              "pika \\- open any table, ask in SQL, see every row as a plot\n"
                              ".SH SYNOPSIS\n.B pika\nVERB [OPTION...] [FILE...]\n.SH VERBS\n");
  for (const CliVerb *v = cli_verbs; v->name; v++)
    if (!v->hidden)
      append_man_verb(out, v);
  g_string_append(out, ".SH EXIT STATUS\n.TP\n.B 0\nDone.\n.TP\n.B 1\nFailed.\n.TP\n.B 2\nWrong usage.\n.TP\n.B 3\n"
                       "Done, but records were rejected and \\-\\-strict was given.\n.TP\n.B 130\nInterrupted.\n"
                       ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nIf set and not empty, nothing is coloured.\n"
                       ".TP\n.B TMPDIR\nWhere the engine spills.\n");
  return g_string_free(out, FALSE);
}

/* --- completions --- */

static gboolean
is_path(const CliOption *o)
{
  return o->kind == CLI_FILE || o->kind == CLI_DIR;
}

static char *
make_bash(void)
{
  GString *out = g_string_new("# bash completion for pika, made by `pika document bash`\n_pika() {\n"
                              "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}\n"
                              "  COMPREPLY=()\n  if [ \"$COMP_CWORD\" = 1 ]; then\n    COMPREPLY=($(compgen -W '");
  for (const CliVerb *v = cli_verbs; v->name; v++)
    if (!v->hidden)
      g_string_append_printf(out, "%s ", v->name);
  g_string_append(out, "--help --version' -- \"$cur\"))\n    return\n  fi\n  case $verb in\n");
  for (const CliVerb *v = cli_verbs; v->name; v++) {
    if (v->hidden)
      continue;
    g_string_append_printf(out, "  %s)\n    case $prev in\n", v->name);
    GString *names = g_string_new(NULL);
    for (const CliOption *const *group = v->groups; *group; group++)
      for (const CliOption *o = *group; o->name; o++) {
        g_string_append_printf(names, "--%s ", o->name);
        if (o->kind == CLI_FLAG)
          continue;
        g_autofree char *choices = o->choices ? g_strdelimit(g_strdup(o->choices), "|", ' ') : g_strdup("");
        g_string_append_printf(out, "    --%s", o->name);
        if (o->letter)
          g_string_append_printf(out, "|-%c", o->letter);
        if (is_path(o))
          g_string_append(out, ") compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\")); return;;\n");
        else
          g_string_append_printf(out, ") COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return;;\n", choices);
      }
    g_string_append_printf(out,
                           "    esac\n    case $cur in\n    -*) COMPREPLY=($(compgen -W '%s' -- \"$cur\"));;\n"
                           "    *) compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\"));;\n    esac;;\n",
                           names->str);
    g_string_free(names, TRUE);
  }
  g_string_append(out, "  esac\n}\ncomplete -F _pika pika\n");
  return g_string_free(out, FALSE);
}

/* Quotes for zsh's _arguments and fish's -d: no single quotes, brackets or colons survive. */
static char *
plain_help(const char *help)
{
  char *text = g_strdup(help);
  for (char *c = text; *c; c++)
    if (strchr("'[]:\\", *c))
      *c = ' ';
  return text;
}

static char *
make_zsh(void)
{
  GString *out = g_string_new("#compdef pika\n# zsh completion for pika, made by `pika document zsh`\n_pika() {\n"
                              "  local -a verbs\n  verbs=(\n");
  for (const CliVerb *v = cli_verbs; v->name; v++)
    if (!v->hidden) {
      g_autofree char *summary = plain_help(v->summary);
      g_string_append_printf(out, "    '%s:%s'\n", v->name, summary);
    }
  g_string_append(out, "  )\n  if (( CURRENT == 2 )); then _describe verb verbs; return; fi\n  case $words[2] in\n");
  for (const CliVerb *v = cli_verbs; v->name; v++) {
    if (v->hidden)
      continue;
    g_string_append_printf(out, "  %s)\n    shift words; (( CURRENT-- ))\n    _arguments -s \\\n", v->name);
    for (const CliOption *const *group = v->groups; *group; group++)
      for (const CliOption *o = *group; o->name; o++) {
        g_autofree char *help = plain_help(o->help);
        g_autofree char *choices = o->choices ? g_strdelimit(g_strdup(o->choices), "|", ' ') : NULL;
        g_autofree char *action = o->kind == CLI_FLAG ? g_strdup("")
                                  : choices           ? g_strdup_printf(":%s:(%s)", o->argument, choices)
                                  : is_path(o)        ? g_strdup_printf(":%s:_files", o->argument)
                                                      : g_strdup_printf(":%s: ", o->argument);
        g_string_append_printf(out, "      '%s--%s[%s]%s' \\\n", o->repeats ? "*" : "", o->name, help, action);
      }
    g_string_append(out, "      '*:file:_files';;\n");
  }
  g_string_append(out, "  esac\n}\n_pika \"$@\"\n");
  return g_string_free(out, FALSE);
}

static char *
make_fish(void)
{
  GString *out = g_string_new("# fish completion for pika, made by `pika document fish`\n");
  for (const CliVerb *v = cli_verbs; v->name; v++) {
    if (v->hidden)
      continue;
    g_autofree char *summary = plain_help(v->summary);
    g_string_append_printf(out, "complete -c pika -n __fish_use_subcommand -a %s -d '%s'\n", v->name, summary);
    for (const CliOption *const *group = v->groups; *group; group++)
      for (const CliOption *o = *group; o->name; o++) {
        g_autofree char *help = plain_help(o->help);
        g_string_append_printf(out, "complete -c pika -n '__fish_seen_subcommand_from %s' -l %s", v->name, o->name);
        if (o->letter)
          g_string_append_printf(out, " -s %c", o->letter);
        if (o->kind != CLI_FLAG)
          g_string_append(out, is_path(o) ? " -r -F" : " -x");
        if (o->choices) {
          g_autofree char *choices = g_strdelimit(g_strdup(o->choices), "|", ' ');
          g_string_append_printf(out, " -a '%s'", choices);
        }
        g_string_append_printf(out, " -d '%s'\n", help);
      }
  }
  return g_string_free(out, FALSE);
}

char *
cli_make_document(const char *kind)
{
  if (!strcmp(kind, "man"))
    return make_man();
  if (!strcmp(kind, "bash"))
    return make_bash();
  if (!strcmp(kind, "zsh"))
    return make_zsh();
  if (!strcmp(kind, "fish"))
    return make_fish();
  return NULL;
}

int
cli_run_document(CliArgs *args)
{
  g_autofree char *text = args->positional->len == 1 ? cli_make_document(args->positional->pdata[0]) : NULL;
  if (!text) {
    fputs("pika document: say which: man, bash, zsh or fish\n", stderr);
    return CLI_USAGE;
  }
  fputs(text, stdout);
  return CLI_DONE;
}
