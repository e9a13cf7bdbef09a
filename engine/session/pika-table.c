#include <pika/pika.h>

void
pika_table_free(PikaTable *self)
{
  if (!self)
    return;
  g_free(self->name);
  g_strfreev(self->paths);
  g_free(self->format);
  g_strfreev(self->warnings);
  g_free(self);
}

void
pika_column_free(PikaColumn *self)
{
  if (!self)
    return;
  g_free(self->name);
  g_free(self->type);
  g_free(self);
}

void
pika_column_profile_free(PikaColumnProfile *self)
{
  if (!self)
    return;
  g_free(self->name);
  g_free(self->type);
  g_free(self->min);
  g_free(self->max);
  g_free(self->bins);
  g_strfreev(self->bin_labels);
  g_free(self);
}
