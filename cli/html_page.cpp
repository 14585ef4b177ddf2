#include "html_page.h"

#include <fmt/format.h>

#include "html.h"
#include "html_style.h"
#include "html_table.h"
#include "html_timeline.h"
#include "html_value.h"
#include "words.h"

namespace actbook::cli {
namespace {

std::string fact(const char* name, const std::string& html) {
  return html.empty() ? html
                      : fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", name, html);
}

std::string facts(const std::string& rows) {
  return "<table class=\"facts\"><tbody>\n" + rows + "</tbody></table>\n";
}

std::string code(const std::string& text) { return "<code>" + escape_html(text) + "</code>"; }

/// No script runs and nothing is fetched, whatever a name in the answer tries.
std::string head(const CasePage& page) {
  const auto foot = fmt::format("actbook case file, ledger {}, as of position {}", page.ledger,
                                page.moment.position);
  return fmt::format(
      R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{}</title>
<style>{}</style>
</head>
)",
      escape_html(page.title), html_style(foot));
}

std::string known_html(const CasePage& page) {
  auto html = fmt::format("everything recorded up to position {}", page.moment.position);
  if (!page.moment.true_at) html += ", as of " + time_html(page.moment.at);
  return html + "; nothing that was recorded later";
}

std::string true_html(const CasePage& page) {
  if (!page.moment.true_at) {
    return "not asked: the answer goes by when things were recorded";
  }
  return time_html(*page.moment.true_at) +
         "; what had happened by then counts, also if it was recorded late";
}

std::string compared_html(const CasePage& page) {
  if (!page.answer->contains("from_as_of") || !page.answer->contains("from_at")) return {};
  return fmt::format("position {}, {}", escape_html((*page.answer)["from_as_of"].dump()),
                     time_html((*page.answer)["from_at"]));
}

std::string personal_html(const CasePage& page) {
  if (!page.revealed) {
    return "sealed: names, addresses and messages of people say &ldquo;sealed&rdquo;";
  }
  return "<mark>revealed on request</mark>; each such text is marked like this";
}

std::string introduction(const CasePage& page) {
  std::string html =
      "<header>\n<p class=\"kicker\">Case file</p>\n<h1>" + escape_html(page.title) + "</h1>\n";
  if (!page.note.empty()) html += "<p class=\"note\">" + escape_html(page.note) + "</p>\n";
  html += facts(
      fact("Question", page.title == page.question ? "" : escape_html(page.question)) +
      fact("Asked as", code(page.command)) + fact("The ledger", escape_html(page.ledger)) +
      fact("What it knew", known_html(page)) + fact("What was true at", true_html(page)) +
      fact("Compared with", compared_html(page)) + fact("Personal data", personal_html(page)) +
      fact("Written by", "actbook " + escape_html(page.version)));
  return html + "</header>\n";
}

std::string contents(bool has_timeline) {
  return fmt::format(
      R"(<nav aria-label="Contents"><ul>
<li><a href="#answer">The answer</a></li>
{}<li><a href="#details">The answer in full</a></li>
<li><a href="#records">The records it rests on</a></li>
<li><a href="#verify">How to verify this</a></li>
</ul></nav>
)",
      has_timeline ? "<li><a href=\"#timeline\">Timeline</a></li>\n" : "");
}

std::string answer_section(const CasePage& page) {
  std::string html = "<section id=\"answer\">\n<h2>The answer</h2>\n<div class=\"verdict\">\n";
  for (const auto& line : page.summary) html += "<p>" + escape_html(line) + "</p>\n";
  html += "<p class=\"known\">As the ledger " + escape_html(page.ledger) + " knew it";
  if (page.moment.true_at) html += ", true at " + time_html(*page.moment.true_at);
  return html + fmt::format(": position {}{}</p>\n</div>\n</section>\n", page.moment.position,
                            page.moment.true_at ? "" : ", " + time_html(page.moment.at));
}

std::string timeline_section(const CasePage& page) {
  const auto figures = timeline_html(page.chart);
  if (figures.empty()) return {};
  const auto* by = page.moment.true_at ? "happened" : "were recorded";
  return fmt::format(
      "<section id=\"timeline\">\n<h2>Timeline</h2>\n<p>By when things {}, in UTC, up to {}. The "
      "tables "
      "below have the same with exact times.</p>\n{}</section>\n",
      by, time_html(page.chart.end), figures);
}

std::string records_section(const CasePage& page) {
  std::string html = "<section id=\"records\">\n<h2>The records it rests on</h2>\n";
  if (page.records.empty()) return html + "<p>The answer names no record.</p>\n</section>\n";
  html += fmt::format(
      "<p>{}. Each is in the folder <code>records</code> under its position: its bytes as they are "
      "stored "
      "(<code>.record</code>), and the same as text (<code>.json</code>). The leaf hash is what "
      "the ledger's "
      "Merkle tree has of it.</p>\n",
      count_words(page.records.size(), "record", "records"));
  std::vector<HtmlRow> rows;
  for (const auto& record : page.records) {
    auto when = time_html(record.recorded_at);
    if (record.occurred_at != record.recorded_at) {
      when += "<br>happened " + time_html(record.occurred_at);
    }
    const auto json = fmt::format("records/{:012}.json", record.position);
    rows.push_back(
        {{fmt::format(R"(<a href="{}">{}</a>)", json, record.position), when,
          breakable_html(record.type), breakable_html(record.who),
          escape_html(record.summary) + "<br><small>" + code(record.leaf_sha256) + "</small>"},
         fmt::format("r{}", record.position)});
  }
  return html +
         html_table({"Position", "Recorded at", "Type", "Who", "What, and leaf hash (SHA-256)"},
                    rows) +
         "</section>\n";
}

std::string certificate_facts(const nlohmann::ordered_json& certificate) {
  std::string rows;
  for (const auto& [name, value] : certificate.items()) {
    // What only another replay can read stands in the certificate's own file.
    if (value.is_array() || name == "stretch_events") continue;
    rows += fact(escape_html(member_heading(name)).c_str(), value_html(name, {value, nullptr}));
  }
  return facts(rows);
}

std::string files_table(const std::vector<PageFile>& files) {
  std::vector<HtmlRow> rows;
  for (const auto& file : files) {
    rows.push_back({{code(file.name), std::to_string(file.bytes), code(file.sha256)}});
  }
  return html_table({"File", "Bytes", "SHA-256"}, rows);
}

std::string verify_section(const CasePage& page) {
  return fmt::format(
      R"(<section id="verify">
<h2>How to verify this</h2>
<ol>
<li><strong>That nothing was changed since it was written.</strong> <code>actbook case verify</code>, followed by the
name of the folder or archive, needs no ledger. It checks every file against <code>manifest.json</code>, every record's
bytes against its leaf hash, its text against its bytes, and that every position the answer names is among the
records.</li>
<li><strong>That the records are the ledger's.</strong> Each record is proved to be in the Merkle tree (RFC 6962) whose
head is below. Compare that head with one that was noted down elsewhere, or have <code>actbook verify --expect-head</code>
run where the ledger is.</li>
<li><strong>That the answer follows from the ledger.</strong> Ask again where the ledger is:
{}. The answer must be the same, letter for letter, but for personal data that was erased since.</li>
</ol>
<h3>Head of the ledger's tree</h3>
<p>{}</p>
<h3>Certificate</h3>
{}<h3>Files</h3>
<p>This page and <code>manifest.json</code> cannot stand in this list. The manifest has this page's hash, and the
program that wrote it said the manifest's own.</p>
{}</section>
)",
      code(page.command_again), code(page.tree_head), certificate_facts(page.certificate),
      files_table(page.files));
}

}  // namespace

std::string html_page(const CasePage& page) {
  const auto timeline = timeline_section(page);
  return head(page) + "<body>\n" + introduction(page) + contents(!timeline.empty()) + "<main>\n" +
         answer_section(page) + timeline +
         "<section id=\"details\">\n<h2>The answer in full</h2>\n" + answer_html(page.answer) +
         "</section>\n" + records_section(page) + verify_section(page) +
         "</main>\n<footer>actbook " + escape_html(page.version) + "</footer>\n</body>\n</html>\n";
}

}  // namespace actbook::cli
