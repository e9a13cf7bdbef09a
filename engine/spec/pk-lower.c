#include "pk-lower-priv.h"

#include "pk-error.h"

#include <math.h>

static PkUnitTree *
lower_view(PkLowering *self, const PkView *view, gboolean in_layer, GError **error)
{
  g_autoptr(PkUnitTree) tree = g_new0(PkUnitTree, 1);

  tree->view = view;
  if (!view->is_layer) {
    tree->unit = pk_lower_unit(self, view, in_layer, error);
    return tree->unit ? g_steal_pointer(&tree) : NULL;
  }
  tree->children = g_new0(PkUnitTree *, view->n_children);
  for (guint i = 0; i < view->n_children; i++) {
    tree->children[i] = lower_view(self, view->children[i], !view->is_concat, error);
    if (!tree->children[i])
      return NULL;
    tree->n_children++;
  }
  return g_steal_pointer(&tree);
}

static void
note_parses(PkLowering *self, const PkView *view)
{
  if (!view->is_layer)
    pk_lower_note_parses(self, view);
  for (guint i = 0; i < view->n_children; i++)
    note_parses(self, view->children[i]);
}

/* "density raster of 3,000,000 rows; M4 of …" */
static void
add_notes(const PkUnitTree *tree, GString *note)
{
  if (tree->unit && tree->unit->draw != PK_DRAW_MARKS) {
    g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, tree->unit->n_source_rows);
    g_autoptr(GString) grouped = g_string_new(digits);
    for (gssize i = (gssize)grouped->len - 3; i > 0; i -= 3)
      g_string_insert_c(grouped, i, ',');
    g_string_append_printf(note, "%s%s %s rows", note->len ? "; " : "",
                           tree->unit->draw == PK_DRAW_DENSITY ? "density raster of" : "M4 of", grouped->str);
    if (tree->unit->has_mean)
      g_string_append_printf(note, ", mean of %s", pk_view_def(tree->unit->view, tree->unit->mean_channel)->field);
  }
  for (guint i = 0; i < tree->n_children; i++)
    add_notes(tree->children[i], note);
}

static void
rel_free(gpointer data)
{
  pk_rel_free(data);
}

GHashTable *
pk_lower_bases_new(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, rel_free);
}

PkLowered *
pk_lower(const PkSpec *spec, const PkLowerHost *host, const PkLowerOptions *options, GError **error)
{
  g_autoptr(PkLowered) lowered = g_new0(PkLowered, 1);
  g_autoptr(GHashTable) bases = options && options->bases ? g_hash_table_ref(options->bases) : pk_lower_bases_new();
  g_autoptr(GHashTable) parses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  g_autoptr(GString) note = g_string_new(NULL);
  PkLowering self = { .spec = spec, .host = host, .out = lowered, .bases = bases, .parses = parses,
                      .options = { .width = NAN, .height = NAN } };

  if (options)
    self.options = *options;
  if (self.options.mark_limit == 0)
    self.options.mark_limit = PK_LOWER_MARK_LIMIT;
  if (self.options.row_limit <= 0)
    self.options.row_limit = PK_LOWER_ROW_LIMIT;
  lowered->arena = pk_arena_new();
  lowered->params = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  lowered->warnings = g_ptr_array_new_with_free_func(g_free);
  if (!pk_lower_params(&self, error))
    return NULL;
  note_parses(&self, spec->root);
  lowered->tree = lower_view(&self, spec->root, FALSE, error);
  if (!lowered->tree)
    return NULL;
  add_notes(lowered->tree, note);
  lowered->note = note->len ? g_string_free(g_steal_pointer(&note), FALSE) : NULL;
  return g_steal_pointer(&lowered);
}

void
pk_lowered_free(PkLowered *self)
{
  if (!self)
    return;
  pk_unit_tree_free(self->tree);
  g_hash_table_unref(self->params);
  pk_arena_free(self->arena);
  g_ptr_array_unref(self->warnings);
  g_free(self->note);
  g_free(self);
}
