/* Series that a person switched off. */
#include "pk-lower-unit.h"
#include "pk-unit-query.h"

static gboolean
is_value(JsonNode *node, const PkValue *value)
{
  if (JSON_NODE_HOLDS_NULL(node))
    return value->kind == PK_VALUE_NULL;
  GType held = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_INVALID;
  switch (value->kind) {
  case PK_VALUE_TEXT:
    return held == G_TYPE_STRING && g_str_equal(json_node_get_string(node), value->text);
  case PK_VALUE_BOOL:
    return held == G_TYPE_BOOLEAN && json_node_get_boolean(node) == (value->number != 0);
  case PK_VALUE_NUMBER: case PK_VALUE_DATE:
    return (held == G_TYPE_INT64 || held == G_TYPE_DOUBLE) && json_node_get_double(node) == value->number;
  default:
    return FALSE;
  }
}

gboolean
pk_unit_is_hidden(const PkUnit *self, PkChannel channel, const PkValue *value)
{
  JsonArray *values = self->hidden[channel];

  for (guint i = 0; values && i < json_array_get_length(values); i++)
    if (is_value(json_array_get_element(values, i), value))
      return TRUE;
  return FALSE;
}

void
pk_lower_keep_values(PkUnit *unit, PkChannelData *data)
{
  gint column = data->column ? pk_table_find(unit->table, data->column) : -1;
  g_autoptr(GHashTable) seen = g_hash_table_new((GHashFunc)pk_value_hash, (GEqualFunc)pk_value_equal);

  if (column < 0 || data->known_values)
    return;
  data->known_values = g_array_new(FALSE, FALSE, sizeof(PkValue));
  data->known_arena = pk_arena_new();
  for (gint64 row = 0; row < unit->table->n_rows; row++) {
    PkValue *value = pk_table_at(unit->table, (guint)column, row);
    if (!g_hash_table_add(seen, value))
      continue;
    PkValue kept = *value;
    if (kept.text)
      kept.text = pk_arena_text(data->known_arena, kept.text, -1);
    g_array_append_val(data->known_values, kept);
  }
}

static void
drop_rows(PkUnit *unit, PkChannel channel, const char *name)
{
  gint column = pk_table_find(unit->table, name);
  g_autofree gboolean *keep = g_new(gboolean, unit->table->n_rows + 1);

  if (column < 0)
    return;
  for (gint64 row = 0; row < unit->table->n_rows; row++)
    keep[row] = !pk_unit_is_hidden(unit, channel, pk_table_at(unit->table, (guint)column, row));
  pk_table_filter(unit->table, keep);
}

void
pk_lower_hide(PkUnitBuild *build)
{
  PkUnit *unit = build->unit;
  const PkLowerOptions *options = &build->lowering->options;

  for (guint c = 0; c < PK_N_CHANNELS; c++)
    for (guint i = 0; i < unit->n[c]; i++)
      for (guint h = 0; h < options->n_hidden; h++) {
        PkChannelData *data = &unit->channels[c][i];
        if (!data->column || data->is_aggregated || g_strcmp0(data->def->field, options->hidden[h].field) || unit->hidden[c])
          continue;
        unit->hidden[c] = json_array_ref(options->hidden[h].values);
        if (unit->draw != PK_DRAW_MARKS)
          continue;
        pk_lower_keep_values(unit, data);
        drop_rows(unit, c, data->column);
      }
}
