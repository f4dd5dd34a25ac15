const light = `
  color-scheme: light;
  --page: #f4f5f7; --panel: #ffffff; --text: #1d2430; --muted: #5b6675; --line: #dfe3e8; --accent: #2563a8;
  --alarm: #c2362b; --badge-text: #ffffff; --badge-critical: #a31515; --badge-high: #b4540a; --badge-medium: #7a6400; --badge-low: #5b6675;
  --logins: #3b76b5; --user_updates: #d9822b; --roles: #b8383d; --apps: #2f8f8b; --access_control: #4b8b3b;
  --admin_settings: #7d55a8; --content_export: #b59410; --creation: #8c6d58; --deletion: #d76b98; --other: #8b95a1;
  --heat0: #f4f6f9;`

const dark = `
  color-scheme: dark;
  --page: #12161c; --panel: #1b212a; --text: #e6eaf0; --muted: #9aa6b5; --line: #333c48; --accent: #7db4ee;
  --alarm: #ff7d72; --badge-text: #14181f; --badge-critical: #ff8a80; --badge-high: #f5a55a; --badge-medium: #e3cd62; --badge-low: #9aa6b5;
  --logins: #5b9bd8; --user_updates: #f0a04b; --roles: #ee6a6c; --apps: #4db8b2; --access_control: #74b862;
  --admin_settings: #a98bd6; --content_export: #e0c04a; --creation: #b5947d; --deletion: #f095bb; --other: #8b95a1;
  --heat0: #1f2630;`

/** Follows the reader's light or dark scheme; prints light. Narrow screens get one column. */
export const pageStyle = `
:root {${light}
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
@media (prefers-color-scheme: dark) { :root:not(.printing) {${dark} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--text); }
main, header, footer, nav { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 28px; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 16px; padding: 0; list-style: none; font-size: 0.93rem; }
nav a { display: inline-block; padding: 3px 0; color: var(--accent); }
section { scroll-margin-top: 12px; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 6px; letter-spacing: -0.01em; }
h2 { font-size: 1.12rem; margin: 0 0 2px; }
h3 { font-size: 0.92rem; margin: 18px 0 6px; }
p { margin: 0 0 8px; }
.muted, .note { color: var(--muted); }
.note { font-size: 0.87rem; }
.warning { border-left: 4px solid var(--badge-medium); padding: 6px 12px; background: var(--panel); }
.tiles { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 12px; margin: 18px 0; padding: 0; list-style: none; }
.tiles li, section { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; }
.tiles li { padding: 12px 14px; }
.tiles .name { font-size: 0.85rem; color: var(--muted); }
.tiles .number { display: block; font-size: 1.65rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tiles .alarm { color: var(--alarm); }
.tiles .change { font-size: 0.8rem; color: var(--muted); }
section { padding: 18px 20px; margin: 0 0 16px; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 18px 28px; }
figure { margin: 12px 0 4px; }
.chart { position: relative; height: 280px; }
.chart.tall { height: 420px; }
.chart.low { height: 190px; }
details { margin: 10px 0 0; }
.columns { margin-top: 18px; }
summary { cursor: pointer; color: var(--accent); font-size: 0.87rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.87rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: 600; color: var(--muted); overflow-wrap: normal; }
tbody th { font-weight: 400; color: var(--text); overflow-wrap: anywhere; }
.words { overflow-wrap: normal; }
.right { text-align: right; white-space: nowrap; overflow-wrap: normal; }
.when { white-space: nowrap; overflow-wrap: normal; }
.sub { display: block; color: var(--muted); font-size: 0.8rem; }
.badge { display: inline-block; padding: 0 7px; border-radius: 9px; font-size: 0.75rem; line-height: 1.5; font-weight: 600; color: var(--badge-text); background: var(--badge-low); white-space: nowrap; }
.badge.critical { background: var(--badge-critical); }
.badge.high { background: var(--badge-high); }
.badge.medium { background: var(--badge-medium); }
.heat { table-layout: fixed; font-size: 0.75rem; border-collapse: separate; border-spacing: 2px; }
.heat th, .heat td { border: 0; padding: 4px 0; text-align: center; overflow-wrap: normal; overflow: hidden; }
.heat tbody th { text-align: left; width: auto; color: var(--muted); }
.heat col.head { width: 3.2rem; }
.heat td { border-radius: 3px; }
.heat .h0 { background: var(--heat0); color: var(--muted); }
.narrow, .unit { display: none; }
footer { padding-top: 4px; padding-bottom: 32px; }
@media (max-width: 760px) {
  main, header, footer, nav { padding-left: 12px; padding-right: 12px; }
  header { padding-top: 18px; }
  h1 { font-size: 1.4rem; }
  section { padding: 14px; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px; }
  .tiles .number { font-size: 1.4rem; }
  .columns { grid-template-columns: minmax(0, 1fr); }
  .wide { display: none; }
  .chart { height: 320px; }
  .narrow { display: table; }
  .unit { display: inline; }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stack tr { display: block; padding: 7px 0; border-bottom: 1px solid var(--line); }
  .stack td { display: block; border: 0; padding: 0; }
  .stack .inline { display: inline-block; padding-right: 8px; }
  .stack .inline .sub { display: inline; padding-left: 6px; }
  .stack .right { text-align: left; }
}
@media print {
  body { background: #fff; }
  main, header, footer { max-width: none; padding-left: 0; padding-right: 0; }
  nav { display: none; }
  section, .tiles li { break-inside: avoid; border-color: #ccc; }
  tr { break-inside: avoid; }
  canvas { max-width: 100%; }
  details:not([open]) { display: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`
