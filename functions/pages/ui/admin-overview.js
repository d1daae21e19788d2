// The deployment at a glance: numbers, health, and pictures of the last hours.

import { api, query } from './admin-api.js';
import { chart, highest, newest, sum } from './chart.js';
import { h } from './dom.js';
import { bytes, compact, duration, number } from './format.js';
import { healthRows } from './health.js';
import { panel } from './table.js';

const RANGES = [[3600, '1 hour'], [6 * 3600, '6 hours'], [24 * 3600, '24 hours']];

export async function overview() {
  const [numbers, health] = await Promise.all([
    api('GET', '/api/admin/overview'),
    api('GET', '/api/health?deep=true'),
  ]);
  const pictures = h('div', { class: 'charts' });
  const range = h('select', { 'aria-label': 'Time shown', onchange: () => fill(pictures, Number(range.value)) }, RANGES.map(([seconds, text]) => h('option', { value: seconds }, text)));
  const parts = panel('State', 'What every part says of itself.', pill(health.status), h('div', {}, healthRows(health.providers)));
  const seen = panel('Pictures', 'A minute at a time, of the process that answers.', range, pictures);
  await fill(pictures, RANGES[0][0]);
  return [h('h1', {}, 'Overview'), tiles(numbers), parts, seen];
}

function pill(status) {
  const good = status === 'ok';
  return h('span', { class: `pill ${good ? 'good' : 'bad'}` }, good ? 'all well' : status);
}

function tiles(numbers) {
  const tile = (label, value, note, to) => h(
    'div', { class: 'tile' }, h('dt', {}, to ? h('a', { href: to }, label) : label), h('dd', {}, h('strong', {}, value), note && h('span', { class: 'muted small' }, note)),
  );
  return h(
    'dl', { class: 'tiles' },
    tile('Users', number(numbers.users), `${number(numbers.admins)} with a grant`, '#users'),
    tile('Workspaces', number(numbers.workspaces), `${number(numbers.deletedWorkspaces)} deleted`, '#workspaces'),
    tile('Sessions', number(numbers.sessions), `${number(numbers.pendingInvites)} open invites`),
    tile('Changes', compact(numbers.changes), 'in all'),
    tile('Files', bytes(numbers.storedBytes), 'in all'),
  );
}

/** The samples of the process that answers; none where nobody takes any. */
async function history(seconds) {
  try {
    return (await api('GET', query('/api/admin/metrics/history', { seconds }))).samples;
  } catch (error) {
    if (error.status === 404) return [];
    throw error;
  }
}

async function fill(place, seconds) {
  const [samples, { runs }] = await Promise.all([history(seconds), api('GET', '/api/admin/gc/runs?limit=100')]);
  const recent = runs.filter(({ startedAt, dryRun }) => !dryRun && startedAt > Date.now() - seconds * 1000).reverse();
  const counted = samples.length ? traffic(samples) : [nothing()];
  place.replaceChildren(...counted, ...collected(recent));
}

function nothing() {
  const text = 'Nothing was counted yet. The local stack takes a sample a minute; functions take none: theirs are in the metrics of the cloud.';
  return h('p', { class: 'empty wide' }, text);
}

function traffic(samples) {
  const times = samples.map(({ atSeconds }) => atSeconds * 1000);
  const values = (name) => samples.map((sample) => sample[name]);
  const one = (title, name, field, format, join, growth) => chart({ title, times, format, join, growth, series: [{ name, values: values(field) }] });
  return [
    one('Requests a minute', 'requests', 'requests', compact),
    chart({
      title: 'Refused and failed', times, format: compact, join: sum,
      series: [{ name: 'failed', values: values('errors') }, { name: 'rate limited', values: values('rateLimited') }],
    }),
    chart({
      title: 'Latency', times, format: duration, join: highest,
      series: [{ name: 'half', values: values('p50Ms') }, { name: '95 of 100', values: values('p95Ms') }],
    }),
    one('Round trips to stores a minute', 'round trips', 'roundTrips', compact),
    one('Files', 'stored', 'storedBytes', bytes, newest, true),
    one('Change log', 'versions', 'changeLogVersions', compact, newest, true),
  ];
}

function collected(runs) {
  const times = runs.map(({ startedAt }) => startedAt);
  const one = (title, name, format, values) => chart({ title, times, format, join: sum, series: [{ name, values }] });
  return [
    one('Removed by collections', 'removed', compact, runs.map(({ removed }) => removed)),
    one('Freed by collections', 'freed', bytes, runs.map((run) => run.bytes)),
  ];
}
