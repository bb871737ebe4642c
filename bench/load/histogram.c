#include "histogram.h"

/* The largest time that is counted at this place. */
static int64_t upper_end(unsigned place)
{
    unsigned shift = place >> HISTOGRAM_STEPS_LOG2;
    if (shift < 2)
        return place;
    shift--;
    uint64_t step = place - (shift << HISTOGRAM_STEPS_LOG2);
    return (int64_t)(((step + 1) << shift) - 1);
}

int64_t histogram_at(const struct histogram *histogram, double part)
{
    uint64_t seen = 0;
    for (unsigned place = 0; place < HISTOGRAM_SIZE; place++) {
        seen += histogram->counts[place];
        if (seen && (double)seen >= part * (double)histogram->count) {
            int64_t end = upper_end(place);
            return end < histogram->max_ns ? end : histogram->max_ns;
        }
    }
    return 0;
}
