/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Memory for a thread in which a library can't bear that there is none.
 *
 * evhttp goes on with what it did not get: a request that came while memory was
 * short ended the process, all of its connections included.  So a thread that
 * uses it waits for memory instead.
 */
#ifndef ECHOD_PATIENT_MEMORY_H
#define ECHOD_PATIENT_MEMORY_H

/*
 * Has libevent ask here.  To be called first of all, before anything of
 * libevent is.
 */
void patient_memory_init(void);

/*
 * From here on libevent's memory is waited for in the calling thread; in others
 * there may be none, as before.
 */
void patient_memory_begin(void);

#endif
