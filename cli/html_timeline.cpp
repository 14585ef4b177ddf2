#include "html_timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>

#include "html.h"
#include "time_axis.h"
#include "words.h"

namespace actbook::cli {
namespace {

// In units of the figure; on paper, 800 of them are the width of the text.
constexpr double kWidth = 800;
constexpr double kPlotLeft = 250;
constexpr double kPlotRight = 785;
constexpr double kAxisHeight = 26;
constexpr double kRowHeight = 18;
constexpr double kBarHeight = 9;
constexpr double kLetter = 6.2;  // how wide one is, about
constexpr std::size_t kLabelLetters = 32;
/// So many bars and their axis fit on a page.
constexpr std::size_t kRowsOfPart = 40;

/// Cut where it would run into the bars; whole characters of UTF-8.
std::string shortened(const std::string& text) {
  std::size_t letters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (begins && ++letters > kLabelLetters) return text.substr(0, i) + "…";
  }
  return text;
}

std::string svg_text(double x, double y, std::string_view anchor, const std::string& text) {
  return fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)", x, y, anchor,
                     escape_html(text));
}

std::string axis_svg(const TimeAxis& axis, double height) {
  std::string svg;
  for (const auto& tick : axis.ticks()) {
    svg +=
        fmt::format(R"(<line class="grid" x1="{0:.1f}" y1="{1:.1f}" x2="{0:.1f}" y2="{2:.1f}"/>)",
                    tick.x, kAxisHeight, height);
    // Whole at the edge, too.
    const double half = kLetter * static_cast<double>(tick.label.size()) / 2;
    svg += svg_text(std::min(tick.x, kWidth - half), kAxisHeight - 8, "middle", tick.label) + "\n";
  }
  svg += fmt::format(R"(<line class="axis" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)",
                     axis.left(), kAxisHeight, axis.right(), kAxisHeight);
  return svg + "\n";
}

/// `name` tells the figures of a page apart.
std::string figure(const std::string& name, const std::string& title, const std::string& words,
                   double height, const std::string& drawing) {
  return fmt::format(
      R"(<figure>
<figcaption>{1}</figcaption>
<svg viewBox="0 0 {3:.0f} {4:.0f}" role="group" aria-labelledby="{0}-title" aria-describedby="{0}-words">
<title id="{0}-title">{1}</title>
<desc id="{0}-words">{2}</desc>
{5}</svg>
</figure>
)",
      name, escape_html(title), escape_html(words), kWidth, height, drawing);
}

// ---- acts ----

constexpr double kDotSpace = 9;
constexpr double kTallest = 140;

using Stack = std::vector<const ChartAct*>;

/// Acts that stand too close for dots beside each other go above each other.
std::map<std::int64_t, Stack> stacks_of(const Chart& chart, const TimeAxis& axis) {
  std::map<std::int64_t, Stack> stacks;
  for (const auto& act : chart.acts) {
    stacks[static_cast<std::int64_t>((axis.x(act.at) - axis.left()) / kDotSpace)].push_back(&act);
  }
  return stacks;
}

std::string stack_label(const Stack& stack) {
  const auto first = stack.front()->position;
  const auto last = stack.back()->position;
  if (stack.size() == 1) return std::to_string(first);
  return std::to_string(first) + (last - first + 1 == stack.size() ? "–" : " … ") +
         std::to_string(last);
}

std::string act_words(const ChartAct& act) {
  return fmt::format("position {}, {}: {}", act.position, to_iso8601(act.at), act.label);
}

std::string stack_svg(const Stack& stack, double x, double base, double step) {
  std::string svg;
  double y = base;
  for (const auto* act : stack) {
    svg += fmt::format(
        R"(<a href="#r{}"><circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}"><title>{}</title></circle></a>)",
        act->position, x, y, step * 0.42, escape_html(act_words(*act)));
    y -= step;
  }
  return svg;
}

std::string acts_figure(const Chart& chart, const TimeAxis& axis) {
  const auto stacks = stacks_of(chart, axis);
  std::size_t most = 1;
  for (const auto& [bin, stack] : stacks) most = std::max(most, stack.size());
  const double step = std::min(kDotSpace, kTallest / static_cast<double>(most));
  constexpr double kLabels = kAxisHeight + 15;
  const double base = kLabels + 10 + step * static_cast<double>(most);
  std::string drawing = axis_svg(axis, base + 6);
  drawing +=
      svg_text(0, base + 3, "start",
               count_words(chart.acts.size(), "record, by position", "records, by position"));
  double free = 0;  // where the labels so far end
  for (const auto& [bin, stack] : stacks) {
    const double x = axis.left() + (static_cast<double>(bin) + 0.5) * kDotSpace;
    const auto label = stack_label(stack);
    const double half = kLetter * static_cast<double>(label.size()) / 2;
    if (x - half > free) {
      free = x + half + kLetter;
      drawing += fmt::format(
          R"(<line class="leader" x1="{0:.1f}" y1="{1:.1f}" x2="{0:.1f}" y2="{2:.1f}"/>)", x,
          kLabels + 3, base - step * static_cast<double>(stack.size() - 1));
      drawing += svg_text(x, kLabels, "middle", label);
    }
    drawing += stack_svg(stack, x, base, step) + "\n";
  }
  std::string words;
  for (const auto& act : chart.acts) words += act_words(act) + ". ";
  return figure("acts", "Records over time", words, base + 10, drawing);
}

// ---- what lasted ----

std::string span_words(const ChartSpan& span) {
  return span.label + ": from " + to_iso8601(span.from) +
         (span.until ? " until " + to_iso8601(*span.until) : ", not ended");
}

std::string bar_svg(const ChartSpan& span, const TimeAxis& axis, Timestamp end, double top) {
  const double left = axis.x(span.from);
  const double right = std::max(left + 2, axis.x(span.until.value_or(end)));
  const double bar = top + (kRowHeight - kBarHeight) / 2;
  auto svg = svg_text(0, top + kRowHeight - 5, "start", shortened(span.label));
  svg += fmt::format(
      R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}</title></rect>)",
      left, bar, right - left, kBarHeight, escape_html(span_words(span)));
  if (!span.until) {  // goes on
    svg += fmt::format(R"(<path d="M{0:.1f} {1:.1f}l7 {2:.1f}l-7 {2:.1f}z"/>)", right, bar,
                       kBarHeight / 2);
  }
  return svg + "\n";
}

std::string spans_figure(std::span<const ChartSpan> spans, const TimeAxis& axis, Timestamp end,
                         const std::string& name, const std::string& title) {
  const double height = kAxisHeight + kRowHeight * static_cast<double>(spans.size()) + 6;
  std::string drawing = axis_svg(axis, height);
  std::string words;
  double top = kAxisHeight + 2;
  for (const auto& span : spans) {
    drawing += bar_svg(span, axis, end, top);
    words += span_words(span) + ". ";
    top += kRowHeight;
  }
  return figure(name, title, words, height, drawing);
}

std::string spans_figures(const Chart& chart, const TimeAxis& axis) {
  std::string html;
  const std::span<const ChartSpan> all = chart.spans;
  const auto parts = (all.size() + kRowsOfPart - 1) / kRowsOfPart;
  for (std::size_t part = 0; part < parts; ++part) {
    const auto begin = part * kRowsOfPart;
    const auto size = std::min(kRowsOfPart, all.size() - begin);
    std::string title = "What lasted";
    if (parts > 1) title += fmt::format(", part {} of {}", part + 1, parts);
    html += spans_figure(all.subspan(begin, size), axis, chart.end,
                         "spans-" + std::to_string(part + 1), title);
  }
  return html;
}

}  // namespace

std::string timeline_html(const Chart& chart) {
  if (chart.acts.empty() && chart.spans.empty()) return {};
  auto first = chart.end;
  auto last = chart.end;
  const auto widen = [&](Timestamp at) {
    first = std::min(first, at);
    last = std::max(last, at);
  };
  for (const auto& act : chart.acts) widen(act.at);
  for (const auto& span : chart.spans) {
    widen(span.from);
    if (span.until) widen(*span.until);
  }
  const TimeAxis axis(first, last, kPlotLeft, kPlotRight);
  std::string html;
  if (!chart.acts.empty()) html += acts_figure(chart, axis);
  return html + spans_figures(chart, axis);
}

}  // namespace actbook::cli
