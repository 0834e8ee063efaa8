/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/*
 * The settings file.  libConfuse reads the syntax; what it finds is noted as a
 * list of entries with their lines, and checked by the table afterwards.
 *
 * libConfuse stops at the first name that it does not know.  So such a name is
 * made known to it, as a list at first, as a section if that does not fit, and
 * the text is parsed again until there is no unknown name left.  Then every
 * entry is there, and all that is wrong can be said at once.
 */
#include "settings.h"

#include "settings_text.h"
#include "suggest.h"

#include <confuse.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_SIZE 1024
/* An option that each section has, whose default tells us where it begins. */
#define BEGIN_MARK "\001"

struct entry {
	int line;
	size_t section; /* the how manieth of the file; 0 outside of any */
	bool begins;    /* a section: name is its kind, value its title */
	bool follows;   /* a further value of a list */
	char *name;
	char *value;
};

/* How an unknown name is made known, one after the other. */
enum word_kind { WORD_LIST, WORD_TITLED, WORD_UNTITLED };

struct word {
	enum word_kind kind;
	char *name;
};

struct file {
	struct settings *settings;
	const char *path;
	settings_report *report;
	void *report_arg;
	int err;

	struct entry *entries;
	size_t entry_count;
	size_t section_count;
	struct word *words;
	size_t word_count;

	cfg_t *root;
	bool learned; /* the parse stopped at a word that is known now */
	int syntax_line;
	char syntax[MESSAGE_SIZE];
};

/* libConfuse's callbacks carry no argument, and it is not reentrant anyway. */
static struct file *current;

static void __attribute__((format(printf, 3, 4)))
report(struct file *file, int line, const char *format, ...)
{
	char text[MESSAGE_SIZE], message[MESSAGE_SIZE + 512];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	if (line > 0)
		snprintf(message, sizeof(message), "%s:%d: %s", file->path,
		    line, text);
	else
		snprintf(message, sizeof(message), "%s: %s", file->path, text);
	file->report(message, file->report_arg);
	if (file->err == 0)
		file->err = -EINVAL;
}

/* ------------------------------------------------------------ the entries */

static void
clear_entries(struct file *file)
{
	for (size_t i = 0; i < file->entry_count; i++) {
		free(file->entries[i].name);
		free(file->entries[i].value);
	}
	free(file->entries);
	file->entries = NULL;
	file->entry_count = 0;
	file->section_count = 0;
}

static int
add_entry(struct file *file, const struct entry *entry, const char *name,
    const char *value)
{
	struct entry *entries, *last;

	entries = reallocarray(file->entries, file->entry_count + 1,
	    sizeof(*entries));
	if (entries == NULL)
		return -ENOMEM;
	file->entries = entries;
	last = &entries[file->entry_count++];
	*last = *entry;
	last->name = strdup(name);
	last->value = strdup(value);
	return last->name != NULL && last->value != NULL ? 0 : -ENOMEM;
}

/* libConfuse has read one value. */
static int
value_read(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct entry entry = {
		.line = cfg->line,
		.section = cfg == current->root ? 0 : current->section_count,
		/* An assignment empties the list first, "+=" does not. */
		.follows = cfg_opt_size(opt) > 1,
	};

	*(const char **)result = value;
	return add_entry(current, &entry, cfg_opt_name(opt), value);
}

/* libConfuse has met the opening brace of a section. */
static int
section_begun(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct entry entry = {
		.line = cfg->line,
		.section = ++current->section_count,
		.begins = true,
	};
	const char *title = cfg_title(cfg);

	(void)opt;
	*(const char **)result = value;
	return add_entry(current, &entry, cfg_name(cfg),
	    title != NULL ? title : "");
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
learn_again(struct file *file, struct word *word)
{
	const struct settings_table *table = file->settings->table;
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
	snprintf(file->syntax, sizeof(file->syntax), near != NULL ?
	    "unknown name '%s'; did you mean '%s'?" : "unknown name '%s'",
	    word->name, near);
	return false;
}

/* Returns whether there is a point in parsing again. */
static bool
learn(struct file *file, const char *name)
{
	struct word *words;

	if (is_known(file->settings->table, name) || *name == '\0')
		return false;
	for (size_t i = 0; i < file->word_count; i++)
		if (strcmp(file->words[i].name, name) == 0)
			return learn_again(file, &file->words[i]);
	words = reallocarray(file->words, file->word_count + 1,
	    sizeof(*words));
	if (words == NULL)
		return false;
	file->words = words;
	words[file->word_count].kind = WORD_LIST;
	words[file->word_count].name = strdup(name);
	return words[file->word_count++].name != NULL;
}

/*
 * libConfuse has met an error, and stops.  Whatever its text is, if it is about
 * one name, and that is not a name of ours, learning it may get us further.
 */
static void __attribute__((format(printf, 2, 0), nonnull))
syntax_error(cfg_t *cfg, const char *format, va_list list)
{
	const char *percent = strchr(format, '%');
	const char *kind = current->settings->table->section;
	const char *name;
	va_list copy;

	current->syntax_line = cfg->line;
	va_copy(copy, list);
	vsnprintf(current->syntax, sizeof(current->syntax), format, copy);
	va_end(copy);
	if (percent == NULL || percent != strrchr(format, '%') ||
	    percent[1] != 's')
		return;
	name = va_arg(list, const char *);
	current->learned = learn(current, name);
	if (cfg != current->root && strcmp(name, kind) == 0)
		snprintf(current->syntax, sizeof(current->syntax),
		    "a %s can't stand in another; is a '}' missing before it?",
		    kind);
}

/* ------------------------------------------------------------- the parsing */

static size_t
add_values(const struct file *file, cfg_opt_t *options)
{
	const struct settings_table *table = file->settings->table;
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
	for (size_t i = 0; i < file->word_count; i++) {
		cfg_opt_t option = CFG_STR_LIST_CB(file->words[i].name, NULL,
		    CFGF_NODEFAULT, value_read);

		if (file->words[i].kind == WORD_LIST)
			options[used++] = option;
	}
	return used;
}

static void
add_sections(const struct file *file, cfg_opt_t *options, cfg_opt_t *inner)
{
	cfg_opt_t ours = CFG_SEC(file->settings->table->section, inner,
	    CFGF_MULTI | CFGF_TITLE);
	cfg_opt_t end = CFG_END();

	*options++ = ours;
	for (size_t i = 0; i < file->word_count; i++) {
		cfg_opt_t titled = CFG_SEC(file->words[i].name, inner,
		    CFGF_MULTI | CFGF_TITLE);
		cfg_opt_t untitled = CFG_SEC(file->words[i].name, inner,
		    CFGF_MULTI);

		if (file->words[i].kind == WORD_TITLED)
			*options++ = titled;
		else if (file->words[i].kind == WORD_UNTITLED)
			*options++ = untitled;
	}
	*options = end;
}

/* Returns libConfuse's result, or -ENOMEM. */
static int
parse_once(struct file *file, const char *text)
{
	size_t room = file->settings->table->count + file->word_count + 3;
	cfg_opt_t begin = CFG_STR_LIST_CB(BEGIN_MARK, "begin", CFGF_NONE,
	    section_begun);
	cfg_opt_t end = CFG_END();
	cfg_opt_t *outer = calloc(room, sizeof(*outer));
	cfg_opt_t *inner = calloc(room, sizeof(*inner));
	int result = -ENOMEM;

	if (outer == NULL || inner == NULL)
		goto out;
	inner[0] = begin;
	inner[1 + add_values(file, inner + 1)] = end;
	add_sections(file, outer + add_values(file, outer), inner);
	file->root = cfg_init(outer, CFGF_NONE);
	if (file->root == NULL)
		goto out;
	clear_entries(file);
	file->learned = false;
	file->syntax_line = 0;
	cfg_set_error_function(file->root, syntax_error);
	result = cfg_parse_buf(file->root, text);
	cfg_free(file->root);
out:
	free(outer);
	free(inner);
	return result;
}

static void
parse(struct file *file, const char *text)
{
	int result;

	current = file;
	do {
		result = parse_once(file, text);
	} while (result > 0 && file->learned);
	current = NULL;
	if (result < 0)
		report(file, 0, "out of memory");
	else if (result > 0 && file->syntax_line == 0)
		report(file, 0, "syntax error: a name is empty");
}

/* ------------------------------------------------------------ the checking */

static const struct entry *
find_twin(const struct file *file, const struct entry *entry)
{
	const struct entry *other;

	for (other = file->entries; other < entry; other++) {
		if (other->begins != entry->begins || other->follows ||
		    strcmp(other->name, entry->name) != 0)
			continue;
		if (entry->begins ? strcmp(other->value, entry->value) == 0 :
		    other->section == entry->section)
			return other;
	}
	return NULL;
}

/* Returns whether what stands in the section can be checked. */
static bool
enter_section(struct file *file, const struct entry *entry)
{
	const char *kind = file->settings->table->section;
	const struct entry *twin = find_twin(file, entry);
	char error[MESSAGE_SIZE], origin[MESSAGE_SIZE];
	const char *const kinds[] = { kind, NULL };

	if (strcmp(entry->name, kind) != 0) {
		const char *near = suggest(entry->name, kinds);

		if (near != NULL)
			report(file, entry->line, "unknown section '%s'; did "
			    "you mean '%s'?", entry->name, near);
		else
			report(file, entry->line, "unknown section '%s'; "
			    "expected '%s'", entry->name, kind);
		return false;
	}
	if (twin != NULL)
		report(file, entry->line, "%s \"%s\" is there twice; "
		    "the other is in line %d", kind, entry->value, twin->line);
	snprintf(origin, sizeof(origin), "%s:%d", file->path, entry->line);
	if (settings_add_section(file->settings, entry->value, origin, error,
	    sizeof(error)) == 0)
		return true;
	report(file, entry->line, "%s", error);
	return false;
}

/* Gathers the texts of a list, wherever they stand. */
static size_t
gather(const struct file *file, const struct entry *entry, const char **texts)
{
	const struct entry *end = file->entries + file->entry_count;
	size_t count = 0;

	texts[count++] = entry->value;
	for (const struct entry *other = entry + 1; other < end; other++)
		if (other->follows && other->section == entry->section &&
		    strcmp(other->name, entry->name) == 0)
			texts[count++] = other->value;
	return count;
}

static void
set_value(struct file *file, const struct settings_section *section,
    const struct entry *entry)
{
	const struct entry *twin = find_twin(file, entry);
	char error[MESSAGE_SIZE];
	const char **texts;

	texts = calloc(file->entry_count, sizeof(*texts));
	if (texts == NULL) {
		report(file, 0, "out of memory");
		return;
	}
	if (settings_set(file->settings, section, entry->name, texts,
	    gather(file, entry, texts), error, sizeof(error)) < 0)
		report(file, entry->line, "%s", error);
	else if (twin != NULL)
		report(file, entry->line, "'%s' is set twice; "
		    "line %d has it first", entry->name, twin->line);
	free(texts);
}

static void
check(struct file *file)
{
	struct settings *settings = file->settings;
	bool ours = true;

	for (size_t i = 0; i < file->entry_count; i++) {
		const struct entry *entry = &file->entries[i];

		if (entry->begins)
			ours = enter_section(file, entry);
		else if (entry->follows)
			continue;
		else if (entry->section == 0)
			set_value(file, NULL, entry);
		else if (ours)
			set_value(file, &settings->sections[
			    settings->section_count - 1], entry);
	}
	if (file->syntax_line > 0)
		report(file, file->syntax_line, "syntax error: %s",
		    file->syntax);
}

int
settings_read_file(struct settings *settings, const char *path,
    settings_report *report_to, void *arg)
{
	struct file file = {
		.settings = settings,
		.path = path,
		.report = report_to,
		.report_arg = arg,
	};
	char error[MESSAGE_SIZE];
	char *text = NULL;
	int line, err;

	err = settings_text_read(path, &text);
	if (err < 0) {
		report(&file, 0, "cannot be read: %s", err == -EINVAL ?
		    "it is not a text file" : strerror(-err));
		return err;
	}
	line = settings_text_prepare(text, error, sizeof(error));
	if (line > 0) {
		report(&file, line, "syntax error: %s", error);
	} else {
		parse(&file, text);
		check(&file);
	}
	clear_entries(&file);
	for (size_t i = 0; i < file.word_count; i++)
		free(file.words[i].name);
	free(file.words);
	free(text);
	return file.err;
}
