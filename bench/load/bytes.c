#include "bytes.h"

#include <stdlib.h>
#include <string.h>

#include "fail.h"

void bytes_reserve(struct bytes *bytes, size_t more)
{
    if (bytes->length + more <= bytes->capacity)
        return;
    bytes->capacity = bytes->length + more;
    bytes->at = realloc(bytes->at, bytes->capacity);
    if (!bytes->at)
        fail("no memory for %zu bytes", bytes->capacity);
}

void bytes_append(struct bytes *bytes, const void *from, size_t length)
{
    bytes_reserve(bytes, length);
    if (length)
        memcpy(bytes->at + bytes->length, from, length);
    bytes->length += length;
}

void bytes_drop_first(struct bytes *bytes, size_t count)
{
    bytes->length -= count;
    if (bytes->length)
        memmove(bytes->at, bytes->at + count, bytes->length);
}
