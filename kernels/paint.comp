#version 460
/* From counts of cells to pixels (engine/plan/pk-raster.h defines them), over n_cells items.
 * FORM 0: adds up each cell's layers, tells the greatest total and how many cells have each total: small ones are counted in
 * shared memory first, since most cells have few rows.
 * FORM 1: writes the pixels, by a table from total to pixel (with layers: to opacity). */
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer PaintRef { PkKernelPaint p; };

const uint SMALL = 1024;
shared uint small_[SMALL];
shared uint most;

uint total_of(PaintRef paint, uint cell)
{
  uint total = 0;
  for (uint k = 0; k < paint.p.n_codes; k++)
    if ((U32Ref(at(paint.p.layers, k, 4)).v >> 24) != 0)
      total += U32Ref(at(paint.p.counts, k, 4 * paint.p.n_cells) + at(0ul, cell, 4)).v;
  return total;
}

void tally(PaintRef paint)
{
  uint me = gl_LocalInvocationID.x, mine = 0;
  for (uint i = me; i < SMALL; i += gl_WorkGroupSize.x)
    small_[i] = 0;
  if (me == 0)
    most = 0;
  barrier();
  for (uint cell = gl_GlobalInvocationID.x; cell < paint.p.n_cells; cell += gl_NumWorkGroups.x * gl_WorkGroupSize.x) {
    uint total = paint.p.n_codes != 0 ? total_of(paint, cell) : U32Ref(at(paint.p.counts, cell, 4)).v;
    if (paint.p.n_codes != 0)
      U32Mem(at(paint.p.totals, cell, 4)).v = total;
    mine = max(mine, total);
    if (total != 0 && total < SMALL)
      atomicAdd(small_[total], 1);
    else if (total != 0 && total < paint.p.n_table)
      atomicAdd(U32Mem(at(paint.p.table, total, 4)).v, 1);
  }
  atomicMax(most, mine);
  barrier();
  for (uint i = me; i < SMALL && i < paint.p.n_table; i += gl_WorkGroupSize.x)
    if (small_[i] != 0)
      atomicAdd(U32Mem(at(paint.p.table, i, 4)).v, small_[i]);
  if (me == 0)
    atomicMax(U32Mem(paint.p.most).v, most);
}

/* pk_raster_mix. */
uint mix_of(PaintRef paint, uint cell, uint total, uint opacity)
{
  uint64_t sums[3] = uint64_t[3](0ul, 0ul, 0ul), n = uint64_t(total);
  for (uint k = 0; k < paint.p.n_codes; k++) {
    uint layer = U32Ref(at(paint.p.layers, k, 4)).v;
    if ((layer >> 24) == 0)
      continue;
    uint64_t rows = uint64_t(U32Ref(at(paint.p.counts, k, 4 * paint.p.n_cells) + at(0ul, cell, 4)).v);
    for (uint c = 0; c < 3; c++)
      sums[c] += rows * uint64_t((layer >> (16 - 8 * c)) & 255u);
  }
  uint a = opacity >> 24, pixel = a << 24;
  for (uint c = 0; c < 3; c++) {
    uint mean = uint((2ul * sums[c] + n) / (2ul * n));
    pixel |= ((2 * mean * a + 255) / 510) << (16 - 8 * c);
  }
  return pixel;
}

void draw(PaintRef paint)
{
  for (uint i = gl_GlobalInvocationID.x; i < paint.p.n_cells; i += gl_NumWorkGroups.x * gl_WorkGroupSize.x) {
    uint row = i / paint.p.width, column = i - row * paint.p.width;
    row = paint.p.flip_y != 0 ? paint.p.height - 1 - row : row;
    column = paint.p.flip_x != 0 ? paint.p.width - 1 - column : column;
    uint cell = row * paint.p.width + column;
    uint total = U32Ref(at(paint.p.n_codes != 0 ? paint.p.totals : paint.p.counts, cell, 4)).v, pixel = 0;
    if (total != 0) {
      pixel = U32Ref(at(paint.p.paints, total, 4)).v;
      pixel = paint.p.n_codes != 0 ? mix_of(paint, cell, total, pixel) : pixel;
    }
    U32Mem(at(paint.p.pixels, i, 4)).v = pixel;
  }
}

void main()
{
  PaintRef paint = PaintRef(push.program);
  if (FORM == 0)
    tally(paint);
  else
    draw(paint);
}
