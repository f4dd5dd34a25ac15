const light = `
  color-scheme: light;
  --page: #f4f5f7; --panel: #fff; --text: #1d2430; --muted: #566070; --line: #dfe3e8; --accent: #1f5fa8;
  --bad: #b3261e; --warn: #8a5300; --good: #1e6e3a; --bar: #3b76b5;`

const dark = `
  color-scheme: dark;
  --page: #12161c; --panel: #1b212a; --text: #e6eaf0; --muted: #a3aebc; --line: #333c48; --accent: #7db4ee;
  --bad: #ff8a80; --warn: #f5b55a; --good: #7fce98; --bar: #5b9bd8;`

/** Follows the reader's light or dark scheme. One column on a phone. */
export const pageStyle = `
:root {${light}
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
@media (prefers-color-scheme: dark) { :root {${dark} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; padding: 20px; background: var(--page); color: var(--text); overflow-wrap: anywhere; }
header, main, footer { max-width: 1180px; margin: 0 auto; }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 1.05rem; line-height: 1.3; margin: 0; }
h3 { font-size: .9rem; margin: 14px 0 4px; }
p { margin: 0 0 6px; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.muted { color: var(--muted); }
#stale { background: var(--bad); color: var(--page); padding: 8px 12px; border-radius: 8px; font-weight: 600; }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; }
#attention { margin: 14px 0; border-left: 5px solid var(--bad); }
#attention ul { margin: 6px 0 0; padding-left: 20px; }
form { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin: 14px 0; }
input, button { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--muted); border-radius: 6px; padding: 6px 10px; min-width: 0; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 14px; margin: 12px 0; padding: 0; list-style: none; }
nav a, nav [aria-current] { display: inline-block; padding: 4px 2px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 430px), 1fr)); gap: 14px; margin-top: 14px; align-items: start; }
.head { display: flex; justify-content: space-between; align-items: start; gap: 12px; }
.badge { flex: none; font-size: .8rem; font-weight: 650; padding: 1px 9px; border: 1.5px solid currentColor; border-radius: 12px; white-space: nowrap; }
.ended, .paused { color: var(--bad); }
.retrying { color: var(--warn); }
.caught_up, .done { color: var(--good); }
.starting, .reading { color: var(--accent); }
.trouble { border-left: 4px solid var(--bad); padding-left: 10px; margin: 10px 0; font-size: .93rem; }
.trouble.retrying { border-color: var(--warn); color: inherit; }
.trouble.paused, .trouble.ended { color: inherit; }
.say { font-weight: 600; }
.findings { margin: 0; padding-left: 20px; font-size: .9rem; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 14px; margin: 8px 0; font-size: .9rem; font-variant-numeric: tabular-nums; }
dt { color: var(--muted); }
dd { margin: 0; }
progress { width: 100%; height: 10px; accent-color: var(--bar); }
figure { margin: 10px 0 0; }
svg { display: block; width: 100%; height: 44px; border-bottom: 1px solid var(--line); }
path { fill: var(--bar); }
figcaption, details { font-size: .85rem; color: var(--muted); }
summary { cursor: pointer; padding: 4px 0; color: var(--accent); width: max-content; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 2px 18px 2px 0; font-weight: 400; }
td { text-align: right; }
code { font: .88em/1.5 ui-monospace, SFMono-Regular, Consolas, monospace; }
pre { margin: 4px 0; padding: 8px 10px; background: var(--page); border-radius: 6px; white-space: pre-wrap; }
footer { margin-top: 22px; font-size: .87rem; }
@media (max-width: 600px) {
  body { padding: 12px; }
  dl { grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); }
  summary, nav a, nav [aria-current], button, input { min-height: 40px; }
  summary { padding: 9px 0; }
}
@media (forced-colors: active) { path { fill: CanvasText; } }
`
