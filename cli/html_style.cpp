#include "html_style.h"

namespace actbook::cli {
namespace {

constexpr const char* kScreen = R"(
:root { color-scheme: light; }
* { box-sizing: border-box; }
html { background: #f2f1ee; }
body { margin: 2rem auto; max-width: 62rem; padding: 2.5rem 3rem; background: #fff; color: #1b1b1b;
  border: 1px solid #d9d6cf; font: 15px/1.5 "Helvetica Neue", Arial, "Liberation Sans",
  "DejaVu Sans", sans-serif; overflow-wrap: break-word; }
h1, h2, h3, h4, .kicker, .verdict { font-family: Georgia, "Times New Roman", "Liberation Serif",
  "DejaVu Serif", serif; }
.kicker { margin: 0; font-size: .85rem; letter-spacing: .09em; text-transform: uppercase; color: #555; }
h1 { margin: .2rem 0 1rem; font-size: 1.75rem; line-height: 1.25; font-weight: normal; }
h2 { margin: 2.4rem 0 .8rem; padding-bottom: .25rem; border-bottom: 2px solid #24405c; color: #24405c;
  font-size: 1.25rem; font-weight: normal; }
h3 { margin: 1.7rem 0 .5rem; font-size: 1.05rem; }
h4 { margin: 1.4rem 0 .3rem; font-size: .95rem; }
p { margin: .5rem 0; }
a { color: #24405c; }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.5rem; margin: 1rem 0 0; padding: 0; list-style: none; }
code { font-family: "DejaVu Sans Mono", "Liberation Mono", Consolas, monospace; font-size: .86em;
  overflow-wrap: anywhere; }
p time, .facts time { white-space: nowrap; }
small { font-size: .85em; }
.count, .name { color: #555; }
h3 .count { font-weight: normal; }
.note { white-space: pre-line; border-left: 3px solid #b9b4a8; padding-left: 1rem; }
.verdict { margin: 1rem 0; padding: .9rem 1.2rem; border: 1px solid #24405c; border-left-width: 6px;
  background: #f4f7fa; font-size: 1.15rem; line-height: 1.4; }
.verdict p { margin: .15rem 0; }
.verdict .known { margin-top: .6rem; color: #555; font-size: .8em; }
.warning { padding: .6rem 1rem; border: 1px solid #8a5a00; border-left-width: 6px; background: #fdf6e7; }
.constant { color: #333; font-size: .9rem; }
mark { background: #fff1b8; border-bottom: 1px solid #8a5a00; padding: 0 .15em; }
table { width: 100%; margin: .6rem 0 1.2rem; border-collapse: collapse; font-size: .86rem; line-height: 1.4; }
th, td { padding: .32rem .55rem; border-bottom: 1px solid #d9d6cf; text-align: left; vertical-align: top; }
th:first-child, td:first-child { padding-left: 0; }
thead th { border-bottom: 1.5px solid #24405c; color: #24405c; font-weight: 600; }
.facts th { width: 13rem; color: #555; font-weight: normal; }
.facts tr:first-child > * { border-top: 1px solid #d9d6cf; }
td ul { margin: 0; padding-left: 1.1em; }
td p { margin: 0; }
tbody:has(.below) tr:first-child td { border-bottom: 0; padding-bottom: 0; }
.below td { font-size: .95em; }
tbody:target { background: #fff6d6; }
figure { margin: 1rem 0 1.6rem; }
figcaption { margin-bottom: .3rem; color: #555; font-size: .9rem; }
svg { display: block; width: 100%; height: auto; }
svg text { font: 11.5px "Helvetica Neue", Arial, "Liberation Sans", "DejaVu Sans", sans-serif; fill: #1b1b1b; }
svg .grid { stroke: #dcd9d2; stroke-width: 1; }
svg .axis { stroke: #6b6b6b; stroke-width: 1; }
svg .leader { stroke: #a9a59c; stroke-width: .7; }
svg rect, svg path, svg circle { fill: #2f5d8a; }
@media screen and (max-width: 48rem) {
  body { margin: 0; padding: 1.2rem 1rem; border: 0; }
  .facts th { width: 8rem; }
  .facts td { overflow-wrap: anywhere; }
  table:not(.facts), figure { display: block; max-width: 100%; overflow-x: auto; }
  svg { min-width: 44rem; }
}
footer { margin-top: 2.5rem; padding-top: .6rem; border-top: 1px solid #d9d6cf; color: #555; font-size: .85rem; }
)";

constexpr const char* kPaper = R"(
@media print {
  html, body { background: #fff; }
  body { margin: 0; padding: 0; max-width: none; border: 0; font-size: 9.5pt; line-height: 1.4; }
  h1 { font-size: 17pt; } h2 { font-size: 13pt; } h3 { font-size: 11pt; } h4 { font-size: 10pt; }
  .verdict { font-size: 12pt; }
  table { font-size: 8pt; }
  th, td { padding: 1.2mm 1.6mm; }
  .facts th { width: 38mm; }
  nav, footer { display: none; }
  a { color: inherit; text-decoration: none; }
  h1, h2, h3, h4, figcaption, .constant { break-after: avoid; }
  tbody:not(.facts tbody), tr, .verdict, figure { break-inside: avoid; }
  thead { display: table-header-group; }
  .verdict, .warning, mark, svg * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
)";

}  // namespace

std::string html_style(const std::string& foot) {
  return std::string(kScreen) + kPaper +
         "@page { size: A4; margin: 18mm 15mm 20mm;\n"
         "  @bottom-left { content: \"" +
         foot +
         "\"; font: 8pt Arial, \"Liberation Sans\", sans-serif; color: #555; }\n"
         "  @bottom-right { content: \"Page \" counter(page) \" of \" counter(pages); font: 8pt "
         "Arial, "
         "\"Liberation Sans\", sans-serif; color: #555; } }\n";
}

}  // namespace actbook::cli
