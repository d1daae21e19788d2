// The style of the elements. A host changes colours and shape by --or3-… on them or above them, and
// anything by ::part().

const TEXT = `
:host {
  --_accent: var(--or3-accent, light-dark(#0b6b62, #5cc9bc));
  --_on-accent: var(--or3-on-accent, light-dark(#fff, #06231f));
  --_soft: var(--or3-accent-soft, light-dark(#e3f1ef, #17322f));
  --_surface: var(--or3-surface, light-dark(#fff, #1c2024));
  --_text: var(--or3-text, light-dark(#1d2125, #e8e6e1));
  --_muted: var(--or3-muted, light-dark(#5d6368, #a3a9ae));
  --_line: var(--or3-line, light-dark(#dedbd4, #343a40));
  --_edge: var(--or3-edge, light-dark(#868c91, #737a80));
  --_danger: var(--or3-danger, light-dark(#a8261c, #ff9c8f));
  --_danger-soft: var(--or3-danger-soft, light-dark(#fbeae8, #3a1f1c));
  --_radius: var(--or3-radius, 8px);
  display: block;
  color: var(--_text);
  font: var(--or3-font, 400 1rem/1.5 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif);
}
:host([hidden]) { display: none; }
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
:host([theme="auto"]) { color-scheme: light dark; }
*, ::before, ::after { box-sizing: border-box; }
:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
button, input { font: inherit; color: inherit; }
button { cursor: pointer; }
a, .link { color: var(--_accent); text-underline-offset: .2em; }
.link { background: none; border: 0; padding: 0; text-decoration: underline; }
p, h2, ul, dl { margin: 0; padding: 0; }
.muted { color: var(--_muted); font-size: .875rem; }
.button {
  display: inline-flex; align-items: center; justify-content: center; gap: .5rem;
  min-height: 2.5rem; padding: .375rem 1rem; border-radius: var(--_radius);
  border: 1px solid var(--_edge); background: var(--_surface); font-weight: 500;
  text-decoration: none; color: var(--_text); white-space: nowrap;
}
.button:hover { border-color: var(--_accent); color: var(--_accent); }
.button.main { background: var(--_accent); border-color: var(--_accent); color: var(--_on-accent); }
.button.main:hover { filter: brightness(1.08); color: var(--_on-accent); }
.button.small { min-height: 2rem; padding: .125rem .75rem; font-size: .875rem; }
.button[aria-disabled="true"] { opacity: .65; cursor: default; filter: none; }
form { display: grid; gap: 1rem; }
.field { display: grid; gap: .25rem; }
label { font-weight: 500; font-size: .875rem; }
.box { display: flex; position: relative; }
input {
  width: 100%; min-height: 2.75rem; padding: .375rem .75rem; border-radius: var(--_radius);
  border: 1px solid var(--_edge); background: var(--_surface);
}
input:focus-visible { outline-offset: 0; border-color: var(--_accent); }
input[aria-invalid="true"] { border-color: var(--_danger); }
.reveal {
  position: absolute; inset: 0 .25rem 0 auto; margin: auto; height: 2rem; padding: 0 .5rem;
  border: 0; border-radius: 6px; background: none; color: var(--_muted); font-size: .8125rem;
}
.reveal:hover { color: var(--_accent); }
.box:has(.reveal) input { padding-right: 4rem; }
.hint { color: var(--_muted); font-size: .8125rem; }
.wrong { color: var(--_danger); font-size: .8125rem; }
.alert:not(:empty) {
  padding: .625rem .75rem; border-radius: var(--_radius); font-size: .875rem;
  background: var(--_danger-soft); color: var(--_danger);
}
.done:not(:empty) {
  padding: .625rem .75rem; border-radius: var(--_radius); font-size: .875rem;
  background: var(--_soft); color: var(--_text);
}
.alert:empty, .done:empty, .wrong:empty { display: none; }
.spinner {
  width: 1em; height: 1em; border-radius: 50%; border: 2px solid currentcolor;
  border-right-color: transparent; animation: turn .8s linear infinite;
}
@keyframes turn { to { rotate: 1turn; } }
@media (prefers-reduced-motion: reduce) { .spinner { animation-duration: 4s; } }
.avatar {
  display: inline-grid; place-items: center; flex: none; width: 2.25rem; height: 2.25rem;
  border-radius: 50%; background: var(--_soft); color: var(--_accent); font-weight: 600;
  font-size: .875rem; line-height: 1;
}
.avatar::before { content: attr(data-initials) / ""; }
.hidden {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap;
}
`;

let shared;

/** The sheet that all shadow trees adopt. */
export function sheet() {
  if (!shared) {
    shared = new CSSStyleSheet();
    shared.replaceSync(TEXT);
  }
  return shared;
}

/** A sheet for one kind of element. */
export function own(text) {
  const own = new CSSStyleSheet();
  own.replaceSync(text);
  return own;
}
