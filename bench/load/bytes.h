#ifndef BYTES_H
#define BYTES_H

#include <stddef.h>

/* Bytes that grow at the end. */
struct bytes {
    char *at;
    size_t length, capacity;
};

/* Makes room for `more` bytes after the ones that are there. */
void bytes_reserve(struct bytes *bytes, size_t more);
void bytes_append(struct bytes *bytes, const void *from, size_t length);
void bytes_drop_first(struct bytes *bytes, size_t count);

#endif
