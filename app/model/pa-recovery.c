#include "pa-recovery.h"

#include "pa-document-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define DELAY_MS 150
/* Beyond so many bytes of steps a new workspace is written: to replay them would take long. */
#define MOST_STEPS ((gsize)4 << 20)

/* What the thread is to do next: lines to be appended, or a new beginning. */
typedef struct {
  GString *lines;
  PikaWorkspace *workspace; /* NULL: none */
  guint number;             /* of the beginning */
} Batch;

struct _PaRecovery {
  GObject parent_instance;
  PaDocument *document;
  char *folder;
  int lock;
  guint number;      /* of the latest beginning */
  gsize written;     /* bytes of steps since */
  GQueue waiting;    /* of Batch */
  guint timeout;
  gboolean writing;  /* a thread is at work */
  char *error;
};

G_DEFINE_FINAL_TYPE(PaRecovery, pa_recovery, G_TYPE_OBJECT)

enum { PROP_0, PROP_ERROR, N_PROPS };
static GParamSpec *props[N_PROPS];

static const char *const step_names[] = { "done", "merged", "undone", "redone" };

static char *
recovery_folder(void)
{
  return g_build_filename(g_get_user_state_dir(), "pika-plot", "recovery", NULL);
}

/* --- the thread --- */

typedef struct {
  char *folder;
  Batch *batch;
} Write;

static void
batch_free(Batch *self)
{
  g_string_free(self->lines, TRUE);
  g_clear_pointer(&self->workspace, pika_workspace_free);
  g_free(self);
}

static void
write_free(gpointer data)
{
  Write *self = data;
  g_free(self->folder);
  batch_free(self->batch);
  g_free(self);
}

static char *
file_of(const char *folder, guint number, const char *ending)
{
  return g_strdup_printf("%s/%u.%s", folder, number, ending);
}

static gboolean
append_lines(const char *path, const char *text, gsize length, GError **error)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  gboolean ok = fd >= 0;
  while (ok && length > 0) {
    gssize n = write(fd, text, length);
    if (n < 0 && errno == EINTR)
      continue;
    ok = n > 0;
    text += MAX(n, 0);
    length -= (gsize)MAX(n, 0);
  }
  ok = ok && fdatasync(fd) == 0;
  int failure = errno;
  if (fd >= 0)
    close(fd);
  if (!ok)
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_IO, "cannot write %s: %s", path, g_strerror(failure));
  return ok;
}

static void
remove_older(const char *folder, guint number)
{
  for (guint n = number; n-- > 0;) {
    g_autofree char *base = file_of(folder, n, "pika"), *steps = file_of(folder, n, "steps");
    int gone = g_unlink(base);
    g_unlink(steps);
    if (gone != 0)
      return;
  }
}

static void
run_write(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Write *self = data;
  Batch *batch = self->batch;
  GError *error = NULL;
  g_autofree char *base = file_of(self->folder, batch->number, "pika"), *steps = file_of(self->folder, batch->number, "steps");
  gboolean ok = TRUE;
  if (batch->workspace) {
    ok = pika_workspace_save(batch->workspace, base, &error);
    if (ok)
      remove_older(self->folder, batch->number);
  }
  ok = ok && (batch->lines->len == 0 || append_lines(steps, batch->lines->str, batch->lines->len, &error));
  if (ok)
    g_task_return_boolean(task, TRUE);
  else
    g_task_return_error(task, error);
}

static void start_writing(PaRecovery *self);

static void
wrote(GObject *object, GAsyncResult *result, gpointer data)
{
  PaRecovery *self = PA_RECOVERY(object);
  g_autoptr(GError) error = NULL;
  self->writing = FALSE;
  if (!g_task_propagate_boolean(G_TASK(result), &error) && !self->error) {
    self->error = g_strdup(error->message);
    g_object_notify_by_pspec(object, props[PROP_ERROR]);
  }
  if (!g_queue_is_empty(&self->waiting) && !self->timeout)
    start_writing(self);
}

static void
start_writing(PaRecovery *self)
{
  if (self->writing || g_queue_is_empty(&self->waiting) || !self->folder)
    return;
  g_autoptr(GTask) task = g_task_new(self, NULL, wrote, NULL);
  Write *write_data = g_new(Write, 1);
  *write_data = (Write){ g_strdup(self->folder), g_queue_pop_head(&self->waiting) };
  self->writing = TRUE;
  g_task_set_task_data(task, write_data, write_free);
  g_task_run_in_thread(task, run_write);
}

static gboolean
time_is_up(gpointer data)
{
  PaRecovery *self = data;
  self->timeout = 0;
  start_writing(self);
  return G_SOURCE_REMOVE;
}

/* --- what happens to the document --- */

static void
add_batch(PaRecovery *self, PikaWorkspace *workspace)
{
  Batch *batch = g_new0(Batch, 1);
  batch->lines = g_string_new(NULL);
  batch->workspace = workspace;
  batch->number = self->number;
  g_queue_push_tail(&self->waiting, batch);
}

static void
append_line(PaRecovery *self, JsonObject *object)
{
  g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
  g_autofree char *line = json_to_string(node, FALSE);
  Batch *last = g_queue_peek_tail(&self->waiting);
  if (!last)
    add_batch(self, NULL);
  last = g_queue_peek_tail(&self->waiting);
  g_string_append_printf(last->lines, "%s\n", line);
  self->written += strlen(line) + 1;
  if (!self->timeout)
    self->timeout = g_timeout_add(DELAY_MS, time_is_up, self);
}

/* The whole document, from which the steps count anew. `saved`: its file has all of it. */
static void
begin_anew(PaRecovery *self, gboolean saved)
{
  g_autoptr(JsonObject) head = json_object_new();
  const char *path = pa_document_get_path(self->document);
  self->number++;
  self->written = 0;
  add_batch(self, pa_document_dup_workspace(self->document));
  if (path)
    json_object_set_string_member(head, "path", path);
  json_object_set_boolean_member(head, "restricted", pa_document_get_restricted(self->document));
  json_object_set_boolean_member(head, "saved", saved);
  append_line(self, head);
}

static void
took_step(PaDocument *document, const PaCommand *step, int how, PaRecovery *self)
{
  g_autoptr(JsonObject) object = json_object_new();
  if (self->written > MOST_STEPS) {
    begin_anew(self, FALSE);
    return;
  }
  json_object_set_string_member(object, "how", step_names[how]);
  if (how == PA_STEP_DONE || how == PA_STEP_MERGED)
    json_object_set_member(object, "step", pa_command_to_json(step));
  append_line(self, object);
}

static void
was_reset(PaDocument *document, PaRecovery *self)
{
  begin_anew(self, TRUE);
}

static void
modified_changed(PaDocument *document, GParamSpec *spec, PaRecovery *self)
{
  if (!pa_document_get_modified(document))
    begin_anew(self, TRUE); /* saved, or undone to what was saved */
}

/* --- object --- */

static gboolean
make_folder(PaRecovery *self)
{
  g_autofree char *parent = recovery_folder(), *id = g_uuid_string_random();
  self->folder = g_build_filename(parent, id, NULL);
  g_autofree char *lock = g_build_filename(self->folder, "lock", NULL);
  if (g_mkdir_with_parents(self->folder, 0700) == 0)
    self->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->lock >= 0 && flock(self->lock, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  self->error = g_strdup_printf("cannot keep the document for a crash in %s: %s", self->folder, g_strerror(errno));
  g_clear_pointer(&self->folder, g_free);
  return FALSE;
}

PaRecovery *
pa_recovery_new(PaDocument *document)
{
  PaRecovery *self = g_object_new(PA_TYPE_RECOVERY, NULL);
  self->document = g_object_ref(document);
  if (!make_folder(self))
    return self;
  g_signal_connect_object(document, "step", G_CALLBACK(took_step), self, 0);
  g_signal_connect_object(document, "reset", G_CALLBACK(was_reset), self, 0);
  g_signal_connect_object(document, "notify::modified", G_CALLBACK(modified_changed), self, 0);
  begin_anew(self, !pa_document_get_modified(document));
  return self;
}

const char *
pa_recovery_get_error(PaRecovery *self)
{
  return self->error;
}

static void
remove_folder(const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name(dir))) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_unlink(path);
  }
  g_rmdir(folder);
}

void
pa_recovery_close(PaRecovery *self)
{
  g_signal_handlers_disconnect_by_data(self->document, self);
  g_queue_clear_full(&self->waiting, (GDestroyNotify)batch_free);
  g_clear_handle_id(&self->timeout, g_source_remove);
  while (self->writing)
    g_main_context_iteration(NULL, TRUE);
  if (self->folder)
    remove_folder(self->folder);
  g_clear_pointer(&self->folder, g_free);
}

static void
get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  g_value_set_string(value, PA_RECOVERY(object)->error);
}

static void
finalize(GObject *object)
{
  PaRecovery *self = PA_RECOVERY(object);
  g_queue_clear_full(&self->waiting, (GDestroyNotify)batch_free);
  g_clear_handle_id(&self->timeout, g_source_remove);
  if (self->lock >= 0)
    close(self->lock);
  g_clear_object(&self->document);
  g_free(self->folder);
  g_free(self->error);
  G_OBJECT_CLASS(pa_recovery_parent_class)->finalize(object);
}

static void
pa_recovery_class_init(PaRecoveryClass *class)
{
  GObjectClass *object = G_OBJECT_CLASS(class);
  object->get_property = get_property;
  object->finalize = finalize;
  props[PROP_ERROR] = g_param_spec_string("error", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties(object, N_PROPS, props);
}

static void
pa_recovery_init(PaRecovery *self)
{
  self->lock = -1;
  g_queue_init(&self->waiting);
}

/* --- after a crash --- */

void
pa_recovered_free(PaRecovered *self)
{
  g_free(self->folder);
  g_free(self->path);
  g_free(self);
}

void
pa_recovery_discard(const PaRecovered *recovered)
{
  remove_folder(recovered->folder);
}

/* The highest number of a workspace in a folder; 0: none. */
static guint
latest_number(const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  guint latest = 0;
  const char *name;
  while (dir && (name = g_dir_read_name(dir)))
    if (g_str_has_suffix(name, ".pika"))
      latest = MAX(latest, (guint)g_ascii_strtoull(name, NULL, 10));
  return latest;
}

/* The lines that are whole; the first is the head. */
static GPtrArray *
read_steps(const char *folder, guint number)
{
  g_autofree char *path = file_of(folder, number, "steps"), *text = NULL;
  GPtrArray *lines = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
  if (!g_file_get_contents(path, &text, NULL, NULL))
    return lines;
  char *end;
  for (char *at = text; (end = strchr(at, '\n')); at = end + 1) {
    *end = 0;
    JsonNode *node = json_from_string(at, NULL);
    if (!node || !JSON_NODE_HOLDS_OBJECT(node)) {
      g_clear_pointer(&node, json_node_unref);
      break;
    }
    g_ptr_array_add(lines, node);
  }
  return lines;
}

static gboolean
head_flag(JsonObject *head, const char *name, gboolean fallback)
{
  JsonNode *node = json_object_get_member(head, name);
  return node && json_node_get_value_type(node) == G_TYPE_BOOLEAN ? json_node_get_boolean(node) : fallback;
}

static gboolean
is_locked(const char *folder)
{
  g_autofree char *path = g_build_filename(folder, "lock", NULL);
  int fd = open(path, O_RDWR | O_CLOEXEC);
  gboolean locked = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0;
  if (fd >= 0)
    close(fd);
  return locked;
}

/* NULL: there is nothing in it that is not in a file. */
static PaRecovered *
examine(const char *folder)
{
  guint number = latest_number(folder);
  g_autofree char *base = file_of(folder, number, "pika"), *steps = file_of(folder, number, "steps");
  g_autoptr(GPtrArray) lines = read_steps(folder, number);
  JsonObject *head = lines->len ? json_node_get_object(lines->pdata[0]) : NULL;
  gboolean changed = !head || !head_flag(head, "saved", FALSE);
  for (guint i = 1; i < lines->len && !changed; i++) {
    JsonNode *step = json_object_get_member(json_node_get_object(lines->pdata[i]), "step");
    changed = !step || !JSON_NODE_HOLDS_OBJECT(step) || !head_flag(json_node_get_object(step), "passing", FALSE);
  }
  if (number == 0 || !changed)
    return NULL;
  PaRecovered *self = g_new0(PaRecovered, 1);
  GStatBuf info;
  JsonNode *path = head ? json_object_get_member(head, "path") : NULL;
  self->folder = g_strdup(folder);
  self->path = path && json_node_get_value_type(path) == G_TYPE_STRING ? json_node_dup_string(path) : NULL;
  self->time = g_stat(steps, &info) == 0 || g_stat(base, &info) == 0 ? info.st_mtime : 0;
  return self;
}

static int
compare_times(gconstpointer a, gconstpointer b)
{
  const PaRecovered *const *x = a, *const *y = b;
  return (*x)->time < (*y)->time ? 1 : (*x)->time > (*y)->time ? -1 : 0;
}

GPtrArray *
pa_recovery_list(void)
{
  g_autofree char *parent = recovery_folder();
  g_autoptr(GDir) dir = g_dir_open(parent, 0, NULL);
  GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)pa_recovered_free);
  const char *name;
  while (dir && (name = g_dir_read_name(dir))) {
    g_autofree char *folder = g_build_filename(parent, name, NULL);
    if (is_locked(folder))
      continue;
    PaRecovered *recovered = examine(folder);
    if (recovered)
      g_ptr_array_add(found, recovered);
    else
      remove_folder(folder);
  }
  g_ptr_array_sort(found, compare_times);
  return found;
}

/* FALSE: the line is no step that fits, and those after it are lost. */
static gboolean
replay(PaDocument *document, JsonObject *line)
{
  JsonNode *how = json_object_get_member(line, "how"), *step = json_object_get_member(line, "step");
  const char *name = how && json_node_get_value_type(how) == G_TYPE_STRING ? json_node_get_string(how) : "";
  guint which = 0;
  while (which < G_N_ELEMENTS(step_names) && strcmp(name, step_names[which]))
    which++;
  gboolean own = which == PA_STEP_DONE || which == PA_STEP_MERGED;
  g_autoptr(PaCommand) command = own && step ? pa_command_from_json(step, NULL) : NULL;
  return which < G_N_ELEMENTS(step_names) && (!own || command) &&
         pa_document_replay(document, command, (PaStep)which, NULL);
}

gboolean
pa_recovery_restore(const PaRecovered *recovered, PaDocument *document, GError **error)
{
  guint number = latest_number(recovered->folder);
  g_autofree char *base = file_of(recovered->folder, number, "pika");
  g_autoptr(GPtrArray) lines = read_steps(recovered->folder, number);
  PikaWorkspace *workspace = pika_workspace_load(base, error);
  JsonObject *head = lines->len ? json_node_get_object(lines->pdata[0]) : NULL;
  if (!workspace)
    return FALSE;
  pa_document_set_restricted(document, head && head_flag(head, "restricted", FALSE));
  if (!pa_document_reset(document, workspace, error))
    return FALSE;
  for (guint i = 1; i < lines->len; i++)
    if (!replay(document, json_node_get_object(lines->pdata[i])))
      break;
  pa_document_set_path(document, recovered->path);
  pa_document_set_modified(document);
  return TRUE;
}
