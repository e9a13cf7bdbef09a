#include "pk-process.h"

#include "pk-sched.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#define MOST_JOBS 100
#define LONGEST_COMMAND 1000 /* bytes */

G_STATIC_ASSERT((int)PIKA_JOB_LEFT == (int)PK_JOB_STATUS_LEFT);
G_STATIC_ASSERT((int)PIKA_JOB_PARKED == (int)PK_JOB_STATUS_PARKED);

static const char *const statuses[] = { "running", "left", "waiting", "parked" };

static void
job_free(gpointer data)
{
  PikaJob *self = data;
  g_free(self->name);
  g_free(self->phase);
  g_free(self->unit);
  g_free(self);
}

static PikaProcess *
process_new(void)
{
  PikaProcess *self = g_new0(PikaProcess, 1);
  self->jobs = g_ptr_array_new_with_free_func(job_free);
  return self;
}

void
pika_process_free(PikaProcess *self)
{
  if (!self)
    return;
  g_free(self->command);
  g_ptr_array_unref(self->jobs);
  g_free(self);
}

char *
pk_process_dup_folder(void)
{
  return g_build_filename(g_get_user_runtime_dir(), "pika-plot", NULL);
}

/* --- this process --- */

static char *
dup_command(void)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  if (!g_file_get_contents("/proc/self/cmdline", &text, &length, NULL) || length == 0)
    return g_strdup(g_get_prgname() ? g_get_prgname() : "");
  length = MIN(length - 1, LONGEST_COMMAND);
  for (gsize i = 0; i < length; i++)
    if (text[i] == 0)
      text[i] = ' ';
  return g_utf8_make_valid(text, (gssize)length);
}

static PikaJob *
job_new(const PkJobInfo *info)
{
  const PkProgress *p = &info->progress;
  PikaJob *self = g_new(PikaJob, 1);
  *self = (PikaJob){ .name = g_strdup(info->name), .lane = (PikaLane)info->lane, .status = (PikaJobStatus)info->status,
                     .waited_ms = (double)info->waited_ns / 1e6, .ran_ms = (double)info->ran_ns / 1e6,
                     .phase = g_strdup(p->phase), .done = p->done, .total = p->total, .unit = g_strdup(p->unit),
                     .rows = p->rows, .bytes = p->bytes };
  return self;
}

PikaProcess *
pk_process_of_self(void)
{
  PikaProcess *self = process_new();
  PkJobInfo infos[MOST_JOBS];
  guint n = pk_sched_list_jobs(pk_sched_get_default(), infos, MOST_JOBS);
  self->pid = (gint)getpid();
  self->answered = TRUE;
  self->command = dup_command();
  pika_runtime_get_state(&self->state);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add(self->jobs, job_new(&infos[i]));
  return self;
}

/* --- to JSON --- */

static void
add_int(JsonBuilder *json, const char *name, guint64 value)
{
  json_builder_set_member_name(json, name);
  json_builder_add_int_value(json, (gint64)value);
}

static void
add_double(JsonBuilder *json, const char *name, double value)
{
  json_builder_set_member_name(json, name);
  json_builder_add_double_value(json, value);
}

static void
add_text(JsonBuilder *json, const char *name, const char *text)
{
  json_builder_set_member_name(json, name);
  json_builder_add_string_value(json, text ? text : "");
}

static void
add_job(JsonBuilder *json, const PikaJob *job)
{
  json_builder_begin_object(json);
  add_text(json, "name", job->name);
  add_text(json, "lane", pk_lane_get_name((PkLane)job->lane));
  add_text(json, "status", statuses[job->status]);
  add_double(json, "waited_ms", job->waited_ms);
  add_double(json, "ran_ms", job->ran_ms);
  json_builder_set_member_name(json, "progress");
  if (job->phase) {
    json_builder_begin_object(json);
    add_text(json, "phase", job->phase);
    add_double(json, "done", job->done);
    add_double(json, "total", job->total);
    add_text(json, "unit", job->unit);
    add_int(json, "rows", job->rows);
    add_int(json, "bytes", job->bytes);
    json_builder_end_object(json);
  } else {
    json_builder_add_null_value(json);
  }
  json_builder_end_object(json);
}

static void
add_state(JsonBuilder *json, const PikaRuntimeState *state)
{
  add_int(json, "workers", state->workers);
  add_int(json, "borrowed", state->borrowed);
  add_int(json, "left", state->left);
  add_int(json, "parked", state->parked);
  add_int(json, "done", state->done);
  add_int(json, "failed", state->failed);
  add_int(json, "cancelled", state->cancelled);
  add_int(json, "superseded", state->superseded);
  add_int(json, "refused", state->refused);
  json_builder_set_member_name(json, "lanes");
  json_builder_begin_array(json);
  for (guint lane = 0; lane < PK_N_LANES; lane++) {
    json_builder_begin_object(json);
    add_text(json, "lane", pk_lane_get_name(lane));
    add_int(json, "running", state->running[lane]);
    add_int(json, "waiting", state->waiting[lane]);
    json_builder_end_object(json);
  }
  json_builder_end_array(json);
}

char *
pika_process_to_json(const PikaProcess *self)
{
  g_autoptr(JsonBuilder) json = json_builder_new();
  json_builder_begin_object(json);
  add_int(json, "pid", (guint64)self->pid);
  if (self->answered) {
    add_text(json, "command", self->command);
    add_state(json, &self->state);
    json_builder_set_member_name(json, "jobs");
    json_builder_begin_array(json);
    for (guint i = 0; i < self->jobs->len; i++)
      add_job(json, self->jobs->pdata[i]);
    json_builder_end_array(json);
  } else {
    json_builder_set_member_name(json, "answered");
    json_builder_add_boolean_value(json, FALSE);
  }
  json_builder_end_object(json);
  g_autoptr(JsonNode) root = json_builder_get_root(json);
  return json_to_string(root, FALSE);
}

/* --- from JSON: what is missing or of another type counts as 0 or "" --- */

static gint64
get_int(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);
  return node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_int(node) : 0;
}

static double
get_double(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);
  return node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_double(node) : 0;
}

static const char *
get_text(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);
  const char *text = node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
  return text ? text : "";
}

static JsonObject *
get_object(JsonNode *node)
{
  return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static JsonArray *
get_array(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);
  return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static guint
get_lane(JsonObject *object)
{
  const char *name = get_text(object, "lane");
  for (guint lane = 0; lane < PK_N_LANES; lane++)
    if (!strcmp(name, pk_lane_get_name(lane)))
      return lane;
  return PK_LANE_BACKGROUND;
}

static PikaJob *
read_job(JsonObject *object)
{
  PikaJob *self = g_new0(PikaJob, 1);
  JsonObject *progress = get_object(json_object_get_member(object, "progress"));
  const char *status = get_text(object, "status");
  self->name = g_strdup(get_text(object, "name"));
  self->lane = (PikaLane)get_lane(object);
  for (guint i = 0; i < G_N_ELEMENTS(statuses); i++)
    if (!strcmp(status, statuses[i]))
      self->status = (PikaJobStatus)i;
  self->waited_ms = get_double(object, "waited_ms");
  self->ran_ms = get_double(object, "ran_ms");
  if (!progress)
    return self;
  self->phase = g_strdup(get_text(progress, "phase"));
  self->done = get_double(progress, "done");
  self->total = get_double(progress, "total");
  self->unit = g_strdup(get_text(progress, "unit"));
  self->rows = (guint64)get_int(progress, "rows");
  self->bytes = (guint64)get_int(progress, "bytes");
  return self;
}

static void
read_state(PikaRuntimeState *self, JsonObject *object)
{
  JsonArray *lanes = get_array(object, "lanes");
  *self = (PikaRuntimeState){ .workers = (guint)get_int(object, "workers"), .borrowed = (guint)get_int(object, "borrowed"),
                              .left = (guint)get_int(object, "left"), .parked = (guint)get_int(object, "parked"),
                              .done = (guint64)get_int(object, "done"), .failed = (guint64)get_int(object, "failed"),
                              .cancelled = (guint64)get_int(object, "cancelled"),
                              .superseded = (guint64)get_int(object, "superseded"),
                              .refused = (guint64)get_int(object, "refused") };
  for (guint i = 0; lanes && i < json_array_get_length(lanes); i++) {
    JsonObject *lane = get_object(json_array_get_element(lanes, i));
    if (!lane)
      continue;
    self->running[get_lane(lane)] = (guint)get_int(lane, "running");
    self->waiting[get_lane(lane)] = (guint)get_int(lane, "waiting");
  }
}

PikaProcess *
pk_process_from_json(const char *text, gssize length)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable();
  if (length <= 0 || !json_parser_load_from_data(parser, text, length, NULL))
    return NULL;
  JsonObject *object = get_object(json_parser_get_root(parser));
  JsonArray *jobs = object ? get_array(object, "jobs") : NULL;
  if (!jobs)
    return NULL;
  PikaProcess *self = process_new();
  self->pid = (gint)get_int(object, "pid");
  self->answered = TRUE;
  self->command = g_strdup(get_text(object, "command"));
  read_state(&self->state, object);
  for (guint i = 0; i < MIN(json_array_get_length(jobs), MOST_JOBS); i++) {
    JsonObject *job = get_object(json_array_get_element(jobs, i));
    if (job)
      g_ptr_array_add(self->jobs, read_job(job));
  }
  return self;
}
