/* The messages on their way: what is sent, who has it, whether every connection gets each exactly once. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "connection.h"
#include "histogram.h"

/* The latencies are from just before the send to the read that had the message. */
struct results {
    uint64_t deliveries, complete, acknowledged;
    struct histogram delivery, last, own;
};
extern struct results results;

enum refill { NEVER, WHEN_ALL_HAVE_IT, WHEN_ITS_SENDER_HAS_IT };

struct traffic {
    struct connection *connections;
    int count;
    size_t size;        /* of a text frame's payload */
    enum refill refill; /* when the sender of a message sends the next */
    bool same_order;    /* every connection must get the messages in the order of the first */
};

/* The shortest text that message_send can make. */
size_t message_min_size(void);
/* For a struct listener. */
void messages_on_text(struct connection *connection, char *from, size_t length, int64_t now);
void messages_on_read_done(void);
void messages_start(const struct traffic *traffic);
void message_send(struct connection *sender);
void messages_stop_refill(void);
/* How many are not with every connection yet. */
uint64_t messages_on_their_way(void);
/* Ends the program and names a message that is missing, and where, if there is one. */
void messages_fail_if_missing(void);

#endif
