/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "svg.h"

#include <string.h>

#include "html.h"

/* Of the fonts that are usual, a letter is narrower than this on the average;
 * digits are a little wider than letters. */
#define LETTER_WIDTH 6.8

double
svg_text_width(const char *text)
{
	size_t letters = 0;

	for (; *text != '\0'; text++)
		letters += ((unsigned char)*text & 0xc0) != 0x80;
	return (double)letters * LETTER_WIDTH;
}

void
svg_text(FILE *file, double x, double y, enum svg_anchor anchor,
    const char *name, const char *text)
{
	static const char *const anchors[] = { "start", "middle", "end" };

	fprintf(file, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" "
	    "class=\"%s\">", x, y, anchors[anchor], name);
	html_text(file, text);
	fputs("</text>\n", file);
}

void
svg_line(FILE *file, double x1, double y1, double x2, double y2,
    const char *name)
{
	fprintf(file, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" "
	    "y2=\"%.1f\" class=\"%s\"/>\n", x1, y1, x2, y2, name);
}

void
svg_rectangle(FILE *file, double x, double y, double width, double height,
    const char *name)
{
	fprintf(file, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
	    "height=\"%.1f\" class=\"%s\"/>\n", x, y, width, height, name);
}

void
svg_path_begin(struct svg_path *path, FILE *file, const char *name)
{
	*path = (struct svg_path){ .file = file, .name = name };
	fprintf(file, "<path class=\"curve %s\" d=\"", name);
}

void
svg_path_point(struct svg_path *path, double x, double y)
{
	fprintf(path->file, "%c%.1f %.1f", path->points == 0 ? 'M' : 'L', x,
	    y);
	path->points++;
	path->x = x;
	path->y = y;
}

/* A point by itself would hardly be seen; a ring around it is. */
void
svg_path_gap(struct svg_path *path)
{
	if (path->points == 1)
		fputs("m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0", path->file);
	path->points = 0;
}

void
svg_path_end(struct svg_path *path)
{
	svg_path_gap(path);
	fputs("\"/>\n", path->file);
}
