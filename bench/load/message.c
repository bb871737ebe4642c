#define _GNU_SOURCE
#include "message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "fail.h"

/* More can never be on their way at once. A power of two. */
enum { RING = 16384, DIGITS = 10, TAG = 11 };

#define HEAD                                                                                                    \
    "{\"type\":\"route_update\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"payload\":{\"shipment_id\":\"SH-001\","       \
    "\"update_kind\":\"position\",\"position\":{\"lat\":41.8781,\"lon\":-87.6298,\"speed_kph\":88.5,"                \
    "\"heading_deg\":210},\"note\":\""
#define MIDDLE "\"},\"correlation_id\":\""
#define TAIL "\"}"

struct message {
    uint32_t sequence;
    int remaining;
    struct connection *sender;
    int64_t sent_ns;
};

struct results results;

static struct traffic traffic;
static struct message ring[RING];
static uint32_t next_sequence, order[RING], ordered;
static uint64_t complete;
static char tag[TAG + 1];
static char *text, *number_in_text;

/* Of each connection: how many messages it got, how many it has to send, and a bit of the ring's place that changes
 * with every message that comes there. */
static struct reader {
    uint32_t received;
    int due;
    uint64_t seen[RING / 64];
} *readers;
static struct connection **senders_due;
static int senders_due_count;

size_t message_min_size(void)
{
    return strlen(HEAD MIDDLE TAIL) + TAG + DIGITS + 1;
}

void messages_start(const struct traffic *wanted)
{
    traffic = *wanted;
    readers = calloc((size_t)traffic.count, sizeof *readers);
    senders_due = calloc((size_t)traffic.count, sizeof *senders_due);
    text = malloc(traffic.size + 1);
    if (!readers || !senders_due || !text)
        fail("no memory for %d readers", traffic.count);
    /* The tag keeps the messages of an earlier run apart. */
    snprintf(tag, sizeof tag, "bench-%04x-", (unsigned)getpid() & 0xffff);
    int padding = (int)(traffic.size - message_min_size()) + 1;
    sprintf(text, HEAD "%s%010u" MIDDLE "%.*s" TAIL, tag, 0U, 0, "");
    size_t length = strlen(text) - strlen(TAIL);
    memset(text + length, 'b', (size_t)padding);
    strcpy(text + length + padding, TAIL);
    number_in_text = text + strlen(HEAD) + TAG;
}

static void send_with_time(struct connection *sender, int64_t now)
{
    struct message *message = &ring[next_sequence % RING];
    if (message->remaining)
        messages_fail_if_missing();
    uint32_t sequence = next_sequence++;
    *message = (struct message){sequence, traffic.count, sender, now};
    char digits[DIGITS + 1];
    snprintf(digits, sizeof digits, "%010u", sequence);
    memcpy(number_in_text, digits, DIGITS);
    connection_queue(sender, TEXT, text, traffic.size);
}

void message_send(struct connection *sender)
{
    send_with_time(sender, now_ns());
    connection_flush(sender);
}

void messages_stop_refill(void)
{
    traffic.refill = NEVER;
}

uint64_t messages_on_their_way(void)
{
    return next_sequence - complete;
}

static bool has(const struct reader *reader, uint32_t sequence)
{
    uint32_t place = sequence % RING;
    return (reader->seen[place / 64] >> place % 64 & 1) != (sequence / RING & 1);
}

void messages_fail_if_missing(void)
{
    uint32_t oldest = next_sequence > RING ? next_sequence - RING : 0;
    for (uint32_t sequence = oldest; sequence < next_sequence; sequence++) {
        const struct message *message = &ring[sequence % RING];
        for (int index = 0; message->sequence == sequence && message->remaining && index < traffic.count; index++)
            if (!has(&readers[index], sequence))
                fail("%llu of %u messages are missing: message %u of connection %d on connection %d, and on %d in all",
                     (unsigned long long)messages_on_their_way(), next_sequence, sequence, message->sender->number,
                     index, message->remaining);
    }
}

/* -1 if the text is not one of this run's messages. The servers keep the place, so it is looked for once. */
static int64_t sequence_in(const char *from, size_t length)
{
    static size_t place;
    if (length < place + TAG + DIGITS || memcmp(from + place, tag, TAG) != 0) {
        const char *found = memmem(from, length, tag, TAG);
        if (!found || (size_t)(from + length - found) < TAG + DIGITS)
            return -1;
        place = (size_t)(found - from);
    }
    int64_t sequence = 0;
    for (int index = 0; index < DIGITS; index++)
        sequence = sequence * 10 + (from[place + TAG + (size_t)index] - '0');
    return sequence;
}

static void check_order(const struct connection *connection, uint32_t received, uint32_t sequence)
{
    if (received == ordered)
        order[ordered++ % RING] = sequence;
    else if (ordered - received > RING || order[received % RING] != sequence)
        fail("connection %d got message %u in another order than the first", connection->number, sequence);
}

static void check(const struct connection *connection, const struct message *message, uint32_t sequence)
{
    struct reader *reader = &readers[connection->number];
    if (sequence >= next_sequence || message->sequence != sequence)
        fail("connection %d got message %u, which nobody waits for", connection->number, sequence);
    if (has(reader, sequence))
        fail("connection %d got message %u twice", connection->number, sequence);
    uint32_t place = sequence % RING;
    reader->seen[place / 64] ^= 1ULL << place % 64;
    if (traffic.same_order)
        check_order(connection, reader->received, sequence);
    reader->received++;
}

static void make_due(struct connection *sender)
{
    if (!readers[sender->number].due++)
        senders_due[senders_due_count++] = sender;
}

static void on_other_text(struct connection *connection, const char *from, size_t length)
{
    static const char ping[] = "\"type\":\"ping\"", error[] = "\"type\":\"error\"";
    static const char disconnect[] = "\"type\":\"disconnect\"", heartbeat[] = "{\"type\":\"heartbeat\",\"payload\":{}}";
    if (memmem(from, length, ping, sizeof ping - 1)) {
        connection_queue(connection, TEXT, heartbeat, sizeof heartbeat - 1);
        connection_flush(connection);
    } else if (memmem(from, length, error, sizeof error - 1)) {
        fail("connection %d got an error: %.*s", connection->number, (int)length, from);
    } else if (memmem(from, length, disconnect, sizeof disconnect - 1)) {
        connections_remember(from, length);
    }
}

void messages_on_text(struct connection *connection, char *from, size_t length, int64_t now)
{
    int64_t found = traffic.count ? sequence_in(from, length) : -1;
    if (found < 0) {
        on_other_text(connection, from, length);
        return;
    }
    uint32_t sequence = (uint32_t)found;
    struct message *message = &ring[sequence % RING];
    check(connection, message, sequence);
    int64_t latency = now - message->sent_ns;
    results.deliveries++;
    histogram_add(&results.delivery, latency);
    bool is_own = message->sender == connection, is_last = --message->remaining == 0;
    if (is_own) {
        results.acknowledged++;
        histogram_add(&results.own, latency);
    }
    if (is_last) {
        complete++;
        results.complete++;
        histogram_add(&results.last, latency);
    }
    if ((traffic.refill == WHEN_ALL_HAVE_IT && is_last) || (traffic.refill == WHEN_ITS_SENDER_HAS_IT && is_own))
        make_due(message->sender);
}

/* What one read made due goes out together, one write for each sender. */
void messages_on_read_done(void)
{
    for (int index = 0; index < senders_due_count; index++) {
        struct connection *sender = senders_due[index];
        struct reader *reader = &readers[sender->number];
        int64_t now = now_ns();
        for (; reader->due; reader->due--)
            send_with_time(sender, now);
        connection_flush(sender);
    }
    senders_due_count = 0;
}
