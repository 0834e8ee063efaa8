/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "admin_http.h"

#include "admin_guests.h"
#include "common/log.h"
#include "metrics.h"
#include "status_json.h"
#include "status_page.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Seconds that a peer may be silent while it is to send, or to receive. */
#define SILENCE 5
#define MAX_HEADERS 8192
/* No request has a body; those that have are refused after this much. */
#define MAX_BODY 1024

/* All that there are, so that we are asked, and say what is allowed. */
#define METHODS (EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST | \
    EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS | \
    EVHTTP_REQ_TRACE | EVHTTP_REQ_CONNECT | EVHTTP_REQ_PATCH)

struct admin_http {
	struct evhttp *evhttp;
	struct observed *observed;
	struct usage_files files;
	struct admin_guests guests;
	char policy[STATUS_POLICY_SIZE];
};

/* What is answered: a text that is not ours to free, or one that is. */
struct answer {
	int status;
	const char *type;
	const char *policy; /* NULL: nothing in it can do anything */
	const void *text;
	size_t size;
	char *own;
};

/* ---------------------------------------------------------------- the pages */

static void
set_own(struct answer *answer, const char *type, char *text, size_t size)
{
	if (text == NULL)
		return;
	answer->status = HTTP_OK;
	answer->type = type;
	answer->text = answer->own = text;
	answer->size = size;
}

static void
show_page(const struct admin_http *http, const struct look *look,
    struct answer *answer)
{
	(void)look;
	answer->status = HTTP_OK;
	answer->type = "text/html; charset=utf-8";
	answer->policy = http->policy;
	answer->text = status_page;
	answer->size = status_page_size;
}

static void
show_json(const struct admin_http *http, const struct look *look,
    struct answer *answer)
{
	char *text = status_json(look);

	(void)http;
	set_own(answer, "application/json", text,
	    text != NULL ? strlen(text) : 0);
}

static void
show_metrics(const struct admin_http *http, const struct look *look,
    struct answer *answer)
{
	size_t size = 0;
	char *text = metrics_text(look, &size);

	(void)http;
	set_own(answer, METRICS_CONTENT_TYPE, text, size);
}

/* "ok", or 503 and why not. */
static void
show_state(struct answer *answer, bool good, const char *why)
{
	char *text = NULL;
	int size = asprintf(&text, "%s\n", good ? "ok" : why);

	if (size < 0)
		return;
	set_own(answer, "text/plain; charset=utf-8", text, (size_t)size);
	answer->status = good ? HTTP_OK : HTTP_SERVUNAVAIL;
}

static void
show_health(const struct admin_http *http, const struct look *look,
    struct answer *answer)
{
	char why[256] = "";

	(void)http;
	show_state(answer, look_is_alive(look, why, sizeof(why)), why);
}

static void
show_readiness(const struct admin_http *http, const struct look *look,
    struct answer *answer)
{
	char why[256] = "";

	(void)http;
	show_state(answer, look_is_ready(look, why, sizeof(why)), why);
}

static const struct page {
	const char *path;
	void (*show)(const struct admin_http *http, const struct look *look,
	    struct answer *answer);
} pages[] = {
	{ "/", show_page },
	{ "/status.json", show_json },
	{ "/metrics", show_metrics },
	{ "/healthz", show_health },
	{ "/readyz", show_readiness },
};

/* ------------------------------------------------------------ the requests */

static const struct page *
find_page(const struct evhttp_request *request)
{
	const struct evhttp_uri *uri =
	    evhttp_request_get_evhttp_uri(request);
	const char *path = uri != NULL ? evhttp_uri_get_path(uri) : NULL;

	for (size_t i = 0; path != NULL && i < sizeof(pages) / sizeof(pages[0]);
	    i++)
		if (strcmp(pages[i].path, path) == 0)
			return &pages[i];
	return NULL;
}

static void
refuse(struct answer *answer, int status, const char *text)
{
	answer->status = status;
	answer->text = text;
	answer->size = strlen(text);
}

static void
make_answer(struct admin_http *http, const struct evhttp_request *request,
    struct answer *answer)
{
	const enum evhttp_cmd_type method = evhttp_request_get_command(request);
	const struct page *page = find_page(request);
	struct look look;

	*answer = (struct answer){ .type = "text/plain; charset=utf-8" };
	if (page == NULL) {
		refuse(answer, HTTP_NOTFOUND, "There are /, /status.json, "
		    "/metrics, /healthz and /readyz.\n");
		return;
	}
	if (method != EVHTTP_REQ_GET && method != EVHTTP_REQ_HEAD) {
		refuse(answer, HTTP_BADMETHOD, "Only GET and HEAD.\n");
		return;
	}
	refuse(answer, HTTP_INTERNAL, "Out of memory.\n");
	look_begin(&look, http->observed, &http->files);
	page->show(http, &look, answer);
	look_end(&look);
}

static void
add_headers(struct evkeyvalq *headers, const struct answer *answer, bool last)
{
	char size[24];

	snprintf(size, sizeof(size), "%zu", answer->size);
	evhttp_add_header(headers, "Content-Type", answer->type);
	/* evhttp has none for HEAD. */
	evhttp_add_header(headers, "Content-Length", size);
	evhttp_add_header(headers, "Cache-Control", "no-store");
	evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
	evhttp_add_header(headers, "Referrer-Policy", "no-referrer");
	evhttp_add_header(headers, "Content-Security-Policy",
	    answer->policy != NULL ? answer->policy :
	    "default-src 'none'; frame-ancestors 'none'");
	if (answer->status == HTTP_BADMETHOD)
		evhttp_add_header(headers, "Allow", "GET, HEAD");
	if (last)
		evhttp_add_header(headers, "Connection", "close");
}

/* Its text is copied by reference, and is freed when it is sent. */
static void
free_text(const void *data, size_t size, void *own)
{
	(void)data;
	(void)size;
	free(own);
}

static struct evbuffer *
body_of(const struct answer *answer)
{
	struct evbuffer *body = evbuffer_new();

	if (body != NULL && evbuffer_add_reference(body, answer->text,
	    answer->size, free_text, answer->own) == 0)
		return body;
	free(answer->own);
	if (body != NULL)
		evbuffer_free(body);
	return NULL;
}

static void
on_request(struct evhttp_request *request, void *arg)
{
	struct admin_http *http = arg;
	struct evhttp_connection *connection =
	    evhttp_request_get_connection(request);
	bool more = admin_guests_note(&http->guests,
	    evhttp_connection_get_bufferevent(connection));
	struct evbuffer *body;
	struct answer answer;

	make_answer(http, request, &answer);
	body = body_of(&answer);
	if (body == NULL) {
		evhttp_send_error(request, HTTP_INTERNAL, NULL);
		return;
	}
	add_headers(evhttp_request_get_output_headers(request), &answer,
	    !more || answer.status >= 400);
	/* It would send it to HEAD as well. */
	evhttp_send_reply(request, answer.status, NULL,
	    evhttp_request_get_command(request) == EVHTTP_REQ_HEAD ? NULL :
	    body);
	evbuffer_free(body);
}

/* ------------------------------------------------------------- the sockets */

/* It is called over and over again, and nobody else waits for this thread. */
static void
on_accept_error(struct evconnlistener *listener, void *arg)
{
	const struct timespec pause = { .tv_nsec = 100000000 };

	(void)listener;
	(void)arg;
	nanosleep(&pause, NULL);
}

/* The socket is evhttp's from then on. */
static int
add_socket(struct evhttp *evhttp, struct event_base *base, int fd)
{
	struct evconnlistener *listener;

	listener = evconnlistener_new(base, NULL, NULL,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (listener == NULL) {
		close(fd);
		return -ENOMEM;
	}
	if (evhttp_bind_listener(evhttp, listener) == NULL) {
		evconnlistener_free(listener);
		return -ENOMEM;
	}
	evconnlistener_set_error_cb(listener, on_accept_error);
	/* That was done before, but nobody would have told if it failed. */
	return evconnlistener_enable(listener) == 0 ? 0 : -ENOMEM;
}

/* -------------------------------------------------------------- the server */

static void
set_bounds(struct evhttp *evhttp)
{
	evhttp_set_timeout(evhttp, SILENCE);
	evhttp_set_max_headers_size(evhttp, MAX_HEADERS);
	evhttp_set_max_body_size(evhttp, MAX_BODY);
	evhttp_set_allowed_methods(evhttp, METHODS);
}

struct admin_http *
admin_http_new(struct event_base *base, struct observed *observed,
    const int *fds, size_t count)
{
	struct admin_http *http = calloc(1, sizeof(*http));
	size_t taken = 0;
	int err = 0;

	if (http == NULL)
		goto failed;
	usage_open(&http->files);
	http->observed = observed;
	http->evhttp = evhttp_new(base);
	if (http->evhttp == NULL || admin_guests_init(&http->guests, base) < 0 ||
	    status_page_policy(http->policy, sizeof(http->policy)) < 0)
		goto failed;
	set_bounds(http->evhttp);
	evhttp_set_gencb(http->evhttp, on_request, http);
	evhttp_set_bevcb(http->evhttp, admin_guests_new, &http->guests);
	while (taken < count && err == 0)
		err = add_socket(http->evhttp, base, fds[taken++]);
	if (err == 0)
		return http;
failed:
	while (taken < count)
		close(fds[taken++]);
	admin_http_free(http);
	return NULL;
}

void
admin_http_free(struct admin_http *http)
{
	if (http == NULL)
		return;
	if (http->evhttp != NULL)
		evhttp_free(http->evhttp);
	admin_guests_clear(&http->guests);
	usage_close(&http->files);
	free(http);
}
