/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/options_check.h"

#include <errno.h>

#include "load/sources.h"

/* Whether the mode can follow a schedule. */
static bool
may_be_due(const struct load_options *options)
{
	return options->mode == MODE_OPEN || options->mode == MODE_CHURN ||
	    options->mode == MODE_HANDSHAKES;
}

static bool
ends_by_amount(const struct load_options *options)
{
	return options->count > 0 || options->bytes > 0;
}

/* The modes whose connections send message after message. */
static bool
streams(const struct load_options *options)
{
	return options->mode == MODE_CLOSED || options->mode == MODE_OPEN;
}

/* A row is a text, and whether it has to be said. */
struct rule {
	bool broken;
	const char *text;
};

static const char *
first_broken(const struct rule *rules, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (rules[i].broken)
			return rules[i].text;
	return NULL;
}

#define FIRST_BROKEN(rules) \
	first_broken(rules, sizeof(rules) / sizeof((rules)[0]))

/* Of what is sent, and when. */
static const char *
check_load(const struct load_options *options)
{
	bool rated = options->rate.count > 0 || options->find_max.count > 0;
	int behaviour = options->behaviour;
	const struct rule rules[] = {
		{ rated && !may_be_due(options),
		    "a rate is for --mode open, churn and handshakes; the "
		    "others send as fast as echoes come back" },
		{ options->mode == MODE_OPEN && !rated,
		    "--mode open needs --rate, which says when messages are "
		    "due" },
		{ options->arrivals != ARRIVALS_UNIFORM && !rated,
		    "--arrivals needs --rate" },
		{ options->threads > options->connections,
		    "there are more --threads than --connections; each thread "
		    "needs one at least" },
		{ behaviour != BEHAVE_WELL && !streams(options),
		    "--behaviour is for --mode closed and open" },
		{ (behaviour == BEHAVE_HALF_CLOSE ||
		    behaviour == BEHAVE_RESET) && options->mode != MODE_CLOSED,
		    "--behaviour half-close and reset end the connection, and "
		    "are for --mode closed" },
		{ options->mode == MODE_HANDSHAKES && !options->tls.enabled,
		    "--mode handshakes needs --tls; use --mode churn without" },
		{ options->resume && !options->tls.enabled,
		    "--resume needs --tls" },
	};

	return FIRST_BROKEN(rules);
}

/* Of when it ends, and what is measured. */
static const char *
check_course(const struct load_options *options)
{
	const struct rule rules[] = {
		{ ends_by_amount(options) && options->mode == MODE_IDLE,
		    "--count and --bytes are not for --mode idle; use "
		    "--duration" },
		{ options->bytes > 0 && options->mode == MODE_HANDSHAKES,
		    "--bytes is not for --mode handshakes, which sends none; "
		    "use --count" },
		{ options->mode == MODE_IDLE &&
		    (options->warm_up > 0 || options->cool_down > 0),
		    "--warm-up and --cool-down are not for --mode idle, which "
		    "sends at the start and at the end" },
		{ options->cool_down > 0 && options->duration == 0,
		    "--cool-down needs --duration, as the end is not known "
		    "otherwise" },
		{ options->duration > 0 && options->warm_up +
		    options->cool_down >= options->duration,
		    "--warm-up and --cool-down leave nothing of --duration to "
		    "be measured" },
		{ options->start_at > 0 && (options->runs > 1 ||
		    options->find_max.count > 0),
		    "--start-at is for one run, without --runs and "
		    "--find-max" },
		{ options->abort_on_fail && options->slo.count == 0,
		    "--abort-on-fail needs --slo, which says what a failure "
		    "is" },
		{ options->find_max.count > 0 && ends_by_amount(options),
		    "--find-max makes runs of some --duration, without "
		    "--count and --bytes" },
		{ options->find_max.count > 0 && options->runs > 1,
		    "--find-max makes runs by itself, without --runs" },
	};

	return FIRST_BROKEN(rules);
}

static int
check_sources(const struct load_options *options, char *error,
    size_t error_size)
{
	struct sources sources;
	char reason[256];
	int err;

	if (options->sources == NULL)
		return 0;
	if (options->address.kind == ADDRESS_UNIX) {
		snprintf(error, error_size,
		    "--sources is not for Unix sockets");
		return -EINVAL;
	}
	err = sources_parse(options->sources, &sources, reason,
	    sizeof(reason));
	if (err < 0)
		snprintf(error, error_size, "--sources: %s", reason);
	else
		sources_clear(&sources);
	return err;
}

int
load_options_check(const struct load_options *options, char *error,
    size_t error_size)
{
	const char *text = check_load(options);
	int err;

	if (text == NULL)
		text = check_course(options);
	if (text != NULL) {
		snprintf(error, error_size, "%s", text);
		return -EINVAL;
	}
	err = check_sources(options, error, error_size);
	if (err < 0)
		return err;
	return tls_options_check(&options->tls,
	    options->address.kind == ADDRESS_UNIX ? NULL :
	    options->address.host, error, error_size);
}
