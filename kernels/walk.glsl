/* The rows of four that an invocation takes: in strides over the whole segment, or, with push.span, a run of
 * span for each workgroup, so that rows that lie together are summed together. */
struct Walk {
  uint i4, end, step;
};

Walk walk_begin(uint n_rows)
{
  uint n4 = (n_rows + 3u) >> 2;
  if (push.span == 0)
    return Walk(gl_GlobalInvocationID.x, n4, gl_NumWorkGroups.x * gl_WorkGroupSize.x);
  uint first = gl_WorkGroupID.x * push.span;
  return Walk(first + gl_LocalInvocationID.x, min(n4, first + push.span), gl_WorkGroupSize.x);
}
