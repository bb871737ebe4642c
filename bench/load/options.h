#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "connection.h"

struct options {
    const char *mode;
    struct target target;
    int connections, in_flight, senders, concurrency;
    size_t size;
    double rate, warm_up, seconds, settle, timeout; /* messages/s; seconds */
    bool first_frame, same_order, quick_ack;
};
extern struct options options;

void options_read(int count, char **arguments);
bool is_mode(const char *name);
_Noreturn void usage(void);

#endif
