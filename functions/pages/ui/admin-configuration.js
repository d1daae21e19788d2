// The settings in force, each with where its value comes from. Nothing is changed here.

import { api } from './admin-api.js';
import { h, sentence } from './dom.js';
import { panel, searchField } from './table.js';

export async function configuration() {
  const { entries } = await api('GET', '/api/admin/system/config/enriched');
  const body = h('div', { class: 'stack', 'aria-live': 'polite' });
  const search = searchField('Search by name or meaning', (text) => fill(text.toLowerCase()));
  const given = h('input', { type: 'checkbox', id: 'given', onchange: () => fill(search.value.trim().toLowerCase()) });

  function fill(text) {
    const wanted = ({ key, description, source }) => `${key} ${description}`.toLowerCase().includes(text) && (!given.checked || source !== 'default');
    const groups = Map.groupBy(entries.filter(wanted), ({ group }) => group);
    const cards = [...groups].map(([group, found]) => panel(group, null, null, h('dl', { class: 'settings' }, found.toSorted((one, other) => one.order - other.order).map(setting))));
    body.replaceChildren(...(cards.length ? cards : [h('p', { class: 'empty' }, 'No setting is found.')]));
  }

  fill('');
  const acts = h('div', { class: 'row' }, search, h('label', { class: 'row tight', for: 'given' }, given, 'Only what was set'));
  return [h('h1', {}, 'Configuration'), h('p', { class: 'lead' }, 'The settings of the process that answers. Secrets are not shown; changes take a new start.'), acts, body];
}

function setting({ key, value, masked, source, givenAs, default: usual, description }) {
  const shown = masked ? '••••••' : value ?? ((usual || 'none').replaceAll('`', ''));
  return h(
    'div', {},
    h('dt', {}, h('code', {}, key), h('span', { class: `pill ${source === 'default' ? '' : 'good'}` }, givenAs ? `${source}, as ${givenAs}` : source)),
    h('dd', {}, h('code', {}, shown), h('span', { class: 'muted small' }, sentence(description))),
  );
}
