/** Style sheet of the reports: light and dark, wide and narrow. */
export const styles: string = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1b1f24; --muted: #59636e; --line: #d6dbe1; --wash: #f4f6f8; --accent: #0072b2;
  --c0: #0072b2; --c1: #d55e00; --c2: #00805d; --c3: #b0508c; --c4: #8a6a00; --c5: #2796cc; --c6: #5a5f66; --c7: #7a3b10;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --ink: #e4e7ea; --muted: #a0a9b3; --line: #394149; --wash: #1d2125; --accent: #5bb5ea;
    --c0: #5bb5ea; --c1: #ff8a3d; --c2: #34c79c; --c3: #e597c6; --c4: #e3c04a; --c5: #a8e0ff; --c6: #c2c7cc; --c7: #d19a70;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 80rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .5rem; }
p, ul.warnings { max-width: 46rem; margin: .5rem 0; }
.muted, figcaption { color: var(--muted); font-size: .9rem; }
.note { border-left: 3px solid var(--c1); padding-left: .75rem; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; width: 100%; }
th, td { padding: .3rem .45rem; text-align: right; white-space: nowrap; }
thead th { font-weight: 600; background: var(--wash); }
thead th[colspan] { text-align: center; }
th.first, th.anchors, td.anchors { text-align: left; }
td.wrap { white-space: normal; min-width: 20rem; text-align: left; width: 100%; }
th.first, th.anchors, td.anchors { position: sticky; background: var(--paper); z-index: 1; }
th.first { left: 0; width: 6.4rem; min-width: 6.4rem; }
th.anchors, td.anchors { left: 6.4rem; box-shadow: inset -1px 0 var(--line); }
thead th.first, thead th.anchors { background: var(--wash); }
ul.conclusion { max-width: 46rem; margin: .5rem 0; padding-left: 1.2rem; }
ul.conclusion li { margin: .35rem 0; }
@media (max-width: 40rem) {
  th.first { width: 5.6rem; min-width: 5.6rem; }
  th.anchors, td.anchors { left: 5.6rem; white-space: normal; }
}
pre { margin: .2rem 0 0; padding: .4rem .6rem; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--wash); border-radius: 6px; font-size: .85rem; }
.key dt { display: flex; align-items: center; gap: .4rem; }
tbody tr > * { border-top: 1px solid var(--line); }
tbody th { font-weight: 500; }
.group { border-left: 1px solid var(--line); }
.sd { display: block; color: var(--muted); font-size: .78rem; line-height: 1.1; }
figure { margin: 0; }
figure svg { display: block; max-width: 100%; height: auto; overflow: visible; --plot-background: var(--paper); }
.pair svg { width: 100%; max-width: 40rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.5rem 2.5rem; }
.small { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 10rem), 14rem)); gap: 1.25rem; margin-top: .75rem; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; margin: .75rem 0; padding: 0; font-size: .85rem; }
.legend li { display: flex; align-items: center; gap: .4rem; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .5rem 0; font-size: .9rem; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
@media print { .scroll { overflow: visible; } h2 { break-after: avoid; } figure { break-inside: avoid; } }
`;
