/* A load of WebSocket clients on one core. Writes JSON lines to stdout: "connected", "measuring", "measured".
 * Anything that is missing, doubled or out of order ends it with 1 and a line on stderr. See usage() and README.md. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "clock.h"
#include "connection.h"
#include "fail.h"
#include "ideal.h"
#include "message.h"
#include "options.h"

enum { GOODBYE_MS = 2000 };

static struct connection *connections;
static struct histogram handshakes;
static uint64_t bytes_at_start;
static double cpu_at_start;

static double cpu_seconds(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void allow_many_files(void)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < (rlim_t)options.connections + 10)
        fail("%d connections, but only %llu open files are allowed", options.connections,
             (unsigned long long)files.rlim_cur);
}

static void on_ready(struct connection *connection, bool greeted, int64_t now)
{
    if (greeted == options.first_frame)
        histogram_add(&handshakes, now - connection->started_ns);
}

static int ready(void)
{
    return options.first_frame ? totals.greeted : totals.opened;
}

static void connect_all(void)
{
    connections = calloc((size_t)options.connections, sizeof *connections);
    if (!connections)
        fail("no memory for %d connections", options.connections);
    int64_t started = now_ns(), progress = started;
    for (int begun = 0, before = 0; ready() < options.connections;) {
        while (begun < options.connections && begun - ready() < options.concurrency) {
            connection_open(&connections[begun], begun, &options.target);
            begun++;
        }
        connections_turn(100);
        if (ready() > before) {
            before = ready();
            progress = now_ns();
        } else if ((double)(now_ns() - progress) > options.timeout * NS_PER_S) {
            fail("only %d of %d connections were ready", ready(), options.connections);
        }
    }
    double seconds = (double)(now_ns() - started) / NS_PER_S;
    printf("{\"event\": \"connected\", \"connections\": %d, \"seconds\": %.4f, \"per_s\": %.1f", options.connections,
           seconds, options.connections / seconds);
    printf(", \"p50_ms\": %.3f, \"p99_ms\": %.3f}\n", (double)histogram_at(&handshakes, 0.5) / NS_PER_MS,
           (double)histogram_at(&handshakes, 0.99) / NS_PER_MS);
    fflush(stdout);
}

/* Fails when nothing was delivered for the time-out, though something is on its way. */
static void check_progress(void)
{
    static uint64_t before;
    static int64_t progress;
    int64_t now = now_ns();
    if (messages_on_their_way() == 0 || results.deliveries != before) {
        before = results.deliveries;
        progress = now;
    } else if ((double)(now - progress) > options.timeout * NS_PER_S) {
        messages_fail_if_missing();
    }
}

static void serve_until(int64_t end)
{
    for (int64_t left; (left = end - now_ns()) > 0;) {
        connections_turn(left > 100 * NS_PER_MS ? 100 : (int)(left / NS_PER_MS));
        check_progress();
    }
}

static int64_t in(double seconds)
{
    return now_ns() + (int64_t)(seconds * NS_PER_S);
}

static void begin_measuring(void)
{
    results = (struct results){0};
    bytes_at_start = totals.bytes_read;
    cpu_at_start = cpu_seconds();
}

static void print_latency(const char *name, const struct histogram *histogram)
{
    printf(", \"%s_ms\": {\"p50\": %.3f, \"p99\": %.3f, \"max\": %.3f}", name,
           (double)histogram_at(histogram, 0.5) / NS_PER_MS, (double)histogram_at(histogram, 0.99) / NS_PER_MS,
           (double)histogram->max_ns / NS_PER_MS);
}

static void report(const struct results *measured, double seconds, uint64_t bytes, double cpu)
{
    printf("{\"event\": \"measured\", \"seconds\": %.3f, \"messages\": %llu, \"deliveries\": %llu", seconds,
           (unsigned long long)measured->complete, (unsigned long long)measured->deliveries);
    printf(", \"messages_per_s\": %.1f, \"accepted_per_s\": %.1f, \"deliveries_per_s\": %.1f, \"bytes_per_s\": %.0f",
           (double)measured->complete / seconds, (double)measured->acknowledged / seconds,
           (double)measured->deliveries / seconds, (double)bytes / seconds);
    print_latency("delivery", &measured->delivery);
    print_latency("last", &measured->last);
    print_latency("own", &measured->own);
    printf(", \"missing\": 0, \"load_cpu\": %.3f}\n", cpu / seconds);
    fflush(stdout);
}

static void drain(void)
{
    messages_stop_refill();
    while (messages_on_their_way()) {
        connections_turn(100);
        check_progress();
    }
}

static void measure(void (*load)(int64_t until))
{
    static struct results measured;
    load(in(options.warm_up));
    puts("{\"event\": \"measuring\"}");
    fflush(stdout);
    begin_measuring();
    int64_t started = now_ns();
    load(in(options.seconds));
    /* What is paced is whole only with what is still on its way; what refills itself never ends. */
    if (is_mode("paced"))
        drain();
    double seconds = (double)(now_ns() - started) / NS_PER_S, cpu = cpu_seconds() - cpu_at_start;
    uint64_t bytes = totals.bytes_read - bytes_at_start;
    measured = results;
    drain();
    report(&measured, seconds, bytes, cpu);
}

static void send_paced(int64_t until)
{
    static int sent;
    static int64_t due;
    if (!due)
        due = now_ns();
    while (due < until) {
        serve_until(due);
        message_send(&connections[sent++ % options.senders]);
        due += (int64_t)(NS_PER_S / options.rate);
    }
    serve_until(until);
}

static void start_messages(void)
{
    bool inbound = is_mode("inbound");
    enum refill refill = inbound ? WHEN_ITS_SENDER_HAS_IT : is_mode("paced") ? NEVER : WHEN_ALL_HAVE_IT;
    messages_start(&(struct traffic){connections, options.connections, options.size, refill, options.same_order});
    serve_until(in(options.settle));
    if (refill == NEVER)
        return;
    int senders = inbound ? options.connections : options.senders;
    int total = inbound ? options.connections * options.in_flight : options.in_flight;
    for (int sent = 0; sent < total; sent++)
        message_send(&connections[sent % senders]);
}

static void hold_until_stdin_ends(void)
{
    char rest[256];
    connections_watch(STDIN_FILENO);
    for (bool ended = false; !ended;) {
        connections_turn(-1);
        ended = watched_is_ready && read(STDIN_FILENO, rest, sizeof rest) == 0;
        watched_is_ready = false;
    }
}

static void leave(void)
{
    for (int index = 0; index < options.connections; index++)
        connection_say_goodbye(&connections[index]);
    for (int64_t end = now_ns() + GOODBYE_MS * NS_PER_MS; totals.closed < options.connections && now_ns() < end;)
        connections_turn(100);
}

int main(int count, char **arguments)
{
    options_read(count, arguments);
    if (is_mode("selftest")) {
        options.mode = "broadcast";
        options.target.port = ideal_server_start();
    }
    bool has_messages = is_mode("broadcast") || is_mode("inbound") || is_mode("paced");
    if (!has_messages && !is_mode("connect") && !is_mode("idle"))
        usage();
    if (options.size < message_min_size())
        fail("a message has at least %zu bytes", message_min_size());
    allow_many_files();
    const struct listener listener = {messages_on_text, messages_on_read_done, on_ready};
    connections_start(&listener, options.quick_ack);
    connect_all();
    if (has_messages) {
        start_messages();
        measure(is_mode("paced") ? send_paced : serve_until);
    } else if (is_mode("idle")) {
        hold_until_stdin_ends();
    }
    leave();
    return 0;
}
