#ifndef IDEAL_H
#define IDEAL_H

/* Starts the ideal server of the self-test in a process of its own, on another core than this one where there is one,
 * and returns its port. It ends with this process. */
int ideal_server_start(void);

#endif
