/* usage: lower-dump SPEC DATA_FOLDER [-v | -j]: the rows that each unit's marks are made of, as text or JSON. */
#include "lower-host.h"

#include <stdio.h>
#include <string.h>

static void
print_table(const PkTable *table, const char *what)
{
  g_print("  %s: %" G_GINT64_FORMAT " rows\n  ", what, table->n_rows);
  for (guint c = 0; c < table->columns->len; c++)
    g_print("%s\t", ((PkTableColumn *)table->columns->pdata[c])->name);
  g_print("\n");
  for (gint64 row = 0; row < MIN(table->n_rows, 12); row++) {
    g_print("  ");
    for (guint c = 0; c < table->columns->len; c++) {
      const PkValue *value = pk_table_at(table, c, row);
      g_autofree char *text = value->kind == PK_VALUE_DATE ? g_strdup_printf("d%.0f", value->number) : pk_value_to_string(value);
      g_print("%s\t", text);
    }
    g_print("\n");
  }
}

static void
print_channel(const PkChannelData *data, const char *name)
{
  g_print("  %s: %s column=%s end=%s value=%s range=%s title=%s%s%s\n", name, pk_measure_name(data->type), data->column,
          data->column_end, data->column_value, data->column_range, data->title, data->is_aggregated ? " aggregated" : "",
          data->from_csv_text ? " csv" : "");
  if (data->has_bin)
    g_print("    bins %g %g %g\n", data->bin_start, data->bin_stop, data->bin_step);
  for (guint i = 0; data->sorted_domain && i < data->sorted_domain->len; i++) {
    g_autofree char *text = pk_value_to_string(&g_array_index(data->sorted_domain, PkValue, i));
    g_print("    %s\n", text);
  }
  for (guint i = 0; data->conditions && i < data->def->n_conditions; i++)
    print_channel(&data->conditions[i], "condition");
}

/* A unit's rows as a line of JSON: dates as ms. */
static void
print_json(const PkUnit *unit)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();

  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "mark");
  json_builder_add_string_value(builder, pk_mark_name(unit->view->mark));
  json_builder_set_member_name(builder, "rows");
  json_builder_begin_array(builder);
  for (gint64 row = 0; row < unit->table->n_rows; row++) {
    json_builder_begin_object(builder);
    for (guint c = 0; c < unit->table->columns->len; c++) {
      const PkValue *value = pk_table_at(unit->table, c, row);
      json_builder_set_member_name(builder, ((PkTableColumn *)unit->table->columns->pdata[c])->name);
      if (value->kind == PK_VALUE_TEXT)
        json_builder_add_string_value(builder, value->text);
      else if (value->kind == PK_VALUE_BOOL)
        json_builder_add_boolean_value(builder, value->number != 0);
      else if (value->kind == PK_VALUE_NULL || value->number != value->number || value->number - value->number != 0)
        json_builder_add_null_value(builder);
      else
        json_builder_add_double_value(builder, value->number);
    }
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
  json_builder_end_object(builder);
  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  g_autofree char *text = json_to_string(root, FALSE);
  g_print("%s\n", text);
}

static void
print_tree_json(const PkUnitTree *tree)
{
  for (guint i = 0; i < tree->n_children; i++)
    print_tree_json(tree->children[i]);
  if (tree->unit)
    print_json(tree->unit);
}

static void
print_tree(const PkUnitTree *tree)
{
  const PkUnit *unit = tree->unit;

  for (guint i = 0; i < tree->n_children; i++)
    print_tree(tree->children[i]);
  if (!unit)
    return;
  g_print("unit %s draw=%d orient=%c stack=%d rows=%" G_GINT64_FORMAT "\n", pk_mark_name(unit->view->mark), unit->draw,
          unit->orient ? unit->orient : '-', unit->stack, unit->n_source_rows);
  for (guint c = 0; c < PK_N_CHANNELS; c++)
    for (guint i = 0; i < unit->n[c]; i++)
      print_channel(&unit->channels[c][i], pk_channel_name(c));
  print_table(unit->table, "marks");
  if (unit->domain_table)
    print_table(unit->domain_table, "domain");
}

int
main(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *json = NULL;
  gsize length;

  if (argc < 3)
    return 2;
  g_autoptr(LowerHost) host = lower_host_new(argv[2]);
  PkLowerHost functions = lower_host_functions(host);
  host->verbose = argc > 3 && g_str_equal(argv[3], "-v");
  g_autoptr(PkSpec) spec = g_file_get_contents(argv[1], &json, &length, &error)
                             ? pk_spec_parse(json, (gssize)length, argv[1], &error) : NULL;
  g_autoptr(PkLowered) lowered = spec ? pk_lower(spec, &functions, NULL, &error) : NULL;
  if (!lowered) {
    g_printerr("%s\n", error->message);
    return 1;
  }
  if (argc > 3 && g_str_equal(argv[3], "-j"))
    print_tree_json(lowered->tree);
  else
    print_tree(lowered->tree);
  return 0;
}
