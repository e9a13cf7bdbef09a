/* Workspace files. What is read, written and read again is the same, as text and in every text that it holds; what its
 * queries read, and what they are when they stand for themselves, can be asked of any. */
#include "fuzz.h"

#include <pika/pika.h>

static void
ask_all(const PikaWorkspace *workspace)
{
  for (guint i = 0; i < workspace->nodes->len; i++) {
    const PikaWorkspaceNode *node = workspace->nodes->pdata[i];
    g_autoptr(GPtrArray) inputs = pika_workspace_list_inputs(workspace, node);
    g_autoptr(GError) error = NULL;
    if (node->kind == PIKA_NODE_NOTE || node->kind == PIKA_NODE_GROUP)
      continue;
    g_autofree char *sql = pika_workspace_dup_sql(workspace, node, &error);
    fuzz_check_error(sql != NULL, error);
    g_autofree char *renamed = pika_sql_replace_table(sql ? sql : "", "a", "b c");
    g_assert_true(g_utf8_validate(renamed, -1, NULL));
  }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PikaWorkspace) workspace = pika_workspace_parse((const char *)data, (gssize)size, "/w/x", "w", &error);
  fuzz_check_error(workspace != NULL, error);
  if (!workspace)
    return 0;
  gsize length;
  g_autofree char *text = pika_workspace_to_text(workspace, "/w", &length);
  g_autoptr(PikaWorkspace) again = pika_workspace_parse(text, (gssize)length, "/w", "w", &error);
  g_assert_no_error(error);
  g_autofree char *twice = pika_workspace_to_text(again, "/w", NULL);
  g_assert_cmpstr(text, ==, twice);
  for (guint i = 0; i < workspace->nodes->len; i++) {
    const PikaWorkspaceNode *a = workspace->nodes->pdata[i], *b = again->nodes->pdata[i];
    g_assert_cmpstr(a->text, ==, b->text);
    g_assert_cmpstr(a->frozen, ==, b->frozen);
  }
  g_autoptr(PikaWorkspace) copy = pika_workspace_copy(workspace);
  g_autofree char *copied = pika_workspace_to_text(copy, "/w", NULL);
  g_assert_cmpstr(text, ==, copied);
  ask_all(workspace);
  return 0;
}
