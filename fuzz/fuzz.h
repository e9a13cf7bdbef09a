/* What libFuzzer, or replay.c in its place, calls with each input; answers 0. */

#ifndef PIKA_FUZZ_H
#define PIKA_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
