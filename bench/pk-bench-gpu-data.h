/* Columns for the GPU's benchmark, drawn from a seed by many threads, and the plans that read them. */
#pragma once

#include "pk-frame.h"
#include "pk-plan.h"

G_BEGIN_DECLS

typedef enum {
  PK_GPU_DATA_I64,       /* "i64": the whole range of 48 bits */
  PK_GPU_DATA_I64_NULLS, /* "n64": the same, a tenth NULL */
  PK_GPU_DATA_F64,       /* "f64": 0 … 1 */
  PK_GPU_DATA_X,         /* "x", "y": f32, uniform in 0 … 1 */
  PK_GPU_DATA_Y,
  PK_GPU_DATA_CX,        /* "cx", "cy": f32, 64 clusters of deviation 0.01 */
  PK_GPU_DATA_CY,
  PK_GPU_DATA_ROW,       /* "row": f32, all in one of 768 bins */
  PK_GPU_DATA_T,         /* "t": f32, ascending from 0 to 1 */
  PK_GPU_DATA_TX,        /* "tx", "ty": f32, tile by tile of a 16 × 12 grid, as rows in spatial order are */
  PK_GPU_DATA_TY,
  PK_GPU_DATA_G4,        /* "g4", "g50", "g1k", "g64k": group numbers, uniform */
  PK_GPU_DATA_G50,
  PK_GPU_DATA_G1K,
  PK_GPU_DATA_G64K,
  PK_GPU_DATA_Z50,       /* "z50", "z1k", "z64k": the same by Zipf's law, exponent 1.2 */
  PK_GPU_DATA_Z1K,
  PK_GPU_DATA_Z64K,
  PK_GPU_DATA_H1M,       /* "h1m": i64, a million different values far apart */
  PK_GPU_N_DATA
} PkGpuData;

typedef struct {
  const char *name, *title;
  double goal;             /* at 2^30 rows on one H200; 0: none */
  const char *unit;        /* "TB/s", "G rows/s", "ms" */
  PkGpuData columns[4];    /* n_columns of them */
  guint n_columns;
  void (*fill)(PkPlan *plan); /* columns are in the plan already, in order */
  guint passes;            /* over the columns, by which bytes are counted */
} PkGpuCase;

extern const PkGpuCase pk_gpu_cases[];
extern const guint pk_gpu_n_cases;

/* Owned by the caller; NULL with PK_ERROR_LIMIT if memory ends. */
PkColumn *pk_gpu_column(PkGpuData what, gint64 rows, GError **error);

/* The case's plan over columns of the frame. */
PkPlan *pk_gpu_plan(const PkGpuCase *self);

G_END_DECLS
