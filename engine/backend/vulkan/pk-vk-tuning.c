#include "pk-vk-tuning.h"

#include "pk-error.h"
#include "pk-vk-pipeline.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define FORMAT 1
G_STATIC_ASSERT(PK_VK_N_KERNELS <= PK_VK_MOST_KERNELS);
#define LEAST_WORKGROUP 32
#define LEAST_RING ((guint64)64 << 10)
#define MOST_RING ((guint64)256 << 20)

static char *
hex_of(const guint8 *bytes, gsize n)
{
  GString *out = g_string_new(NULL);
  for (gsize i = 0; i < n; i++)
    g_string_append_printf(out, "%02x", bytes[i]);
  return g_string_free(out, FALSE);
}

char *
pk_vk_tuning_path(const PkVkDeviceInfo *info)
{
  g_autofree char *uuid = hex_of(info->uuid, VK_UUID_SIZE);
  g_autofree char *name = g_strdup_printf("gpu-%s-%08x.ini", uuid, info->driver_version);
  return g_build_filename(g_get_user_cache_dir(), "pika-plot", name, NULL);
}

/* --- reading --- */

static gboolean
is_power_between(guint64 value, guint64 least, guint64 most)
{
  return (value & (value - 1)) == 0 && value >= least && value <= most;
}

static gboolean
is_of_device(GKeyFile *file, const PkVkDeviceInfo *info)
{
  g_autofree char *name = g_key_file_get_string(file, "device", "name", NULL);
  g_autofree char *driver = g_key_file_get_string(file, "device", "driver", NULL);
  g_autofree char *uuid = g_key_file_get_string(file, "device", "uuid", NULL);
  g_autofree char *expected = hex_of(info->uuid, VK_UUID_SIZE);
  return g_strcmp0(name, info->name) == 0 && g_strcmp0(driver, info->driver) == 0 && g_strcmp0(uuid, expected) == 0;
}

static gboolean
read_speed(GKeyFile *file, const char *key, double *value)
{
  g_autoptr(GError) error = NULL;
  if (!g_key_file_has_key(file, "speeds", key, NULL))
    return TRUE;
  *value = g_key_file_get_double(file, "speeds", key, &error);
  return !error && isfinite(*value) && *value > 0 && *value < 1e9;
}

/* The name of the first entry that makes no sense, or NULL. */
static const char *
read_all(PkVkTuning *self, GKeyFile *file, guint most_workgroup)
{
  for (guint k = 0; k < PK_VK_N_KERNELS; k++) {
    const char *name = pk_vk_kernel_name((PkVkKernel)k);
    g_autoptr(GError) error = NULL;
    if (!g_key_file_has_key(file, "workgroups", name, NULL))
      continue;
    guint64 value = g_key_file_get_uint64(file, "workgroups", name, &error);
    if (error || !is_power_between(value, LEAST_WORKGROUP, most_workgroup))
      return name;
    self->workgroup[k] = (guint)value;
  }
  if (g_key_file_has_key(file, "transfer", "bytes", NULL)) {
    self->ring_bytes = g_key_file_get_uint64(file, "transfer", "bytes", NULL);
    if (!is_power_between(self->ring_bytes, LEAST_RING, MOST_RING))
      return "bytes";
  }
  return !read_speed(file, "read-gb-s", &self->read_gb_s)       ? "read-gb-s"
         : !read_speed(file, "upload-gb-s", &self->upload_gb_s) ? "upload-gb-s"
         : !read_speed(file, "launch-ms", &self->launch_ms)     ? "launch-ms"
                                                                : NULL;
}

gboolean
pk_vk_tuning_load(PkVkTuning *self, const char *path, const PkVkDeviceInfo *info, guint most_workgroup, GError **error)
{
  g_autoptr(GKeyFile) file = g_key_file_new();
  g_autoptr(GError) local = NULL;
  memset(self, 0, sizeof *self);
  if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &local)) {
    gboolean missing = g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    return pk_fail(error, missing ? PK_ERROR_NOT_FOUND : PK_ERROR_INVALID, "%s: %s", path, local->message);
  }
  if (g_key_file_get_integer(file, "device", "format", NULL) != FORMAT)
    return pk_fail(error, PK_ERROR_INVALID, "%s: not what this version of pika tune writes", path);
  if (!is_of_device(file, info))
    return pk_fail(error, PK_ERROR_INVALID, "%s: of another device or driver than %s, %s", path, info->name, info->driver);
  const char *wrong = read_all(self, file, most_workgroup);
  if (!wrong)
    return TRUE;
  memset(self, 0, sizeof *self);
  return pk_fail(error, PK_ERROR_INVALID, "%s: \"%s\" is out of range", path, wrong);
}

/* --- writing --- */

gboolean
pk_vk_tuning_save(const PkVkTuning *self, const char *path, const PkVkDeviceInfo *info, GError **error)
{
  g_autoptr(GKeyFile) file = g_key_file_new();
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autofree char *folder = g_path_get_dirname(path), *uuid = hex_of(info->uuid, VK_UUID_SIZE);
  g_autofree char *date = g_date_time_format(now, "%Y-%m-%d");
  g_autoptr(GError) local = NULL;
  g_key_file_set_integer(file, "device", "format", FORMAT);
  g_key_file_set_string(file, "device", "name", info->name);
  g_key_file_set_string(file, "device", "driver", info->driver);
  g_key_file_set_string(file, "device", "uuid", uuid);
  g_key_file_set_string(file, "device", "date", date);
  for (guint k = 0; k < PK_VK_N_KERNELS; k++)
    if (self->workgroup[k])
      g_key_file_set_uint64(file, "workgroups", pk_vk_kernel_name((PkVkKernel)k), self->workgroup[k]);
  if (self->ring_bytes)
    g_key_file_set_uint64(file, "transfer", "bytes", self->ring_bytes);
  const struct { const char *key; double value; } speeds[] = {
    { "read-gb-s", self->read_gb_s }, { "upload-gb-s", self->upload_gb_s }, { "launch-ms", self->launch_ms } };
  for (guint i = 0; i < G_N_ELEMENTS(speeds); i++)
    if (speeds[i].value > 0)
      g_key_file_set_double(file, "speeds", speeds[i].key, speeds[i].value);
  if (g_mkdir_with_parents(folder, 0700) != 0)
    return pk_fail(error, PK_ERROR_IO, "cannot make the folder %s: %s", folder, g_strerror(errno));
  if (!g_key_file_save_to_file(file, path, &local))
    return pk_fail(error, PK_ERROR_IO, "cannot write %s: %s", path, local->message);
  return TRUE;
}
