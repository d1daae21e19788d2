// The workspaces of whoever is signed in: create, rename, switch, leave, delete.

import { ask } from './dialog.js';
import { h } from './dom.js';
import { sayError } from './messages.js';

const PATH = '/api/workspaces';
const nameField = (value = '') => ({ name: 'name', label: 'Name', value, required: true, maxlength: 100 });
const wordsField = (value = '') => ({ name: 'description', label: 'Description', value, maxlength: 1000, hint: 'Optional.' });

export class Workspaces {
  #auth;
  #list = h('div', { 'aria-live': 'polite' }, h('p', { class: 'muted' }, 'Loading …'));

  constructor(auth) {
    this.#auth = auth;
    const create = h('button', { class: 'button', type: 'button', onclick: () => this.#create() }, 'New workspace');
    this.node = h('div', { class: 'stack' }, this.#list, h('div', {}, create));
    this.ready = this.#load();
  }

  async #load() {
    try {
      const { workspaces } = await this.#auth.json('GET', PATH);
      this.#list.replaceChildren(h('ul', { class: 'list' }, workspaces.map((one) => this.#row(one))));
    } catch (error) {
      const again = h('button', { class: 'button little', type: 'button', onclick: () => this.#load() }, 'Try again');
      this.#list.replaceChildren(h('div', { class: 'alert', role: 'alert' }, sayError(error)), again);
    }
  }

  #row(one) {
    const act = (text, what, danger) => h(
      'button', {
        class: `button little${danger ? ' danger' : ''}`, type: 'button', 'aria-label': `${text} ${one.name}`, onclick: () => what(one),
      }, text,
    );
    const owner = one.role === 'owner';
    return h(
      'li', { 'data-id': one.id },
      h(
        'div', { class: 'about' },
        h('div', { class: 'row' }, h('span', { class: 'name' }, one.name), h('span', { class: 'pill' }, one.role), one.isActive && h('span', { class: 'pill good' }, 'current')),
        one.description && h('div', { class: 'muted small' }, one.description),
      ),
      h(
        'div', { class: 'row' },
        !one.isActive && act('Switch to', () => this.#switch(one)),
        one.role !== 'viewer' && act('Rename', () => this.#rename(one)),
        act('Leave', () => this.#leave(one)),
        owner && act('Delete', () => this.#delete(one), true),
      ),
    );
  }

  async #changed(done) {
    if (!done) return;
    await Promise.all([this.#load(), this.#auth.load()]);
  }

  async #create() {
    const act = (body) => this.#auth.json('POST', PATH, body);
    await this.#changed(await ask({ title: 'New workspace', fields: [nameField(), wordsField()], verb: 'Create', act }));
  }

  async #rename(one) {
    const act = (body) => this.#auth.json('PATCH', address(one), body);
    const fields = [nameField(one.name), wordsField(one.description ?? '')];
    await this.#changed(await ask({ title: `Rename ${one.name}`, fields, verb: 'Save', act }));
  }

  async #switch(one) {
    try {
      await this.#auth.json('POST', `${PATH}/active`, { id: one.id });
      await this.#changed(true);
    } catch (error) {
      this.#list.prepend(h('div', { class: 'alert', role: 'alert' }, sayError(error)));
    }
  }

  async #leave(one) {
    const act = () => this.#auth.json('POST', `${address(one)}/leave`);
    const text = 'You lose what is in it, on all your devices. An owner can invite you again.';
    await this.#changed(await ask({ title: `Leave ${one.name}?`, text, verb: 'Leave', danger: true, act }));
  }

  async #delete(one) {
    const act = () => this.#auth.json('DELETE', address(one));
    const text = 'Everybody in it loses it. An administrator can bring it back for a while.';
    await this.#changed(await ask({ title: `Delete ${one.name}?`, text, verb: 'Delete', danger: true, act }));
  }
}

function address({ id }) {
  return `${PATH}/${encodeURIComponent(id)}`;
}
