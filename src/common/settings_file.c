/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/* The settings file: what is in it is checked by the table. */
#include "settings.h"

#include "settings_parse.h"
#include "settings_text.h"
#include "suggest.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_SIZE SETTINGS_MESSAGE_SIZE

struct file {
	struct settings *settings;
	const char *path;
	settings_report *report;
	void *report_arg;
	int err;
	struct settings_entries entries;
};

static void __attribute__((format(printf, 3, 4)))
report(struct file *file, int line, const char *format, ...)
{
	char text[MESSAGE_SIZE], message[MESSAGE_SIZE + 512];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	/* An error is one line, whatever stands in the file. */
	for (char *byte = text; *byte != '\0'; byte++)
		if (iscntrl((unsigned char)*byte))
			*byte = '?';
	if (line > 0)
		snprintf(message, sizeof(message), "%s:%d: %s", file->path,
		    line, text);
	else
		snprintf(message, sizeof(message), "%s: %s", file->path, text);
	file->report(message, file->report_arg);
	if (file->err == 0)
		file->err = -EINVAL;
}

static const struct settings_entry *
find_twin(const struct file *file, const struct settings_entry *entry)
{
	const struct settings_entry *other;

	for (other = file->entries.items; other < entry; other++) {
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
enter_section(struct file *file, const struct settings_entry *entry)
{
	const char *kind = file->settings->table->section;
	const struct settings_entry *twin = find_twin(file, entry);
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
gather(const struct settings_entries *entries,
    const struct settings_entry *entry, const char **texts)
{
	const struct settings_entry *other, *end;
	size_t count = 0;

	texts[count++] = entry->value;
	end = entries->items + entries->count;
	for (other = entry + 1; other < end; other++)
		if (other->follows && other->section == entry->section &&
		    strcmp(other->name, entry->name) == 0)
			texts[count++] = other->value;
	return count;
}

static void
set_value(struct file *file, const struct settings_section *section,
    const struct settings_entry *entry)
{
	const struct settings_entry *twin = find_twin(file, entry);
	char error[MESSAGE_SIZE];
	const char **texts;

	texts = calloc(file->entries.count, sizeof(*texts));
	if (texts == NULL) {
		report(file, 0, "out of memory");
		return;
	}
	if (settings_set(file->settings, section, entry->name, texts,
	    gather(&file->entries, entry, texts), error, sizeof(error)) < 0)
		report(file, entry->line, "%s", error);
	else if (twin != NULL)
		report(file, entry->line, "'%s' is set twice; "
		    "line %d has it first", entry->name, twin->line);
	else if (section != NULL)
		settings_note_line(file->settings, section, entry->name,
		    entry->line);
	free(texts);
}

static void
check(struct file *file)
{
	struct settings *settings = file->settings;
	bool ours = true;

	for (size_t i = 0; i < file->entries.count; i++) {
		const struct settings_entry *entry = &file->entries.items[i];

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
	if (file->entries.syntax_line > 0)
		report(file, file->entries.syntax_line, "syntax error: %s",
		    file->entries.syntax);
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
		if (settings_parse(settings->table, text, &file.entries) < 0)
			report(&file, 0, "out of memory");
		check(&file);
	}
	settings_entries_clear(&file.entries);
	free(text);
	return file.err;
}
