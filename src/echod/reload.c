/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "reload.h"

#include "common/log.h"
#include "common/settings_compare.h"
#include "configuration.h"
#include "notify.h"
#include "sandbox.h"
#include "tally.h"
#include "tls.h"

#include <await.h>
#include <time.h>

/* ---------------------------------------------------------------- the log */

static void
report_to_log(const char *message, void *arg)
{
	(void)arg;
	log_error("%s", message);
}

/* What has changed, a line each. */
static void
log_change(const struct settings_change *change, void *arg)
{
	size_t *count = arg;

	++*count;
	if (change->row == NULL)
		log_notice("reload: listener \"%s\" %s", change->section,
		    change->before == NULL ? "is new" : "is gone");
	else if (change->section != NULL)
		log_notice("reload: listener \"%s\": %s: %s -> %s",
		    change->section, change->row->name, change->before,
		    change->after);
	else if (change->row->reload)
		log_notice("reload: %s: %s -> %s", change->row->name,
		    change->before, change->after);
	else
		log_warning("reload: %s: %s -> %s needs a restart; it stays "
		    "as it was until then", change->row->name, change->before,
		    change->after);
}

static void
log_changes(struct reload *reload, const struct generation *old)
{
	const struct generation *new = reload->generation;

	reload->changes = 0;
	(void)settings_compare(old->settings, new->settings, log_change,
	    &reload->changes);
	listeners_log(&new->listeners, &old->listeners);
}

static void
log_done(const struct reload *reload)
{
	size_t certificates = tls_count(&reload->generation->listeners);

	if (certificates > 0)
		log_notice("reloaded: certificates and keys, of listeners: "
		    "%zu; settings that changed: %zu", certificates,
		    reload->changes);
	else
		log_notice("reloaded: settings that changed: %zu",
		    reload->changes);
}

/* -------------------------------------------------------------- both ends */

static void
finish(struct reload *reload)
{
	reload->next = NULL;
	reload->committing = false;
	if (reload->done != NULL)
		reload->done(reload->arg);
	if (!reload->stopping)
		notify_ready();
}

/* Once all is said of the one before. */
static void
begin_again(struct reload *reload)
{
	if (!reload->again || reload->stopping)
		return;
	reload->again = false;
	reload_begin(reload);
}

static void
count_success(struct reload *reload)
{
	tally_add(&reload->good, 1);
	atomic_store(&reload->last_good, (int64_t)time(NULL));
	atomic_store(&reload->last_failed, false);
}

static void
count_failure(struct reload *reload)
{
	tally_add(&reload->failed, 1);
	atomic_store(&reload->last_failed, true);
}

/* The old sockets are closed before the workers close theirs. */
static void
commit(struct reload *reload)
{
	struct generation *old = reload->generation;
	const struct global_settings *global = reload->next->global;

	reload->generation = reload->next;
	reload->next = NULL;
	reload->committing = true;
	tls_take_up(&reload->generation->listeners);
	listeners_adjust(&reload->generation->listeners);
	log_changes(reload, old);
	log_set_level((enum log_level)global->log_level);
	listeners_store(&reload->generation->listeners, &old->listeners);
	generation_close(old);
	for (size_t i = 0; i < reload->worker_count; i++)
		reload->awaited += worker_commit(&reload->workers[i]);
	generation_unref(old);
}

/* From here on every new connection is served by the new settings. */
void
reload_committed(struct reload *reload)
{
	if (--reload->awaited > 0)
		return;
	count_success(reload);
	finish(reload);
	log_done(reload);
	begin_again(reload);
}

static void
discard(struct reload *reload)
{
	if (!reload->stopping)
		log_error("not reloaded, all stays as it was: a worker can't "
		    "take it up: %s", aw_strerror(reload->error));
	for (size_t i = 0; i < reload->worker_count; i++)
		worker_discard(&reload->workers[i]);
	generation_close(reload->next);
	generation_unref(reload->next);
	count_failure(reload);
	if (reload->stopping)
		listeners_close_sockets(&reload->generation->listeners);
}

void
reload_prepared(struct reload *reload, int error)
{
	if (error < 0)
		reload->error = error;
	if (--reload->awaited > 0)
		return;
	if (reload->error == 0 && !reload->stopping) {
		commit(reload);
		return;
	}
	discard(reload);
	finish(reload);
	begin_again(reload);
}

/* ------------------------------------------------------------- the begin */

static struct generation *
load(const struct reload *reload)
{
	struct settings *settings;

	settings = config_load(reload->arguments, report_to_log, NULL);
	if (settings == NULL)
		return NULL;
	if (!sandbox_permits(settings, report_to_log, NULL)) {
		settings_free(settings);
		return NULL;
	}
	return generation_new(settings, reload->worker_count,
	    reload->generation);
}

void
reload_begin(struct reload *reload)
{
	if (reload->stopping)
		return;
	if (reload->next != NULL || reload->committing) {
		reload->again = true;
		return;
	}
	notify_reloading();
	reload->next = load(reload);
	if (reload->next == NULL) {
		log_error("not reloaded: all stays as it was");
		count_failure(reload);
		finish(reload);
		begin_again(reload);
		return;
	}
	reload->error = 0;
	/* None answers before this returns. */
	for (size_t i = 0; i < reload->worker_count; i++)
		reload->awaited += worker_prepare(&reload->workers[i],
		    reload->next);
}

void
reload_stop(struct reload *reload)
{
	reload->stopping = true;
	/* Workers that prepare may be about to duplicate them. */
	if (reload->next == NULL)
		listeners_close_sockets(&reload->generation->listeners);
}

void
reload_close(struct reload *reload)
{
	if (reload->next != NULL) {
		generation_close(reload->next);
		generation_unref(reload->next);
	}
	if (reload->generation != NULL) {
		generation_close(reload->generation);
		generation_unref(reload->generation);
	}
	reload->next = reload->generation = NULL;
}
