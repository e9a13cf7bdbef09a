#include "pa-sql-completion.h"

#include "pa-sql-proposal.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MOST_OFFERED 100
#define LEAST_TYPED 1

struct _PaSqlCompletion {
  GObject parent_instance;
  PaCatalog *catalog;
  GPtrArray *words; /* of PaSqlProposal: functions and keywords */
  gboolean asked;
};

static void implement_provider(GtkSourceCompletionProviderInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE(PaSqlCompletion, pa_sql_completion, G_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(GTK_SOURCE_TYPE_COMPLETION_PROVIDER, implement_provider))

/* --- functions and keywords, from the engine --- */

static void
take_words(GObject *source, GAsyncResult *done, gpointer data)
{
  g_autoptr(PaSqlCompletion) self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(PikaResult) result = pika_result_new_finish(done, &error);
  if (!result)
    g_warning("completion has no functions: %s", error->message);
  for (gint64 i = 0; result && i < pika_result_get_n_rows(result); i++) {
    g_autofree char *word = pika_result_dup_text(result, i, 0), *detail = pika_result_dup_text(result, i, 1);
    g_ptr_array_add(self->words, pa_sql_proposal_new(word, detail, detail ? "pa-function-symbolic" : "pa-text-symbolic", FALSE));
  }
}

static void
ask_words(PaSqlCompletion *self)
{
  PikaSession *session = pa_catalog_get_session(self->catalog);
  if (self->asked || !session)
    return;
  self->asked = TRUE;
  pika_result_new_async(session,
                        "SELECT function_name || '(' AS word, any_value(coalesce(description, function_type)) AS detail "
                        "FROM duckdb_functions() WHERE regexp_matches(function_name, '^[a-z][a-z0-9_]*$') "
                        "AND NOT starts_with(function_name, 'pragma_') GROUP BY 1 "
                        "UNION ALL SELECT upper(keyword_name), NULL FROM duckdb_keywords() WHERE keyword_category = 'reserved' "
                        "ORDER BY 1", 0, NULL, take_words, g_object_ref(self));
}

/* --- what fits --- */

static void
offer(GPtrArray *offers, PaSqlProposal *proposal, const char *typed)
{
  if (pa_sql_proposal_match(proposal, typed))
    g_ptr_array_add(offers, g_object_ref(proposal));
}

static void
offer_table(GPtrArray *offers, PaTableItem *item, const char *typed)
{
  GListModel *columns = G_LIST_MODEL(pa_table_item_get_columns(item));
  guint n = g_list_model_get_n_items(columns);
  g_autoptr(PaSqlProposal) table = pa_sql_proposal_new(pa_table_item_get_name(item), _("table"), "pa-table-symbolic", TRUE);
  if (pa_table_item_get_table(item))
    offer(offers, table, typed);
  for (guint i = 0; i < n; i++) {
    g_autoptr(PaColumnItem) column = g_list_model_get_item(columns, i);
    const PikaColumn *info = pa_column_item_get_column(column);
    g_autofree char *detail = g_strdup_printf("%s · %s", info->type, pa_table_item_get_name(item));
    g_autoptr(PaSqlProposal) proposal = pa_sql_proposal_new(info->name, detail, pa_kind_get_icon(info->kind), TRUE);
    offer(offers, proposal, typed);
  }
}

static int
by_fit(gconstpointer a, gconstpointer b, gpointer typed)
{
  PaSqlProposal *one = *(PaSqlProposal **)a, *other = *(PaSqlProposal **)b;
  int order = (int)pa_sql_proposal_match(other, typed) - (int)pa_sql_proposal_match(one, typed);
  return order ? order : g_utf8_collate(pa_sql_proposal_get_text(one), pa_sql_proposal_get_text(other));
}

static void
fill(PaSqlCompletion *self, GListStore *store, GtkSourceCompletionContext *context)
{
  g_autofree char *word = gtk_source_completion_context_get_word(context);
  g_autofree char *typed = g_utf8_casefold(word ? word : "", -1);
  g_autoptr(GPtrArray) offers = g_ptr_array_new_with_free_func(g_object_unref);
  GListModel *tables = pa_catalog_get_tables(self->catalog);
  guint n = g_list_model_get_n_items(tables);
  gboolean asked = gtk_source_completion_context_get_activation(context) == GTK_SOURCE_COMPLETION_ACTIVATION_USER_REQUESTED;
  if (strlen(typed) >= LEAST_TYPED || asked) {
    for (guint i = 0; i < n; i++) {
      g_autoptr(PaTableItem) item = g_list_model_get_item(tables, i);
      offer_table(offers, item, typed);
    }
    for (guint i = 0; i < self->words->len; i++)
      offer(offers, self->words->pdata[i], typed);
  }
  g_ptr_array_sort_with_data(offers, by_fit, typed);
  if (offers->len > MOST_OFFERED)
    g_ptr_array_set_size(offers, MOST_OFFERED);
  g_list_store_splice(store, 0, g_list_model_get_n_items(G_LIST_MODEL(store)), offers->pdata, offers->len);
}

/* --- the interface --- */

static void
populate_async(GtkSourceCompletionProvider *provider, GtkSourceCompletionContext *context, GCancellable *cancellable,
               GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr(GTask) task = g_task_new(provider, cancellable, callback, data);
  GListStore *store = g_list_store_new(PA_TYPE_SQL_PROPOSAL);
  ask_words(PA_SQL_COMPLETION(provider));
  fill(PA_SQL_COMPLETION(provider), store, context);
  g_task_return_pointer(task, store, g_object_unref);
}

static GListModel *
populate_finish(GtkSourceCompletionProvider *provider, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer(G_TASK(result), error);
}

static void
refilter(GtkSourceCompletionProvider *provider, GtkSourceCompletionContext *context, GListModel *model)
{
  fill(PA_SQL_COMPLETION(provider), G_LIST_STORE(model), context);
}

static void
display(GtkSourceCompletionProvider *provider, GtkSourceCompletionContext *context,
        GtkSourceCompletionProposal *proposal, GtkSourceCompletionCell *cell)
{
  PaSqlProposal *word = PA_SQL_PROPOSAL(proposal);
  switch (gtk_source_completion_cell_get_column(cell)) {
  case GTK_SOURCE_COMPLETION_COLUMN_ICON:
    gtk_source_completion_cell_set_icon_name(cell, pa_sql_proposal_get_icon(word));
    break;
  case GTK_SOURCE_COMPLETION_COLUMN_TYPED_TEXT:
    gtk_source_completion_cell_set_text(cell, pa_sql_proposal_get_text(word));
    break;
  case GTK_SOURCE_COMPLETION_COLUMN_COMMENT:
    gtk_source_completion_cell_set_text(cell, NULL);
    break;
  case GTK_SOURCE_COMPLETION_COLUMN_DETAILS:
    gtk_source_completion_cell_set_text(cell, pa_sql_proposal_get_detail(word));
    break;
  default:
    gtk_source_completion_cell_set_text(cell, NULL);
  }
}

static void
activate(GtkSourceCompletionProvider *provider, GtkSourceCompletionContext *context, GtkSourceCompletionProposal *proposal)
{
  GtkTextIter start, end;
  g_autofree char *text = pa_sql_proposal_dup_inserted(PA_SQL_PROPOSAL(proposal));
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER(gtk_source_completion_context_get_buffer(context));
  if (!gtk_source_completion_context_get_bounds(context, &start, &end))
    return;
  gtk_text_buffer_begin_user_action(buffer);
  gtk_text_buffer_delete(buffer, &start, &end);
  gtk_text_buffer_insert(buffer, &start, text, -1);
  gtk_text_buffer_end_user_action(buffer);
}

static void
implement_provider(GtkSourceCompletionProviderInterface *interface)
{
  interface->populate_async = populate_async;
  interface->populate_finish = populate_finish;
  interface->refilter = refilter;
  interface->display = display;
  interface->activate = activate;
}

static void
finalize(GObject *object)
{
  PaSqlCompletion *self = PA_SQL_COMPLETION(object);
  g_object_unref(self->catalog);
  g_ptr_array_unref(self->words);
  G_OBJECT_CLASS(pa_sql_completion_parent_class)->finalize(object);
}

static void
pa_sql_completion_class_init(PaSqlCompletionClass *class)
{
  G_OBJECT_CLASS(class)->finalize = finalize;
}

static void
pa_sql_completion_init(PaSqlCompletion *self)
{
  self->words = g_ptr_array_new_with_free_func(g_object_unref);
}

PaSqlCompletion *
pa_sql_completion_new(PaCatalog *catalog)
{
  PaSqlCompletion *self = g_object_new(PA_TYPE_SQL_COMPLETION, NULL);
  self->catalog = g_object_ref(catalog);
  return self;
}
