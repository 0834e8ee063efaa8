/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/options.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/units.h"
#include "load/options_check.h"
#include "load/random.h"
#include "load/report_options.h"

/* What a number holds until the command line sets it. */
#define NOT_GIVEN (-1)

#define DEFAULT_CONNECTIONS 50
#define DEFAULT_DURATION 10.0
#define DEFAULT_TIMEOUT 10.0
#define DEFAULT_INTERVAL 1.0
#define DEFAULT_PRECISION 0.05
#define DEFAULT_SIZE 64
#define DEFAULT_BULK_SIZE 65536
#define DEFAULT_BULK_DEPTH 16
/* Of an open loop: so many messages may be under way in all, about. */
#define OPEN_ROOM (1 << 20)
#define OPEN_DEPTH_LEAST 16
#define OPEN_DEPTH_MOST 1024
/* Of --duration, and in seconds. */
#define WARM_UP_SHARE 0.1
#define WARM_UP_MOST 3.0

const char *const load_mode_names[] = {
	"closed", "open", "churn", "handshakes", "bulk", "idle", NULL
};
const char *const load_arrivals_names[] = { "uniform", "poisson", NULL };
const char *const load_behaviour_names[] = {
	"well", "bytewise", "slow-reader", "half-close", "reset", NULL
};

static int
store_false(const struct option_row *row, const char *value, void *target,
    char *error, size_t error_size)
{
	(void)row, (void)value, (void)error, (void)error_size;
	*(bool *)target = false;
	return 0;
}

/* The target is all of the options. */
static int
store_seed(const struct option_row *row, const char *value, void *target,
    char *error, size_t error_size)
{
	struct load_options *options = target;
	unsigned long long seed;
	char *end;

	(void)row;
	errno = 0;
	seed = strtoull(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0) {
		snprintf(error, error_size, "expected a whole number from 0 to "
		    "%llu, not '%s'", (unsigned long long)UINT64_MAX, value);
		return -EINVAL;
	}
	options->seed = seed;
	options->seed_given = true;
	return 0;
}

#define TARGET(field) offsetof(struct load_options, field)

static const struct option_row rows[] = {
	{ .help = "What is done:" },
	{ .name = "mode", .letter = 'm', .argument = "M",
	    .help = "closed (the next message when one is back), open (when it "
	    "is due, at --rate), churn (connect, echo, close), handshakes (of "
	    "TLS only), bulk (one long stream each way) or idle (connections "
	    "that are held); default closed, with --rate open",
	    .handle = options_store_choice, .offset = TARGET(mode),
	    .choices = load_mode_names },
	{ .name = "connections", .letter = 'c', .argument = "N",
	    .help = "so many at a time (default 50)",
	    .handle = options_store_integer, .offset = TARGET(connections),
	    .lowest = "1", .highest = "1000000" },
	{ .name = "depth", .argument = "N",
	    .help = "messages under way on a connection (default 1; of bulk "
	    "16; of an open loop, where more wait, 16 to 1024, the more the "
	    "fewer connections there are)",
	    .handle = options_store_integer, .offset = TARGET(depth),
	    .lowest = "1", .highest = "65536" },
	{ .name = "threads", .letter = 't', .argument = "N",
	    .help = "of load, each with its share of the connections "
	    "(default 1)",
	    .handle = options_store_integer, .offset = TARGET(threads),
	    .lowest = "1", .highest = "256" },
	{ .name = "rate", .letter = 'r', .argument = "R",
	    .help = "messages a second, or connections with churn and "
	    "handshakes: 10k, 1k..50k@30s (rising), 1k@10s,2k (in steps)",
	    .handle = rate_plan_store, .offset = TARGET(rate) },
	{ .name = "arrivals", .argument = "A",
	    .help = "uniform, as far apart as the rate says (the default), or "
	    "poisson, independent of each other",
	    .handle = options_store_choice, .offset = TARGET(arrivals),
	    .choices = load_arrivals_names },
	{ .name = "size", .letter = 's', .argument = "B",
	    .help = "bytes a message (default 64, of bulk 64k): 64, 64-1k, or "
	    "with weights, 64:9,16k:1",
	    .handle = sizes_store, .offset = TARGET(sizes) },
	{ .name = "behaviour", .argument = "B",
	    .help = "well, or as a client that misbehaves: bytewise (sends a "
	    "byte at a time), slow-reader (reads a little, and pauses), "
	    "half-close (ends its half, then reads) or reset (in the middle of "
	    "an echo)",
	    .handle = options_store_choice, .offset = TARGET(behaviour),
	    .choices = load_behaviour_names },
	{ .name = "sources", .argument = "LIST",
	    .help = "local addresses to connect from, in turn: "
	    "127.0.0.2-127.0.0.9,10.0.0.1",
	    .handle = options_store_string, .offset = TARGET(sources) },
	{ .help = "For how long:" },
	{ .name = "duration", .letter = 'd', .argument = "S",
	    .help = "seconds (default 10; none with --count or --bytes); 0 "
	    "goes on until Ctrl-C",
	    .handle = options_store_duration, .offset = TARGET(duration),
	    .lowest = "0", .highest = "30d" },
	{ .name = "count", .letter = 'n', .argument = "N",
	    .help = "end after so many messages, or connections with "
	    "handshakes",
	    .handle = options_store_integer, .offset = TARGET(count),
	    .lowest = "1", .highest = "1000000000000" },
	{ .name = "bytes", .argument = "B",
	    .help = "end when so many bytes have been sent",
	    .handle = options_store_size, .offset = TARGET(bytes),
	    .lowest = "1" },
	{ .name = "warm-up", .argument = "S",
	    .help = "leave the first S seconds out of the figures (default: a "
	    "tenth of --duration, at most 3 s; with --count, --bytes or --mode "
	    "idle 0)",
	    .handle = options_store_duration, .offset = TARGET(warm_up),
	    .lowest = "0", .highest = "1d" },
	{ .name = "cool-down", .argument = "S",
	    .help = "and the last S seconds (default 0)",
	    .handle = options_store_duration, .offset = TARGET(cool_down),
	    .lowest = "0", .highest = "1d" },
	{ .name = "timeout", .argument = "S",
	    .help = "give a connection up that takes longer to be made, or to "
	    "bring an echo (default 10)",
	    .handle = options_store_duration, .offset = TARGET(timeout),
	    .lowest = "1ms", .highest = "1d" },
	{ .name = "start-at", .argument = "T",
	    .help = "connect at once, and begin at this time, in seconds since "
	    "1970 (date +%s), on all machines together",
	    .handle = options_store_duration, .offset = TARGET(start_at),
	    .lowest = "0", .highest = "100000d" },
	{ .name = "seed", .argument = "N",
	    .help = "of what is sent and when (default: a random one, which "
	    "the report names)",
	    .handle = store_seed, .offset = 0 },
	{ .name = "no-verify",
	    .help = "do not compare the bytes that come back",
	    .handle = store_false, .offset = TARGET(verify) },
	{ .help = "With a server that speaks TLS:" },
	TLS_OPTIONS_ROWS(TARGET(tls)),
	{ .name = "resume",
	    .help = "resume the session of the connection before",
	    .handle = options_store_true, .offset = TARGET(resume) },
	{ .help = "What it is to come to:" },
	{ .name = "runs", .argument = "N",
	    .help = "make N runs, and show the best, median and worst",
	    .handle = options_store_integer, .offset = TARGET(runs),
	    .lowest = "1", .highest = "100" },
	{ .name = "slo", .argument = "LIST",
	    .help = "objectives, such as 'p99<5ms,errors<0.1%'; the exit "
	    "status is 99 if one is missed",
	    .handle = objective_list_store, .offset = TARGET(slo) },
	{ .name = "abort-on-fail",
	    .help = "end the run as soon as an objective is missed",
	    .handle = options_store_true, .offset = TARGET(abort_on_fail) },
	{ .name = "strict",
	    .help = "exit with 4 if the run is SUSPECT, as one that was "
	    "interrupted is, and nothing worse has happened",
	    .handle = options_store_true, .offset = TARGET(strict) },
	{ .name = "find-max", .argument = "LIST",
	    .help = "look for the highest rate that meets these objectives",
	    .handle = objective_list_store, .offset = TARGET(find_max) },
	{ .name = "precision", .argument = "P",
	    .help = "of --find-max, as a share of the rate (default 5%)",
	    .handle = options_store_share, .offset = TARGET(find_max_precision),
	    .lowest = "0.1%", .highest = "100%" },
	{ .help = "What is shown:" },
	{ .name = "interval", .letter = 'i', .argument = "S",
	    .help = "between two lines, and two entries of the logs "
	    "(default 1)",
	    .handle = options_store_duration, .offset = TARGET(interval),
	    .lowest = "50ms", .highest = "1h" },
	{ .name = "quiet", .letter = 'q',
	    .help = "print no live line and no report, only errors",
	    .handle = options_store_true, .offset = TARGET(quiet) },
	REPORT_OPTIONS_ROWS(struct load_options),
	OPTIONS_HELP_ROW(TARGET(help)),
	{ .name = "version", .letter = 'V',
	    .help = "print the version and exit",
	    .handle = options_store_true, .offset = TARGET(version) },
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

void
load_options_help(FILE *file)
{
	fprintf(file,
	    "Usage: echo-load [run] [OPTION...] ADDRESS\n"
	    "       echo-load merge FILE...\n"
	    "       echo-load compare FILE FILE\n"
	    "\n"
	    "Loads an echo server, checks every byte that comes back, and "
	    "reports how long\n"
	    "that took and whether the figures can be believed.\n"
	    "\n"
	    "ADDRESS is HOST[:PORT], [IPV6]:PORT or unix:PATH; "
	    "the port is %d if left out.\n"
	    "\n", LOAD_DEFAULT_PORT);
	options_print_help(file, rows, ROW_COUNT);
	fputs("\n"
	    "Exit status: 0 good, 1 wrong usage, 2 could not run, 3 an echo "
	    "was wrong,\n"
	    "4 SUSPECT with --strict, 99 an objective was missed.\n", file);
}

static int64_t
default_depth(const struct load_options *options)
{
	int64_t depth;

	if (options->mode == MODE_BULK)
		return DEFAULT_BULK_DEPTH;
	if (options->mode != MODE_OPEN)
		return 1;
	depth = OPEN_ROOM / options->connections;
	if (depth > OPEN_DEPTH_MOST)
		return OPEN_DEPTH_MOST;
	return depth > OPEN_DEPTH_LEAST ? depth : OPEN_DEPTH_LEAST;
}

static void
set_size(struct sizes *sizes, uint64_t size)
{
	*sizes = (struct sizes){
		.count = 1,
		.weights = 1,
		.parts = { { .least = size, .most = size, .weight = 1 } },
	};
}

/* Values for what was left out. */
static void
complete(struct load_options *options)
{
	bool limited = options->count > 0 || options->bytes > 0;

	if (options->mode == NOT_GIVEN)
		options->mode = options->rate.count > 0 ||
		    options->find_max.count > 0 ? MODE_OPEN : MODE_CLOSED;
	if (options->depth == NOT_GIVEN)
		options->depth = default_depth(options);
	if (options->sizes.count == 0)
		set_size(&options->sizes, options->mode == MODE_BULK ?
		    DEFAULT_BULK_SIZE : DEFAULT_SIZE);
	if (options->duration == NOT_GIVEN)
		options->duration = limited ? 0 : DEFAULT_DURATION;
	if (options->warm_up == NOT_GIVEN)
		options->warm_up = limited || options->mode == MODE_IDLE ? 0 :
		    fmin(options->duration * WARM_UP_SHARE, WARM_UP_MOST);
	if (!options->seed_given)
		options->seed = random_seed();
}

static int
read_operands(struct load_options *options, char **operands, int count,
    char *error, size_t error_size)
{
	int err;

	if (count > 1) {
		snprintf(error, error_size, "unexpected argument '%s'; there "
		    "is one address, and options before or after it",
		    operands[1]);
		return -EINVAL;
	}
	err = address_parse_operand(operands[0], LOAD_DEFAULT_PORT,
	    &options->address, error, error_size);
	if (err == 0)
		address_text(&options->address, options->text,
		    sizeof(options->text));
	return err;
}

int
load_options_read(struct load_options *options, int argc, char **argv,
    char *error, size_t error_size)
{
	int err, first;

	*options = (struct load_options){
		.mode = NOT_GIVEN,
		.connections = DEFAULT_CONNECTIONS,
		.depth = NOT_GIVEN,
		.threads = 1,
		.duration = NOT_GIVEN,
		.warm_up = NOT_GIVEN,
		.timeout = DEFAULT_TIMEOUT,
		.verify = true,
		.runs = 1,
		.find_max_precision = DEFAULT_PRECISION,
		.interval = DEFAULT_INTERVAL,
	};
	first = options_parse(rows, ROW_COUNT, argc, argv, options, error,
	    error_size);
	if (first < 0)
		return first;
	if (options->help || options->version)
		return 0;
	err = read_operands(options, argv + first, argc - first, error,
	    error_size);
	if (err < 0)
		return err;
	complete(options);
	return load_options_check(options, error, error_size);
}

void
load_options_free(struct load_options *options)
{
	/* All of it is the command line's, or lies in it. */
	(void)options;
}
