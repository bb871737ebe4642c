/* Client connections in one thread: connect, upgrade (RFC 6455 section 4), read and write frames, wait with epoll. */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "frame.h"

struct connection {
    int number, socket;
    enum { CONNECTING, UPGRADING, OPEN, CLOSED } state;
    bool waits_to_write, greeted;
    int64_t started_ns;
    struct bytes read, to_write;
};

struct target {
    const char *host;
    int port;
    const char *path; /* %d in it becomes the connection's number */
};

/* So far, in all connections. */
extern struct totals {
    int opened, greeted, closed;
    uint64_t bytes_read;
} totals;

/* What the user of connections does with what comes; `now` is the time of the read. */
struct listener {
    void (*on_text)(struct connection *connection, char *text, size_t length, int64_t now);
    /* After all texts of one read. */
    void (*on_read_done)(void);
    /* The upgrade is done (`greeted` is false), or the first text is here. */
    void (*on_ready)(struct connection *connection, bool greeted, int64_t now);
};

/* `quick_ack`: what is read is acknowledged at once, where a usual client waits for up to 40 ms. That is for a server
 * that does not set TCP_NODELAY: its small writes wait for each other's acknowledgement (Nagle). */
void connections_start(const struct listener *user, bool quick_ack);
void connection_open(struct connection *connection, int number, const struct target *target);
void connection_queue(struct connection *connection, enum opcode opcode, const char *payload, size_t length);
void connection_flush(struct connection *connection);
/* From here on a connection may end without that being a failure. */
void connection_say_goodbye(struct connection *connection);
/* A text of the server to be quoted if a connection is lost. */
void connections_remember(const char *text, size_t length);

/* Serves what is ready, waiting up to `timeout_ms` for the first. */
void connections_turn(int timeout_ms);
/* Makes connections_turn return when `descriptor` can be read; true once it was. */
void connections_watch(int descriptor);
extern bool watched_is_ready;

#endif
