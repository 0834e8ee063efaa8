/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "html_page.h"

const char html_page_begin[] =
"<!DOCTYPE html>\n"
"<html lang=\"en\">\n"
"<head>\n"
"<meta charset=\"utf-8\">\n"
"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
"<meta name=\"color-scheme\" content=\"light dark\">\n"
/* Not even an icon is asked for. */
"<link rel=\"icon\" href=\"data:,\">\n"
"<title>";

/*
 * The colours of curves keep a contrast of 4.5 to their ground, as their names
 * are written in them, and can be told apart by the colour-blind.
 */
#define COLOURS_LIGHT \
"--ground: #ffffff; --raised: #f5f7f9; --ink: #1b2026; --soft: #59636e;\n" \
"--rule: #dfe3e8; --grid: #e8ebef; --axis: #8b949e; --shade: #eef0f3;\n" \
"--one: #0b62a8; --two: #b34700; --three: #00735c; --bar: #4a8fc7;\n" \
"--good: #0a6b3d; --bad: #a8241b;\n"
#define COLOURS_DARK \
"--ground: #14181d; --raised: #1d232a; --ink: #e6eaee; --soft: #9aa5b1;\n" \
"--rule: #313943; --grid: #272e37; --axis: #6b7682; --shade: #1f262e;\n" \
"--one: #6cb6ff; --two: #ffa657; --three: #56d4ae; --bar: #3f7fb8;\n" \
"--good: #57d391; --bad: #ff8178;\n"

const char html_page_head[] =
"</title>\n"
"<style>\n"
":root { color-scheme: light dark;\n" COLOURS_LIGHT "}\n"
"@media (prefers-color-scheme: dark) { :root {\n" COLOURS_DARK "} }\n"
"@media print { :root { color-scheme: light;\n" COLOURS_LIGHT "} }\n"
"* { box-sizing: border-box; }\n"
"body { margin: 0; background: var(--ground); color: var(--ink);\n"
"  font: 15px/1.5 system-ui, \"Segoe UI\", Roboto, \"Helvetica Neue\",\n"
"  Arial, sans-serif; font-variant-numeric: tabular-nums;\n"
"  -webkit-text-size-adjust: 100%; }\n"
"main { max-width: 860px; margin: 0 auto; padding: 28px 20px 40px; }\n"
"h1 { font-size: 26px; line-height: 1.25; margin: 2px 0 6px;\n"
"  overflow-wrap: anywhere; }\n"
"h2 { font-size: 18px; margin: 40px 0 8px; }\n"
"p { margin: 0 0 8px; overflow-wrap: anywhere; }\n"
".soft, figcaption { color: var(--soft); }\n"
".brand { color: var(--soft); font-size: 13px; letter-spacing: 0.04em; }\n"
".verdict { display: inline-block; margin: 10px 0 4px;\n"
"  padding: 3px 12px; border: 1.5px solid; border-radius: 99px;\n"
"  font-weight: 600; }\n"
".good { color: var(--good); }\n"
".bad { color: var(--bad); }\n"
"ul { margin: 6px 0 0; padding-left: 20px; overflow-wrap: anywhere; }\n"
".cards { display: grid; gap: 10px; margin: 20px 0 0; padding: 0;\n"
"  grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); }\n"
".cards div { background: var(--raised); border-radius: 10px;\n"
"  padding: 12px 14px; min-width: 0; overflow-wrap: anywhere; }\n"
".cards dt { color: var(--soft); font-size: 13px; }\n"
".cards dd { margin: 2px 0 0; font-size: 22px; font-weight: 600;\n"
"  line-height: 1.25; }\n"
".cards small { display: block; color: var(--soft); font-size: 12px;\n"
"  font-weight: 400; }\n"
"figure { margin: 0; }\n"
"figcaption { font-size: 14px; margin-bottom: 12px; }\n"
"svg { display: block; width: 100%; height: auto; overflow: visible; }\n"
"svg.narrow { display: none; }\n"
"svg text { font-size: 12px; fill: var(--soft); }\n"
"svg .label { font-weight: 600; stroke: var(--ground); stroke-width: 4px;\n"
"  stroke-linejoin: round; paint-order: stroke; }\n"
"svg text.one { fill: var(--one); }\n"
"svg text.two { fill: var(--two); }\n"
"svg text.three { fill: var(--three); }\n"
"svg .nothing { font-size: 14px; }\n"
".grid { stroke: var(--grid); }\n"
".axis { stroke: var(--axis); }\n"
".mark { stroke: var(--ink); stroke-dasharray: 3 3; opacity: 0.6; }\n"
".outside { fill: var(--shade); }\n"
".bar { fill: var(--bar); }\n"
".curve { fill: none; stroke-width: 2.25; stroke-linecap: round;\n"
"  stroke-linejoin: round; }\n"
"path.one { stroke: var(--one); }\n"
"path.two { stroke: var(--two); stroke-dasharray: 7 4; }\n"
"path.three { stroke: var(--three); stroke-dasharray: 2 4.5; }\n"
".table { overflow-x: auto; }\n"
"table { border-collapse: collapse; width: 100%; font-size: 14px; }\n"
"th, td { padding: 5px 8px; text-align: left; vertical-align: top;\n"
"  border-bottom: 1px solid var(--rule); }\n"
"thead th { color: var(--soft); font-weight: 600; }\n"
"tbody th { font-weight: 400; color: var(--soft); }\n"
"th:first-child, td:first-child { padding-left: 0; }\n"
"th:last-child, td:last-child { padding-right: 0; }\n"
".figures th + th, .figures td { text-align: right; white-space: nowrap; }\n"
".figures small { display: block; color: var(--soft); font-size: 12px; }\n"
".pairs th { width: 30%; }\n"
".pairs td { overflow-wrap: anywhere; }\n"
"details { margin-top: 8px; font-size: 14px; }\n"
"summary { color: var(--soft); cursor: pointer; }\n"
"footer { margin-top: 40px; color: var(--soft); font-size: 13px; }\n"
"@media (max-width: 640px) {\n"
"  main { padding: 18px 14px 28px; }\n"
"  h1 { font-size: 21px; }\n"
"  svg.wide { display: none; }\n"
"  svg.narrow { display: block; }\n"
"  .cards { grid-template-columns: 1fr 1fr; }\n"
"  .cards dd { font-size: 19px; }\n"
"  table { font-size: 12.5px; }\n"
"  th, td { padding: 5px 4px; }\n"
"  .figures small { font-size: 11px; }\n"
"  .figures small span { display: none; }\n"
"}\n"
"@page { margin: 14mm; }\n"
"@media print {\n"
"  body { font-size: 11pt; -webkit-print-color-adjust: exact;\n"
"    print-color-adjust: exact; }\n"
"  main { max-width: none; padding: 0; }\n"
"  section, figure, .cards div, tr { break-inside: avoid; }\n"
"  section.long { break-inside: auto; }\n"
"  h2 { break-after: avoid; margin-top: 26px; }\n"
"  details { display: none; }\n"
"  table { font-size: 9pt; line-height: 1.25; }\n"
"  th, td { padding: 3px 6px; }\n"
"  .figures small { font-size: 8pt; }\n"
"  .pairs th { width: 45%; }\n"
"  footer { break-before: avoid; margin-top: 20px; }\n"
"  svg.wide { display: block; }\n"
"  svg.narrow { display: none; }\n"
"}\n"
"</style>\n"
"</head>\n"
"<body>\n"
"<main>\n";

const char html_page_end[] =
"</main>\n"
"</body>\n"
"</html>\n";
