/* WebSocket frames, RFC 6455 section 5.2. */
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes.h"

enum opcode { TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };

struct frame {
    enum opcode opcode;
    char *payload; /* unmasked, where it was read */
    size_t length;
};

/* Reads the frame that `from` begins with. Returns how many bytes it takes, or 0 if some of it is still to come.
 * `masked` says from which side it is; a frame of the other kind, or one that no server of this benchmark sends
 * (fragmented, compressed), ends the program. */
size_t frame_read(char *from, size_t available, bool masked, struct frame *frame);

void frame_append(struct bytes *to, enum opcode opcode, bool masked, const char *payload, size_t length);

#endif
