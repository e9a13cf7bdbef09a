#include "pk-unit-query.h"
#include "pk-unit-rows.h"

static void
channel_data_clear(PkChannelData *data)
{
  for (guint i = 0; data->conditions && i < data->def->n_conditions; i++)
    channel_data_clear(&data->conditions[i]);
  g_free(data->conditions);
  g_free(data->column);
  g_free(data->column_end);
  g_free(data->column_value);
  g_free(data->column_range);
  g_free(data->column_lo);
  g_free(data->column_hi);
  g_free(data->title);
  g_clear_pointer(&data->sorted_domain, g_array_unref);
  g_clear_pointer(&data->known_values, g_array_unref);
  g_clear_pointer(&data->known_arena, pk_arena_free);
}

void
pk_unit_free(PkUnit *self)
{
  if (!self)
    return;
  for (guint c = 0; c < PK_N_CHANNELS; c++) {
    for (guint i = 0; self->channels[c] && i < self->n[c]; i++)
      if (self->channels[c][i].def)
        channel_data_clear(&self->channels[c][i]);
    g_free(self->channels[c]);
    g_clear_pointer(&self->hidden[c], json_array_unref);
  }
  g_clear_pointer(&self->density_values, g_array_unref);
  g_clear_pointer(&self->query, pk_unit_query_free);
  g_clear_pointer(&self->rows, pk_unit_rows_free);
  pk_table_free(self->table);
  pk_table_free(self->domain_table);
  g_free(self);
}

void
pk_unit_tree_free(PkUnitTree *self)
{
  if (!self)
    return;
  for (guint i = 0; i < self->n_children; i++)
    pk_unit_tree_free(self->children[i]);
  g_free(self->children);
  pk_unit_free(self->unit);
  g_free(self);
}
