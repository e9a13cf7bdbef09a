/* What C and GLSL share: the structs that kernels read through 64-bit addresses, the packing of their
 * specialization constants, and the constants of both.
 *
 * Structs hold only 4- and 8-byte scalars, the 8-byte ones at multiples of 8, so that std430 and C lay them
 * out alike. An ordinal is a value as a signed 64-bit integer of the same order: integers themselves (u64
 * less 2^63), dates and times in their unit, text as its rank in the dictionary, floats by their bits (-0 is
 * 0, NaN the greatest; f32 in 32 bits, f64 in 64). */
#ifdef VULKAN /* GLSL */
#define PK_KERNEL_U32 uint
#define PK_KERNEL_I32 int
#define PK_KERNEL_U64 uint64_t
#define PK_KERNEL_I64 int64_t
#define PK_KERNEL_F32 float
#define PK_KERNEL_F64 double
#define PK_KERNEL_STRUCT(name) name
#else
#pragma once
#include <glib.h>
#define PK_KERNEL_U32 guint32
#define PK_KERNEL_I32 gint32
#define PK_KERNEL_U64 guint64
#define PK_KERNEL_I64 gint64
#define PK_KERNEL_F32 float
#define PK_KERNEL_F64 double
#define PK_KERNEL_STRUCT(name) struct name
#endif

#define PK_KERNEL_SLOTS 16      /* columns that one dispatch can see */
#define PK_KERNEL_PREDICATES 4  /* tested by one dispatch; more are chained through a gid buffer */
#define PK_KERNEL_KEYS 4
#define PK_KERNEL_NONE 0xffffffffu /* in a gid buffer: the row is in no group; in a hash table: empty */

/* Physical kinds (4 bits). */
#define PK_KIND_U8 0
#define PK_KIND_I8 1
#define PK_KIND_U16 2
#define PK_KIND_I16 3
#define PK_KIND_U32 4
#define PK_KIND_I32 5
#define PK_KIND_U64 6
#define PK_KIND_I64 7
#define PK_KIND_F32 8
#define PK_KIND_F64 9

/* A column as a specialization constant: slot | kind << 4 | flags. */
#define PK_COLUMN_SLOT(c) ((c) & 15u)
#define PK_COLUMN_KIND(c) (((c) >> 4) & 15u)
#define PK_COLUMN_NULLABLE 0x100u  /* may have NULLs */
#define PK_COLUMN_AS_DOUBLE 0x200u /* its ordinals are those of its value as a double */
#define PK_COLUMN_NO_NAN 0x400u    /* rows where it is NaN do not take part */
#define PK_COLUMN_HAS_NAN 0x800u   /* may have NaN */
#define PK_COLUMN_USED 0x80000000u

/* A predicate: a column with these flags. */
#define PK_PREDICATE_INTERVALS 0x1000u /* ordinal within one of the intervals of its table */
#define PK_PREDICATE_NULL 0x2000u      /* IS NULL */
#define PK_PREDICATE_NOT_NULL 0x4000u
#define PK_PREDICATE_NEGATED 0x8000u   /* INTERVALS and none of them */
#define PK_PREDICATE_ONE 0x10000u      /* lo <= ordinal <= hi; of floats, lo64 <= value <= hi64 (lo32, hi32) */
#define PK_PREDICATE_NAN 0x20000u      /* … and NaN */

/* A key: a column with one of these. */
#define PK_KEY_FORM(k) (((k) >> 12) & 7u)
#define PK_KEY_FORM_OFFSET 0u /* code = ordinal - base */
#define PK_KEY_FORM_STEPS 1u  /* code = number of steps at or below the ordinal, less one */
#define PK_KEY_FORM_CLOCK 2u  /* code of the day × code of the second of the day */
#define PK_KEY_FORM_TABLE 3u  /* code = table[ordinal - base] */
#define PK_KEY_FORM_VALUE 4u  /* word = ordinal (hash only) */
#define PK_KEY_FORM_FLOOR 5u  /* word = ordinal of floor((x - start) / step) * scale + offset (hash only) */
#define PK_KEY_FORM_GID 6u    /* word = the row's group so far (hash only) */
#define PK_KEY_SHIFT(f) ((f) << 12)
#define PK_KEY_KEEPS_NULL 0x8000u /* NULL is the last code; else the row is in no group */
#define PK_KEY_GUESS32 0x10000u   /* STEPS: guess in float */
#define PK_KEY_GUESS64 0x20000u   /* STEPS: guess from a difference in double; neither: binary search */

/* What a pass adds up for each group (bits). */
#define PK_OP_ROWS 1u  /* rows of the group */
#define PK_OP_COUNT 2u /* of those, with values */
#define PK_OP_SUM 4u
#define PK_OP_MIN 8u
#define PK_OP_MAX 16u

/* What SUM sums. */
#define PK_TERM_INT 0u   /* ordinals: exact */
#define PK_TERM_FIXED 1u /* values in fixed point */
#define PK_TERM_DEV 2u   /* x - mean of the group, fixed point */
#define PK_TERM_SQUARE 3u  /* its square */
#define PK_TERM_PRODUCT 4u /* its product with that of the second column */

/* Non-finite terms (bits of a group's flags). */
#define PK_FLAG_NAN 1u
#define PK_FLAG_INF 2u
#define PK_FLAG_NEG_INF 4u

/* Where a row's group comes from (bits). */
#define PK_SOURCE_GID 1u   /* the segment's gid buffer */
#define PK_SOURCE_NAMED 2u /* … through the table of names that hashing made */

struct PkKernelColumn {
  PK_KERNEL_U64 data;  /* address; elements in row order, padded to 16 bytes */
  PK_KERNEL_U64 valid; /* address of 32-bit words, bit r % 32 of word r / 32; 0: the segment has no NULL */
};

/* One contiguous run of rows, of which every column lies in one piece of at most 1 GiB. */
struct PkKernelSegment {
  PK_KERNEL_U64 gid; /* address of a 32-bit number a row, or 0 */
  PK_KERNEL_U64 out_;/* the same, to be written */
  PK_KERNEL_U32 n_rows;
  PK_KERNEL_U32 first_row;
  PK_KERNEL_STRUCT(PkKernelColumn) columns[PK_KERNEL_SLOTS];
};

struct PkKernelPredicate {
  PK_KERNEL_I64 lo, hi;
  PK_KERNEL_F64 lo64, hi64;
  PK_KERNEL_F32 lo32, hi32;
  PK_KERNEL_U64 table; /* INTERVALS: n pairs of ordinals, ascending */
  PK_KERNEL_U32 n;
  PK_KERNEL_U32 pad;
};

struct PkKernelKey {
  PK_KERNEL_U64 table;   /* STEPS: n ordinals at which bins begin; CLOCK: days; TABLE: codes */
  PK_KERNEL_U64 table2;  /* CLOCK: codes of the 86400 seconds */
  PK_KERNEL_I64 base;    /* OFFSET, TABLE; CLOCK: first day; STEPS: the least ordinal in a bin */
  PK_KERNEL_I64 last;    /* STEPS: the greatest */
  PK_KERNEL_F64 start, inverse; /* STEPS: where the first bin begins; FLOOR: start, step */
  PK_KERNEL_F64 lo64, hi64;     /* STEPS of floats: base and last as values (lo32, hi32) */
  PK_KERNEL_F64 scale, offset;             /* FLOOR */
  PK_KERNEL_F64 divisor;                   /* of the column: its value is the integer over this */
  PK_KERNEL_I64 per_day, per_second;       /* CLOCK */
  PK_KERNEL_F32 lo32, hi32;
  PK_KERNEL_F32 start32, inverse32, tolerance32; /* STEPS: the guess (x - start) * inverse */
  PK_KERNEL_U32 n;       /* STEPS: bins; CLOCK: codes of the second of the day */
  PK_KERNEL_U32 n_codes; /* with that of NULL, if it has one */
  PK_KERNEL_U32 pad;
};

/* A dispatch's arguments, at the address that its push constants hold. States are arrays of n_groups. */
struct PkKernelProgram {
  PK_KERNEL_STRUCT(PkKernelPredicate) predicates[PK_KERNEL_PREDICATES];
  PK_KERNEL_STRUCT(PkKernelKey) keys[PK_KERNEL_KEYS];
  PK_KERNEL_U64 names;     /* NAMED: group of a slot of the hash table */
  PK_KERNEL_U64 rows;      /* 32-bit counts */
  PK_KERNEL_U64 counts;    /* 32-bit counts */
  PK_KERNEL_U64 limbs;     /* arrays of 64-bit: the sum is that of limb[j] * 2^(32 j); of floats, limb[j] * 2^(31 j - exponent) */
  PK_KERNEL_U64 cells;     /* in place of rows, counts and limbs: kernels/group.comp */
  PK_KERNEL_U64 least;     /* 64-bit, ordinal + 2^63 */
  PK_KERNEL_U64 greatest;
  PK_KERNEL_U64 flags;     /* 32-bit */
  PK_KERNEL_U64 means;     /* DEV, SQUARE, PRODUCT: doubles; then those of the second column */
  PK_KERNEL_U64 partials;  /* reduce: a PkKernelPartial a workgroup */
  PK_KERNEL_U64 table;     /* hash: the slots; radix: the histogram */
  PK_KERNEL_U64 reps;      /* hash: a row of each group; radix: PkKernelSelect a group */
  PK_KERNEL_U64 control;   /* a PkKernelControl */
  PK_KERNEL_F64 divisor, divisor2; /* of the columns A and B */
  PK_KERNEL_F64 top, middle, least_unit; /* fixed point: units of the pieces, times 1.5 * 2^52; two pieces: no top */
  PK_KERNEL_I64 base;      /* radix: the least ordinal; line: of A */
  PK_KERNEL_I64 base2;     /* line: of B */
  PK_KERNEL_F64 p;         /* radix: the quantile */
  PK_KERNEL_I64 lo, hi;    /* rows: ordinals of A that take part */
  PK_KERNEL_U32 n_groups;
  PK_KERNEL_U32 take;      /* radix, not 0: not p's rank, but the take-th value from the least (p = 0) or greatest (1) */
  PK_KERNEL_U32 limit;     /* rows: the most that are written */
  PK_KERNEL_U32 pad;
  PK_KERNEL_U32 mask;      /* hash: slots - 1 */
  PK_KERNEL_U32 segment_shift; /* hash: log2 of the rows of all segments but the last */
  PK_KERNEL_U32 shift, bits, first; /* radix: digit = (ordinal - base) >> shift, of bits bits; first pass? */
  PK_KERNEL_U32 width;     /* radix: copies of the histogram in shared memory */
};

struct PkKernelPartial {
  PK_KERNEL_U64 rows, count;
  PK_KERNEL_U64 low;    /* sum of the low 32 bits of ordinals */
  PK_KERNEL_I64 high;   /* sum of the high 32 bits */
  PK_KERNEL_F64 sum;    /* floats */
  PK_KERNEL_U64 least, greatest; /* ordinal + 2^63 */
  PK_KERNEL_U64 pad;
};

struct PkKernelControl {
  PK_KERNEL_U32 n_groups; /* named so far */
  PK_KERNEL_U32 full;     /* not 0: the hash table had no room */
  PK_KERNEL_U32 limit;    /* most groups */
  PK_KERNEL_U32 pad;
};

/* The state of the search for one rank of one group. */
struct PkKernelSelect {
  PK_KERNEL_U64 prefix; /* digits found so far; at the end the ordinal less base */
  PK_KERNEL_U64 rank;   /* among the values with this prefix */
  PK_KERNEL_U64 n;      /* values of the group */
  PK_KERNEL_U64 equal;  /* values with this prefix */
  PK_KERNEL_U64 next;   /* the least ordinal - base beyond the prefix, or all ones */
};

/* The arguments of paint. */
struct PkKernelPaint {
  PK_KERNEL_U64 counts;  /* 32-bit rows of each cell; with layers, n_codes such arrays */
  PK_KERNEL_U64 totals;  /* with layers: 32-bit rows of each cell, all layers together */
  PK_KERNEL_U64 layers;  /* of each code: 0xffrrggbb, or 0: its rows do not count */
  PK_KERNEL_U64 table;   /* n_table: how many cells have each total */
  PK_KERNEL_U64 most;    /* the greatest total, 32-bit */
  PK_KERNEL_U64 paints;  /* the pixel of each total */
  PK_KERNEL_U64 pixels;
  PK_KERNEL_U32 n_cells, n_codes, n_table; /* n_codes 0: no layers */
  PK_KERNEL_U32 width, height, flip_x, flip_y;
  PK_KERNEL_U32 pad;
};

/* Push constants. */
struct PkKernelPush {
  PK_KERNEL_U64 program;
  PK_KERNEL_U64 segments; /* of all */
  PK_KERNEL_U32 segment;  /* index of this dispatch's */
  PK_KERNEL_U32 first_partial;
  PK_KERNEL_U32 span;     /* rows of four that a workgroup takes one after another; 0: in strides */
  PK_KERNEL_U32 pad;
};
