/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/*
 * libConfuse stops at the first name that it does not know.  So such a name is
 * made known to it, as a list at first, as a section if that does not fit, and
 * the text is parsed again until there is no unknown name left.  Then every
 * entry is there, and all that is wrong can be said at once.
 */
#include "settings_parse.h"

#include "suggest.h"

#include <confuse.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* An option that each section has, whose default tells us where it begins. */
#define BEGIN_MARK "\001"
/* Unknown names that are looked into; more are of another kind of file. */
#define MOST_WORDS 64

/* How an unknown name is made known, one after the other. */
enum word_kind { WORD_LIST, WORD_TITLED, WORD_UNTITLED };

struct word {
	enum word_kind kind;
	char *name;
};

struct parsing {
	const struct settings_table *table;
	struct settings_entries *entries;
	struct word *words;
	size_t word_count;
	cfg_t *root;
	bool learned; /* it stopped at a word that is known now */
	bool memory_short;
};

/* libConfuse's callbacks carry no argument. */
static struct parsing *current;

/* ------------------------------------------------------------ the entries */

void
settings_entries_clear(struct settings_entries *entries)
{
	for (size_t i = 0; i < entries->count; i++) {
		free(entries->items[i].name);
		free(entries->items[i].value);
	}
	free(entries->items);
	string_list_clear(&entries->paths);
	memset(entries, 0, sizeof(*entries));
}

static int
add_entry(struct settings_entries *entries, const struct settings_entry *entry,
    const char *name, const char *value)
{
	struct settings_entry *items, *last = NULL;

	items = reallocarray(entries->items, entries->count + 1,
	    sizeof(*items));
	if (items != NULL) {
		entries->items = items;
		last = &items[entries->count++];
		*last = *entry;
		last->name = strdup(name);
		last->value = strdup(value);
	}
	if (last != NULL && last->name != NULL && last->value != NULL)
		return 0;
	current->memory_short = true;
	return -ENOMEM;
}

/* libConfuse has read one value. */
static int
value_read(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct settings_entry entry = {
		.line = cfg->line,
		.section = cfg == current->root ? 0 :
		    current->entries->sections,
		/* An assignment empties the list first, "+=" does not. */
		.follows = cfg_opt_size(opt) > 1,
	};

	*(const char **)result = value;
	return add_entry(current->entries, &entry, cfg_opt_name(opt), value);
}

/*
 * libConfuse has met the opening brace of a section.  An error here would be
 * one of a default, for which it ends the process; memory_short tells of it.
 */
static int
section_begun(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct settings_entry entry = {
		.line = cfg->line,
		.section = ++current->entries->sections,
		.begins = true,
	};
	const char *title = cfg_title(cfg);

	(void)opt;
	*(const char **)result = value;
	(void)add_entry(current->entries, &entry, cfg_name(cfg),
	    title != NULL ? title : "");
	return 0;
}

/* ------------------------------------------------------- the unknown words */

static bool
is_known(const struct settings_table *table, const char *name)
{
	if (strcmp(name, table->section) == 0)
		return true;
	for (size_t i = 0; i < table->count; i++)
		if (strcmp(name, table->rows[i].name) == 0)
			return true;
	return false;
}

/* Tries the next kind; false once there is none left to try. */
static bool
learn_again(struct parsing *parsing, struct word *word)
{
	const struct settings_table *table = parsing->table;
	struct suggestion suggestion;
	const char *near;

	if (word->kind < WORD_UNTITLED) {
		word->kind++;
		return true;
	}
	suggestion_init(&suggestion, word->name);
	suggestion_offer(&suggestion, table->section);
	for (size_t i = 0; i < table->count; i++)
		suggestion_offer(&suggestion, table->rows[i].name);
	near = suggestion_result(&suggestion);
	snprintf(parsing->entries->syntax, SETTINGS_MESSAGE_SIZE, near != NULL ?
	    "unknown name '%s'; did you mean '%s'?" : "unknown name '%s'",
	    word->name, near);
	return false;
}

/* Returns whether there is a point in parsing again. */
static bool
learn(struct parsing *parsing, const char *name)
{
	struct word *words;

	if (is_known(parsing->table, name) || *name == '\0')
		return false;
	for (size_t i = 0; i < parsing->word_count; i++)
		if (strcmp(parsing->words[i].name, name) == 0)
			return learn_again(parsing, &parsing->words[i]);
	if (parsing->word_count == MOST_WORDS) {
		snprintf(parsing->entries->syntax, SETTINGS_MESSAGE_SIZE,
		    "unknown name '%s', after %d others; the rest is not "
		    "looked at", name, MOST_WORDS);
		return false;
	}
	words = reallocarray(parsing->words, parsing->word_count + 1,
	    sizeof(*words));
	if (words == NULL)
		return false;
	parsing->words = words;
	words[parsing->word_count].kind = WORD_LIST;
	words[parsing->word_count].name = strdup(name);
	return words[parsing->word_count++].name != NULL;
}

/*
 * libConfuse has met an error, and stops.  Whatever its text is, if it is about
 * one name, and that is not a name of ours, learning it may get us further.
 */
static void __attribute__((format(printf, 2, 0), nonnull))
syntax_error(cfg_t *cfg, const char *format, va_list list)
{
	struct settings_entries *entries = current->entries;
	const char *percent = strchr(format, '%');
	const char *kind = current->table->section;
	const char *name;
	va_list copy;

	entries->syntax_line = cfg->line;
	va_copy(copy, list);
	vsnprintf(entries->syntax, sizeof(entries->syntax), format, copy);
	va_end(copy);
	if (percent == NULL || percent != strrchr(format, '%') ||
	    percent[1] != 's')
		return;
	name = va_arg(list, const char *);
	current->learned = learn(current, name);
	if (cfg != current->root && strcmp(name, kind) == 0)
		snprintf(entries->syntax, sizeof(entries->syntax),
		    "a %s can't stand in another; is a '}' missing before it?",
		    kind);
}

/* ------------------------------------------------------------- the parsing */

static size_t
add_values(const struct parsing *parsing, cfg_opt_t *options)
{
	const struct settings_table *table = parsing->table;
	size_t used = 0;

	for (size_t i = 0; i < table->count; i++) {
		cfg_opt_t option = CFG_STR_LIST_CB(table->rows[i].name, NULL,
		    CFGF_NODEFAULT, value_read);
		size_t j = 0;

		while (j < i &&
		    strcmp(table->rows[j].name, table->rows[i].name) != 0)
			j++;
		if (j == i)
			options[used++] = option;
	}
	for (size_t i = 0; i < parsing->word_count; i++) {
		cfg_opt_t option = CFG_STR_LIST_CB(parsing->words[i].name, NULL,
		    CFGF_NODEFAULT, value_read);

		if (parsing->words[i].kind == WORD_LIST)
			options[used++] = option;
	}
	return used;
}

static void
add_sections(const struct parsing *parsing, cfg_opt_t *options,
    cfg_opt_t *inner)
{
	cfg_opt_t ours = CFG_SEC(parsing->table->section, inner,
	    CFGF_MULTI | CFGF_TITLE);
	cfg_opt_t end = CFG_END();

	*options++ = ours;
	for (size_t i = 0; i < parsing->word_count; i++) {
		cfg_opt_t titled = CFG_SEC(parsing->words[i].name, inner,
		    CFGF_MULTI | CFGF_TITLE);
		cfg_opt_t untitled = CFG_SEC(parsing->words[i].name, inner,
		    CFGF_MULTI);

		if (parsing->words[i].kind == WORD_TITLED)
			*options++ = titled;
		else if (parsing->words[i].kind == WORD_UNTITLED)
			*options++ = untitled;
	}
	*options = end;
}

/* Returns libConfuse's result, or -ENOMEM. */
static int
parse_once(struct parsing *parsing, const char *text)
{
	size_t room = parsing->table->count + parsing->word_count + 3;
	cfg_opt_t begin = CFG_STR_LIST_CB(BEGIN_MARK, "begin", CFGF_NONE,
	    section_begun);
	cfg_opt_t end = CFG_END();
	cfg_opt_t *outer = calloc(room, sizeof(*outer));
	cfg_opt_t *inner = calloc(room, sizeof(*inner));
	int result = -ENOMEM;

	if (outer == NULL || inner == NULL)
		goto out;
	inner[0] = begin;
	inner[1 + add_values(parsing, inner + 1)] = end;
	add_sections(parsing, outer + add_values(parsing, outer), inner);
	parsing->root = cfg_init(outer, CFGF_NONE);
	if (parsing->root == NULL)
		goto out;
	settings_entries_clear(parsing->entries);
	parsing->learned = false;
	cfg_set_error_function(parsing->root, syntax_error);
	result = cfg_parse_buf(parsing->root, text);
	cfg_free(parsing->root);
out:
	free(outer);
	free(inner);
	return result;
}

int
settings_parse(const struct settings_table *table, const char *text,
    struct settings_entries *entries)
{
	struct parsing parsing = { .table = table, .entries = entries };
	int result;

	memset(entries, 0, sizeof(*entries));
	current = &parsing;
	do {
		result = parse_once(&parsing, text);
	} while (result > 0 && parsing.learned);
	current = NULL;
	for (size_t i = 0; i < parsing.word_count; i++)
		free(parsing.words[i].name);
	free(parsing.words);
	if (result < 0 || parsing.memory_short)
		return -ENOMEM;
	if (result > 0 && entries->syntax_line == 0) {
		/* The one error that libConfuse says nothing about. */
		entries->syntax_line = 1;
		strcpy(entries->syntax, "a name is empty");
	}
	return 0;
}
