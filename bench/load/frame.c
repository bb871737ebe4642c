#include "frame.h"

#include <stdint.h>
#include <string.h>

#include "fail.h"

enum { FINAL = 0x80, MASKED = 0x80, LENGTH_IN_16_BITS = 126, LENGTH_IN_64_BITS = 127, MASK_SIZE = 4 };

static uint64_t big_endian(const char *from, int size)
{
    uint64_t value = 0;
    for (int index = 0; index < size; index++)
        value = value << 8 | (unsigned char)from[index];
    return value;
}

static void mask(char *payload, size_t length, const char *key)
{
    uint32_t narrow;
    memcpy(&narrow, key, MASK_SIZE);
    uint64_t wide = (uint64_t)narrow << 32 | narrow, eight;
    size_t at = 0;
    for (; at + 8 <= length; at += 8) {
        memcpy(&eight, payload + at, 8);
        eight ^= wide;
        memcpy(payload + at, &eight, 8);
    }
    for (; at < length; at++)
        payload[at] ^= key[at % MASK_SIZE];
}

size_t frame_read(char *from, size_t available, bool masked, struct frame *frame)
{
    if (available < 2)
        return 0;
    unsigned char first = (unsigned char)from[0], second = (unsigned char)from[1];
    frame->opcode = first & 0x0f;
    if ((first & 0xf0) != FINAL || frame->opcode == 0)
        fail("a frame that is fragmented or uses an extension: its first byte is 0x%02x", first);
    if (!(second & MASKED) == masked)
        fail(masked ? "a frame of a client without a mask" : "a frame of a server with a mask");

    size_t header = 2;
    uint64_t length = second & 0x7f;
    int size = length == LENGTH_IN_16_BITS ? 2 : length == LENGTH_IN_64_BITS ? 8 : 0;
    header += (size_t)size + (masked ? MASK_SIZE : 0);
    if (available < header)
        return 0;
    if (size)
        length = big_endian(from + 2, size);
    if (available - header < length)
        return 0;

    frame->payload = from + header;
    frame->length = length;
    if (masked)
        mask(frame->payload, length, frame->payload - MASK_SIZE);
    return header + length;
}

void frame_append(struct bytes *to, enum opcode opcode, bool masked, const char *payload, size_t length)
{
    static uint32_t key = 0x9e3779b9;
    int size = length < LENGTH_IN_16_BITS ? 0 : length <= UINT16_MAX ? 2 : 8;
    unsigned char header[10] = {(unsigned char)(FINAL | opcode)};
    header[1] = (unsigned char)(size == 0 ? length : size == 2 ? LENGTH_IN_16_BITS : LENGTH_IN_64_BITS);
    if (masked)
        header[1] |= MASKED;
    for (int index = 0; index < size; index++)
        header[2 + index] = (unsigned char)((uint64_t)length >> 8 * (size - 1 - index));
    bytes_append(to, header, 2 + (size_t)size);
    if (masked) {
        key = key * 1664525 + 1013904223;
        bytes_append(to, &key, MASK_SIZE);
    }
    bytes_append(to, payload, length);
    if (masked)
        mask(to->at + to->length - length, length, (const char *)&key);
}
