/** The samples' style sheet: one file, light and dark, usable on a phone. The side's colour comes with the body's class. */
export const style = `
:root { color-scheme: light dark; --paper: #f6f5f1; --surface: #fff; --line: #dedbd2; --edge: #8a877d; --ink: #1d2129;
  --soft: #545a66; --link: #2f46a8; --side: #0b6b63; --tint: #dcf0ed; --bad: #a8231f; }
.erp { --side: #96480b; --tint: #fae9d7; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #12151a; --surface: #1a1e25; --line: #2d333d; --edge: #78808d; --ink: #e9eaee; --soft: #a6acb8;
    --link: #9db0ff; --side: #6fd3c7; --tint: #123431; --bad: #ff9c94; }
  .erp { --side: #f2b277; --tint: #3b2611; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
header, main, footer { max-width: 60rem; margin: 0 auto; padding: 12px 16px; }
header { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; }
header a, header button { min-height: 44px; display: inline-flex; align-items: center; }
header form { margin: 0 0 0 auto; display: flex; gap: 12px; align-items: center; flex-wrap: wrap; }
.bar { border-top: 4px solid var(--side); background: var(--surface); border-bottom: 1px solid var(--line); }
.brand { font-weight: 650; color: inherit; text-decoration: none; gap: 8px; }
.brand::before { content: ""; width: 12px; height: 12px; background: var(--side); border-radius: 50%; }
.erp .brand::before { border-radius: 2px; }
h1 { font-size: 28px; line-height: 1.2; margin: 16px 0 8px; }
h2 { font-size: 18px; margin: 28px 0 8px; }
a { color: var(--link); }
button, .button { font: inherit; font-weight: 600; padding: 8px 16px; min-height: 44px; border: 1px solid var(--edge); border-radius: 6px;
  background: var(--surface); color: inherit; cursor: pointer; text-decoration: none; display: inline-flex; align-items: center; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 8px 16px; }
.soft, footer { color: var(--soft); }
footer { font-size: 13.5px; margin-top: 32px; }
.note { background: var(--tint); border-left: 4px solid var(--side); padding: 8px 12px; border-radius: 4px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 8px 12px 8px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child > td { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 8px 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 700px) {
  header form { margin-left: 0; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, td { display: block; }
  tr { padding: 8px 0; border-bottom: 1px solid var(--line); }
  tr:last-child { border-bottom: 0; }
  td { border: 0; padding: 2px 0; display: grid; grid-template-columns: 8rem 1fr; gap: 8px; overflow-wrap: anywhere; }
  td::before { content: attr(data-label); color: var(--soft); }
  .number { text-align: left; }
}
`;
