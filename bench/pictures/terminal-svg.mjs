/** Size of a character and of a line, in the units of the picture. */
const CHARACTER = 8.4;
const LINE = 20;
const MARGIN = 16;

/** The classes of the colours of terminals that the program uses. */
const COLOURS = { 31: 'red', 32: 'green', 33: 'yellow' };

/**
 * Draws the lines of a terminal, which may contain colours, as SVG. The picture is dark or light as the page that shows it.
 * Lines that begin with `$ ` are those of the user.
 * @param label What the picture shows, for readers who cannot see it.
 */
export function terminalSvg(lines, label) {
  const columns = Math.max(...lines.map((line) => plain(line).length));
  const width = Math.ceil(columns * CHARACTER + 2 * MARGIN);
  const height = lines.length * LINE + 2 * MARGIN;
  const rows = lines.map((line, index) => {
    const y = MARGIN + (index + 0.75) * LINE;
    const weight = line.startsWith('$ ') ? ' class="typed"' : '';
    return `  <text x="${MARGIN}" y="${y}"${weight}>${spansOf(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(label)}">
  <style>
    rect { fill: #f6f8fa; stroke: #d1d9e0; }
    text { fill: #1f2328; font: 14px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre; }
    .typed { font-weight: bold; }
    .green { fill: #116329; } .yellow { fill: #7d4e00; } .red { fill: #cf222e; }
    @media (prefers-color-scheme: dark) {
      rect { fill: #0d1117; stroke: #3d444d; }
      text { fill: #f0f6fc; }
      .green { fill: #3fb950; } .yellow { fill: #d29922; } .red { fill: #f85149; }
    }
  </style>
  <rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6"/>
${rows.join('\n')}
</svg>
`;
}

function plain(line) {
  // eslint-disable-next-line no-control-regex
  return line.replaceAll(/\u001b\[\d+m/g, '');
}

function spansOf(line) {
  const [start, ...parts] = line.split('\u001b[');
  const rest = parts.map((part) => {
    const [, code = '', text = ''] = /^(\d+)m(.*)$/s.exec(part) ?? [];
    const colour = COLOURS[code];
    return colour === undefined ? escaped(text) : `<tspan class="${colour}">${escaped(text)}</tspan>`;
  });
  return escaped(start) + rest.join('');
}

function escaped(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
