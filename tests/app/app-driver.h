/* Drives the real window in a test's own main loop: waits for what it shows, measures how long the loop was held, takes
 * pictures. */
#pragma once

#include "pa-window.h"

typedef struct {
  PaApplication *application;
  PaWindow *window;
} Driver;

/* Opens a window; paths: NULL-terminated; may be NULL. */
void driver_start(Driver *self, const char *const *paths);
/* Closes it, and waits until the session is given back. */
void driver_stop(Driver *self);

/* Iterates until it is true; the test fails, with a picture "failed", after 60 seconds. what: in words. */
typedef gboolean (*DriverCondition)(Driver *self, gpointer data);
void driver_wait(Driver *self, const char *what, DriverCondition condition, gpointer data);
void driver_run_for(Driver *self, guint ms);

/* Saves what the window shows as NAME.png in $PIKA_SHOTS, if that is set. */
void driver_shot(Driver *self, const char *name);
void driver_shot_of(Driver *self, GtkWidget *window, const char *name);

/* The file of a test's own with this content. Caller frees the path. */
char *driver_write(const char *name, const char *text);

/* From now on: how long the longest turn of the main loop took. */
void driver_watch(Driver *self);
double driver_get_longest_ms(Driver *self);
/* The same in processor time of the main thread: what other programs take does not count. */
double driver_get_longest_cpu_ms(Driver *self);

/* Conditions. */
gboolean driver_has_table(Driver *self, gpointer name);       /* its columns are profiled */
gboolean driver_has_rows(Driver *self, gpointer n);           /* GINT_TO_POINTER: that many are shown, and nothing runs */
gboolean driver_has_plot(Driver *self, gpointer unused);      /* a picture is shown */
gboolean driver_has_offers(Driver *self, gpointer unused);
