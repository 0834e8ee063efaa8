/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "confinement.h"

#include "common/log.h"
#include "common/log_target.h"
#include "privileges.h"
#include "sandbox.h"
#include "settings_table.h"

#include <unistd.h>

#define ERROR_SIZE 1024

static void
make_log_file(const char *text)
{
	struct log_target target;

	if (log_target_parse(text, &target) == 0 &&
	    target.kind == LOG_TARGET_FILE)
		privileges_make_file(target.path);
}

int
confinement_begin(const struct settings *settings)
{
	const struct global_settings *global = settings->global;
	char error[ERROR_SIZE];
	int err;

	err = privileges_find(global->user, global->group, error,
	    sizeof(error));
	if (err < 0)
		goto fail;
	make_log_file(global->log);
	err = sandbox_begin(settings);
	if (err < 0)
		return err;
	err = privileges_lower(error, sizeof(error));
	if (err == 0)
		return 0;
fail:
	log_error("%s", error);
	return err;
}

int
confinement_finish(const struct settings *settings)
{
	const struct global_settings *global = settings->global;
	char error[ERROR_SIZE];
	int err;

	err = privileges_drop(error, sizeof(error));
	if (err < 0) {
		log_error("%s", error);
		return err;
	}
	if (geteuid() == 0 && global->user == NULL)
		log_warning("running as root; set user to whom root should "
		    "become once the addresses are bound");
	return sandbox_finish();
}
