/* Times with an error below 1 %, in a fixed amount of memory: 128 steps to each power of two. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_STEPS_LOG2 = 7, HISTOGRAM_SIZE = (64 - HISTOGRAM_STEPS_LOG2 + 1) << HISTOGRAM_STEPS_LOG2 };

struct histogram {
    uint64_t count;
    int64_t max_ns;
    uint64_t counts[HISTOGRAM_SIZE];
};

static inline unsigned histogram_place(uint64_t ns)
{
    if (ns >> HISTOGRAM_STEPS_LOG2 == 0)
        return (unsigned)ns;
    unsigned shift = 63 - (unsigned)__builtin_clzll(ns) - HISTOGRAM_STEPS_LOG2;
    return (unsigned)(ns >> shift) + (shift << HISTOGRAM_STEPS_LOG2);
}

static inline void histogram_add(struct histogram *histogram, int64_t ns)
{
    histogram->count++;
    histogram->counts[histogram_place((uint64_t)ns)]++;
    if (ns > histogram->max_ns)
        histogram->max_ns = ns;
}

/* The time in nanoseconds that a `part` (0 to 1) of all is not above; 0 where there is none. */
int64_t histogram_at(const struct histogram *histogram, double part);

#endif
