// Collections: what was removed, what would be, and whether files are what they should be.

import { api, query } from './admin-api.js';
import { ask } from './dialog.js';
import { h, time } from './dom.js';
import { bytes, duration, number } from './format.js';
import { ago, moment, sayError } from './messages.js';
import { panel, table } from './table.js';

const LOOKS = { completed: 'good', running: '', failed: 'bad', died: 'bad' };

export async function collections() {
  const list = h('div', { class: 'stack', 'aria-live': 'polite' });
  const result = h('div', { class: 'stack', 'aria-live': 'polite' });

  async function load(cursor) {
    const { runs, nextCursor } = await api('GET', query('/api/admin/gc/runs', { limit: 20, cursor }));
    const more = h('button', { class: 'button little', type: 'button', onclick: () => load(nextCursor) }, 'Older ones');
    list.replaceChildren(
      table('Collections', ['When', 'Wanted by', 'Outcome', 'Removed', 'Freed', 'Took'], runs.map(row), 'Nothing was collected yet.'),
      nextCursor ? h('div', {}, more) : '',
    );
  }

  async function look(title, body) {
    result.replaceChildren(h('p', { class: 'muted' }, 'Looking …'));
    try {
      result.replaceChildren(report(title, await api('POST', '/api/admin/gc/run', body)));
    } catch (error) {
      result.replaceChildren(h('div', { class: 'alert', role: 'alert' }, sayError(error)));
    }
  }

  async function collect() {
    const text = 'What is past its time goes for good. A dry run says beforehand what that is.';
    const act = () => look('Collection', {});
    if (await ask({ title: 'Collect now?', text, verb: 'Collect', danger: true, act })) await load();
  }

  const press = (text, what, look) => h('button', { class: `button ${look}`, type: 'button', onclick: what }, text);
  const acts = [
    press('Dry run', () => look('Dry run', { dryRun: true }), 'main'),
    press('Check files', () => look('Check of files', { verify: true }), ''),
    press('Collect now', collect, 'danger'),
  ];
  await load();
  return [
    h('h1', {}, 'Collections'),
    panel('Now', 'A dry run and a check remove nothing.', acts, result),
    panel('Past collections', 'By the schedule, by events and by requests.', null, list),
  ];
}

function pill(outcome) {
  return h('span', { class: `pill ${LOOKS[outcome] ?? 'warn'}` }, outcome.replaceAll('-', ' '));
}

function row(run) {
  return [
    time(run.startedAt, ago(run.startedAt), moment(run.startedAt)), run.dryRun ? `${run.source}, dry run` : run.source, pill(run.outcome),
    number(run.removed), bytes(run.bytes), run.durationMs == null ? '—' : duration(run.durationMs),
  ];
}

function report(title, run) {
  const parts = run.parts.filter(({ removed, outcome }) => removed || outcome !== 'completed');
  const names = ({ found }) => found?.length > 0 && h(
    'details', {}, h('summary', {}, 'Which'), h('pre', { tabindex: '0' }, found.slice(0, 200).map(({ name, bytes: size }) => `${name}${size ? `  ${bytes(size)}` : ''}`).join('\n')),
  );
  const rows = parts.map((part) => [h('div', {}, h('span', { class: 'name' }, part.kind.replaceAll('-', ' ')), names(part)), pill(part.outcome), number(part.removed), bytes(part.bytes)]);
  const removed = run.dryRun ? 'Would go' : 'Removed';
  const more = run.nextCursor ? ' There is more behind this first page.' : '';
  return h(
    'div', { class: 'stack' },
    h('p', { class: 'done', role: 'status' }, `${title}: ${number(run.removed)} things, ${bytes(run.bytes)}, in ${duration(run.durationMs ?? 0)}.${more}`),
    table(title, ['What', 'Outcome', removed, 'Bytes'], rows, 'There is nothing.'),
  );
}
