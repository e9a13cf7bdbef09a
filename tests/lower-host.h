/* What lowering asks for, answered for tests: files of one folder, an SQL engine, the reference backend for plans. */
#pragma once

#include "pk-backend.h"
#include "pk-lower.h"
#include "pk-source.h"

typedef struct {
  PkSource *source;
  PkBackend *backend;  /* NULL: plans run as SQL */
  char *folder;        /* of "data/NAME" urls; NULL: none are read */
  GHashTable *opened;
  guint n_tables;
  gboolean verbose;    /* statements to stderr */
} LowerHost;

LowerHost *lower_host_new(const char *folder);
void lower_host_free(LowerHost *self);
PkLowerHost lower_host_functions(LowerHost *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LowerHost, lower_host_free)
