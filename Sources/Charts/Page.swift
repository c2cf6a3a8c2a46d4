/// A page that needs nothing but itself: no network, no script, no fonts of others. It is light or dark
/// as the reader's system is, and light on paper.
package struct Page: Sendable {
    /// As in HTML's `lang`: "en", "ja".
    package let language: String
    package let title: String
    /// What stands in `body`, as HTML.
    package let body: String

    package init(language: String, title: String, body: String) {
        self.language = language
        self.title = title
        self.body = body
    }

    package var html: String {
        """
        <!DOCTYPE html>
        <html lang="\(Markup.escape(language))">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
        <title>\(Markup.escape(title))</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        \(body)
        </body>
        </html>

        """
    }
}

extension Page {
    /// Colours of text have a contrast of at least 4.5 to the ground, those of curves of at least 3
    /// (WCAG 2.2, 1.4.3 and 1.4.11).
    private static let style = """
        :root { color-scheme: light dark; --ground: #ffffff; --ink: #1b1b1f; --quiet: #55565e;
          --rule: #c9cad1; --shade: #f3f4f7; --accent: #1d4fa3;
          --series-1: #1d4fa3; --series-2: #b04a00; --series-3: #0f6b46; --series-4: #7b2d8e;
          --series-5: #8a1c2c; --series-6: #55565e; }
        @media screen and (prefers-color-scheme: dark) { :root { --ground: #16171b; --ink: #e9e9ee;
          --quiet: #a9abb6; --rule: #44464f; --shade: #212329; --accent: #8ab4ff;
          --series-1: #8ab4ff; --series-2: #ffab66; --series-3: #6fd6a4; --series-4: #dba2ec;
          --series-5: #ff9aa5; --series-6: #b5b7c2; } }
        body { font: 16px/1.55 system-ui, "Hiragino Sans", "Yu Gothic UI", "Noto Sans CJK JP", sans-serif;
          color: var(--ink); background: var(--ground);
          max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; line-break: strict; }
        h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
        h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.5rem 0 .5rem; padding-top: .75rem;
          border-top: 1px solid var(--rule); }
        h3 { font-size: 1rem; line-height: 1.4; margin: 1.25rem 0 .25rem; }
        p, ul, ol { margin: .5rem 0; } li { margin: .25rem 0; }
        .lead { font-size: 1.15rem; font-weight: 600; }
        .quiet, small, caption { color: var(--quiet); }
        small { display: block; font-size: .85em; font-weight: 400; }
        table { border-collapse: collapse; width: 100%; margin: .75rem 0; font-variant-numeric: tabular-nums; }
        caption { text-align: start; padding: .25rem 0; }
        th, td { text-align: start; vertical-align: top; padding: .35rem .75rem .35rem 0;
          border-bottom: 1px solid var(--rule); font-weight: 400; overflow-wrap: break-word; }
        tbody th, small, code { overflow-wrap: anywhere; } .stacked tbody th { min-width: 8rem; }
        thead th { font-weight: 600; vertical-align: bottom; } tbody th { font-weight: 600; }
        .charts { display: grid; gap: 0 2rem;
          grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
        .charts > section { min-width: 0; break-inside: avoid; }
        figure { margin: .5rem 0 1rem; max-width: 28rem; }
        figure > svg { display: block; width: 100%; height: auto; }
        svg text { font-size: 12px; fill: var(--ink); stroke: var(--ground); stroke-width: 3px;
          stroke-linejoin: round; paint-order: stroke; }
        svg .letter { font-weight: 700; } svg .mark-label { font-weight: 600; }
        svg .grid { stroke: var(--rule); stroke-width: 1; }
        svg .leader { stroke: var(--quiet); stroke-width: .6; }
        svg .mark-ground { stroke: var(--ground); stroke-width: 3; stroke-opacity: .8; }
        svg .mark { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 1 2; }
        \(seriesColours)
        svg .curve, svg .stroke { fill: none; stroke: currentColor; stroke-width: 1.8; }
        svg .marker { fill: currentColor; stroke: none; }
        svg .whisker { stroke: currentColor; stroke-width: 1; }
        svg .band { fill: currentColor; fill-opacity: .18; stroke: none; }
        svg .bar { stroke: currentColor; stroke-width: 1; } svg .hatch { fill: currentColor; }
        .legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem 1.25rem;
          font-size: .9rem; }
        .legend li { display: flex; align-items: baseline; gap: .4rem; min-width: 0; }
        .sample { flex: none; width: 36px; height: 12px; }
        summary { cursor: pointer; color: var(--accent); } details { font-size: .9rem; }
        pre { background: var(--shade); padding: .75rem; white-space: pre-wrap; border-radius: 4px; }
        code, pre { font: .9em/1.5 ui-monospace, "Noto Sans Mono CJK JP", monospace; }
        dl { margin: .5rem 0; } dt { font-weight: 600; } dd { margin: 0 0 .5rem 1rem; }
        .item { margin: 1rem 0; padding: .25rem 0 .25rem .75rem; border-left: 3px solid var(--rule);
          break-inside: avoid; }
        .item h3 { margin-top: 0; }
        @media screen and (max-width: 62rem) {
          .stacked, .stacked :is(tbody, tr, tbody th, caption) { display: block; }
          .stacked thead { position: absolute; width: 1px; height: 1px; overflow: hidden;
            clip-path: inset(50%); }
          .stacked tr { border-bottom: 1px solid var(--rule); padding: .4rem 0; }
          .stacked :is(th, td) { border: 0; padding: .1rem 0; }
          .stacked td { display: flex; justify-content: space-between; gap: 1rem; max-width: 32rem; }
          .stacked td > span { text-align: end; }
          .stacked td::before { content: attr(data-label); color: var(--quiet); }
          figure .stacked tbody th::before { content: attr(data-label) " "; color: var(--quiet);
            font-weight: 400; } }
        @media print {
          body { max-width: none; padding: 0; font-size: 11pt; } details:not([open]) { display: none; }
          table { font-size: 8.5pt; } th, td { padding-right: .4rem; }
          h2, h3, caption { break-after: avoid; } tr, figure { break-inside: avoid; } }
        """

    private static let seriesColours = (1...6).map { "svg .series-\($0) { color: var(--series-\($0)); }" }
        .joined(separator: " ")
}
