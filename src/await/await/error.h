/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Errors: codes, texts, details.
 */
#ifndef AWAIT_ERROR_H
#define AWAIT_ERROR_H

#include <await/types.h>

AW_BEGIN_DECLS

enum {
	AW_EINCOMPLETE = -10001,   /* IncompleteReadError */
	AW_ELIMIT = -10002,        /* LimitOverrunError */
	AW_EINVALIDSTATE = -10003, /* InvalidStateError; a loop that is closed */
	AW_EDNS = -10004,          /* a name that did not resolve (gaierror) */
	AW_ENOTASK = -10005,       /* await outside of a task */
	AW_EINTERRUPT = -10006,    /* KeyboardInterrupt: aw_run met SIGINT */
	AW_ESTOPPED = -10007,      /* the loop stopped before the future ended */
	AW_EWRONGLOOP = -10008,    /* it belongs to another loop */
	AW_EWRONGTHREAD = -10009,  /* called from the wrong thread */
	AW_EQUEUEEMPTY = -10010,   /* QueueEmpty */
	AW_EQUEUEFULL = -10011,    /* QueueFull */
	AW_EQUEUESHUTDOWN = -10012, /* QueueShutDown */
	AW_EBROKENBARRIER = -10013, /* BrokenBarrierError */
	AW_ETLS = -10014,          /* TLS failed (SSLError) */
	AW_ETLSVERIFY = -10015,    /* SSLCertVerificationError */
	AW_ETLSTRUNCATED = -10016, /* no close_notify (SSLEOFError) */
	AW_ETLSALERT = -10017,     /* the peer refused TLS, by an alert */
	AW_ETLSCONTEXT = -10018,   /* a certificate, key or setting of TLS's */
	AW_ESTALLED = -10019,      /* the peer took nothing for too long */
};

/*
 * The text of an error, as a static string without a line end: of an AW_E
 * code, or of -errno.  Any thread.
 */
const char *aw_strerror(int error);

/*
 * What the current task's last failed call has to add to its error, such as
 * the address that did not answer; "" if there is nothing.  Valid until the
 * task's next call of the library.  Outside of a task it is always "".
 */
const char *aw_error_text(void);

/* The version of the library that is in use, as AW_VERSION.  Any thread. */
const char *aw_version(void);

AW_END_DECLS

#endif
