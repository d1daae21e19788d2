// The page /: what is running, and a walk through the main job.

import { authClient } from './or3-elements.js';
import { h } from './dom.js';
import { healthRows } from './health.js';
import { sayError } from './messages.js';
import { STEPS } from './try-it.js';

const auth = authClient();
auth.signInUrl = '/account';
const $ = (id) => document.getElementById(id);

auth.addEventListener('change', show);
$('run').addEventListener('click', run);
// A link with an invite leads here.
if (new URLSearchParams(location.search).has('invite')) location.replace(`/account${location.search}`);
$('steps').append(...STEPS.map((step) => card(step)));
state();
auth.ready.then(show);

function show() {
  $('to-admin').hidden = !auth.session?.deploymentAdmin;
}

/** What deep health says of the parts. */
async function state() {
  const pill = $('state');
  try {
    const { status, providers } = await auth.request('GET', '/api/health?deep=true');
    const good = status === 'ok';
    pill.replaceChildren(good ? 'all well' : 'degraded');
    pill.classList.add(good ? 'good' : 'bad');
    $('parts').replaceChildren(...healthRows(providers));
  } catch (error) {
    pill.replaceChildren('unreachable');
    pill.classList.add('bad');
    $('parts').replaceChildren(h('div', { class: 'alert' }, sayError(error)));
  }
}

function card({ title, method, path }) {
  return h(
    'li', {},
    h('div', { class: 'row' }, h('span', { class: 'name' }, title), h('span', { class: 'pill result' })),
    h('code', { class: 'muted' }, `${method} ${path}`),
    h('details', { hidden: true }, h('summary', {}, 'What was sent and answered'), h('pre', { tabindex: '0' })),
  );
}

let running = false;

async function run() {
  if (running) return;
  if (auth.state !== 'signed-in') return location.assign('/account?return=/');
  running = true;
  $('run').setAttribute('aria-disabled', 'true');
  const memory = { workspace: auth.session.workspace.id };
  for (const [at, step] of STEPS.entries()) {
    if (!(await took($('steps').children[at], step, memory))) break;
  }
  running = false;
  $('run').removeAttribute('aria-disabled');
}

/** Runs one step and shows what became of it. */
async function took(item, step, memory) {
  const pill = item.querySelector('.result');
  const started = performance.now();
  let shown;
  try {
    shown = await step.run(auth, memory);
    pill.className = 'pill result good';
    pill.replaceChildren(`${Math.round(performance.now() - started)} ms`);
  } catch (error) {
    shown = { error: error.message };
    pill.className = 'pill result bad';
    pill.replaceChildren(error.status ? `${error.status}` : 'failed');
  }
  item.querySelector('details').hidden = false;
  item.querySelector('pre').replaceChildren(JSON.stringify(shown, null, 2));
  return !shown.error;
}
