/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Settings that are in force, and what was opened for them.  A reload makes a
 * new generation of them; nothing in one changes once workers serve it, but
 * that its sockets are closed in the end.
 */
#ifndef ECHOD_GENERATION_H
#define ECHOD_GENERATION_H

#include "admin_sockets.h"
#include "listener.h"
#include "settings_table.h"

#include <stdatomic.h>

struct generation {
	_Atomic unsigned references;
	struct settings *settings;
	const struct global_settings *global;
	struct listeners listeners;
	struct admin_sockets admin;
};

/*
 * Opens sockets and makes TLS contexts for settings, which it takes over,
 * keeping what old, which may be NULL, has for the same addresses and names.
 * Returns it with a reference for the caller; or NULL after every error was
 * logged, and then all is as it was.  For the main thread.
 */
struct generation *generation_new(struct settings *settings, size_t workers,
    const struct generation *old);

/*
 * Gives up the sockets and TLS contexts here, which a later generation or
 * workers may still have.  For the main thread, once at most.
 */
void generation_close(struct generation *generation);

/* For any thread; the last one frees it, after generation_close. */
struct generation *generation_ref(struct generation *generation);
void generation_unref(struct generation *generation);

#endif
