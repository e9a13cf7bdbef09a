/* Bins of rows in any order are counted in two steps: rows are sorted by bucket of bins within tiles (partition),
 * then each bucket's rows are counted where a workgroup's shared memory holds all its bins (tally). A bucket has every
 * 2^FORM-th bin, in an order that mixes, so that neither lines nor clusters of points fill one alone. Both are idle
 * where a sample of the rows (bins.comp) said that a cache of bins will do. */
const uint BUCKETS = 1u << FORM;

layout(buffer_reference, std430, buffer_reference_align = 4) readonly buffer SampleRef { PkKernelControl v; };

uint mix_bin(uint place)
{
  return (place * 5u) ^ (place >> 4);
}

uint bucket_of(uint bin)
{
  return (bin ^ mix_bin(bin >> FORM)) & (BUCKETS - 1);
}

/* What bucket_of and bin >> FORM make of a bin, undone. */
uint bin_of(uint bucket, uint place)
{
  return (place << FORM) | ((bucket ^ mix_bin(place)) & (BUCKETS - 1));
}

bool cache_will_do(ProgramRef program)
{
  PkKernelControl c = SampleRef(program.p.control).v;
  return c.n_groups < c.limit / 5 * 2;
}
