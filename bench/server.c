/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "figures.h"
#include "process.h"

/* Seconds until a server has to listen, and has to end. */
#define START_SECONDS 30.0
#define END_SECONDS 5.0
/* Between two looks at it. */
#define LOOK_MICROSECONDS 1000

/* Servers that have a name; paths are relative to the measuring program's. */
static const struct {
	const char *name;
	const char *path;
	const char *variable; /* of the environment, with another path */
	const char *options;
} known[] = {
	{ "echod", "../src/echod/echod", "ECHOD",
	    "--listen 127.0.0.1:0 --workers 1" },
	{ "await", "await-echo", NULL, "" },
	{ "epoll", "epoll-echo", NULL, "" },
};

/* Makes a shell's command line of a server's name, unless it is one. */
static void
make_command(const char *name, char *line, size_t size)
{
	char self[PATH_MAX] = "";
	const char *path;
	size_t i;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		self[0] = '\0';
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].name, name) != 0)
			continue;
		path = known[i].variable != NULL ?
		    getenv(known[i].variable) : NULL;
		if (path != NULL)
			snprintf(line, size, "exec '%s' %s", path,
			    known[i].options);
		else
			snprintf(line, size, "exec '%s/%s' %s", dirname(self),
			    known[i].path, known[i].options);
		return;
	}
	snprintf(line, size, "exec %s", name);
}

/* In the child; what it prints goes to the file. */
static void
run(const char *line, int cpu, int output)
{
	/* Who measures it may ignore what it is to be started with. */
	signal(SIGPIPE, SIG_DFL);
	/* What it starts is ended with it. */
	setpgid(0, 0);
	/* It does not outlive who measures it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (cpu >= 0)
		(void)process_pin(cpu);
	if (dup2(output, STDOUT_FILENO) >= 0 &&
	    dup2(output, STDERR_FILENO) >= 0)
		execl("/bin/sh", "sh", "-c", line, (char *)NULL);
	_exit(127);
}

int
server_find_address(const char *text, struct sockaddr_in *address)
{
	unsigned a, b, c, d, port;
	int length;

	memset(address, 0, sizeof(*address));
	for (; *text != '\0'; text += strspn(text, "0123456789.:")) {
		text += strcspn(text, "0123456789");
		if (sscanf(text, "%3u.%3u.%3u.%3u:%5u%n", &a, &b, &c, &d,
		    &port, &length) == 5 && (a | b | c | d) < 256 &&
		    port > 0 && port < 65536) {
			address->sin_family = AF_INET;
			address->sin_port = htons((uint16_t)port);
			address->sin_addr.s_addr =
			    htonl(a << 24 | b << 16 | c << 8 | d);
			return 0;
		}
	}
	return -ENOENT;
}

/* Ends those of its children that did not end with it. */
static void
end_children(pid_t pid)
{
	kill(-pid, SIGKILL);
	while (waitpid(-pid, NULL, 0) > 0)
		continue;
}

/* Waits until the server has printed its address. */
static int
wait_for_address(struct server *server, char *text, size_t size)
{
	double deadline = figures_clock() + START_SECONDS;
	ssize_t n;

	do {
		n = pread(fileno(server->output), text, size - 1, 0);
		text[n > 0 ? n : 0] = '\0';
		/* A whole line, so that the port is whole. */
		if (strchr(text, '\n') != NULL &&
		    server_find_address(text, &server->address) == 0)
			return 0;
		if (waitpid(server->pid, NULL, WNOHANG) != 0) {
			end_children(server->pid);
			server->pid = -1;
			return -ECHILD;
		}
		usleep(LOOK_MICROSECONDS);
	} while (figures_clock() < deadline);
	return -ETIMEDOUT;
}

int
server_start(struct server *server, const char *name, int cpu, char *error,
    size_t error_size)
{
	char line[2 * PATH_MAX], text[4096] = "";
	int err = 0;

	make_command(name, line, sizeof(line));
	/* What it leaves behind becomes a child of this process. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	server->output = tmpfile();
	server->pid = server->output != NULL ? fork() : -1;
	if (server->pid == 0)
		run(line, cpu, fileno(server->output));
	/* Here too, since either of the two may be the first to need it. */
	if (server->pid > 0)
		setpgid(server->pid, server->pid);
	if (server->pid < 0)
		err = -errno;
	else
		err = wait_for_address(server, text, sizeof(text));
	if (err == 0)
		return 0;
	snprintf(error, error_size, "server '%s': %s%s%s", name,
	    err == -ECHILD ? "it ended" : err == -ETIMEDOUT ?
	    "it printed no address" : strerror(-err),
	    text[0] != '\0' ? ", and said: " : "", text);
	server_stop(server);
	return err;
}

static void
end_process(pid_t pid)
{
	double deadline = figures_clock() + END_SECONDS;

	kill(-pid, SIGTERM);
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		/* Once more does no harm. */
		if (figures_clock() > deadline)
			kill(-pid, SIGKILL);
		usleep(LOOK_MICROSECONDS);
	}
}

bool
server_stop(struct server *server)
{
	bool running = false;

	if (server->pid > 0) {
		running = waitpid(server->pid, NULL, WNOHANG) == 0;
		if (running)
			end_process(server->pid);
		end_children(server->pid);
	}
	if (server->output != NULL)
		fclose(server->output);
	server->pid = -1;
	server->output = NULL;
	return running;
}

/* The port is chosen as if the address had not been. */
static bool
bind_source(int fd, uint32_t source)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(source),
	};
	int on = 1;

	return source == 0 || (setsockopt(fd, IPPROTO_IP,
	    IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on)) == 0 &&
	    bind(fd, (const struct sockaddr *)&address,
	    sizeof(address)) == 0);
}

int
server_connect(const struct sockaddr_in *address, uint32_t source)
{
	int fd, err, on = 1;

	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (!bind_source(fd, source) ||
	    connect(fd, (const struct sockaddr *)address,
	    sizeof(*address)) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}
