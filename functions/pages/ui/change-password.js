// <or3-change-password>.

import { h } from './dom.js';
import { Or3Element, define } from './element.js';
import { form, newPasswordFields, passwordField } from './form.js';
import { t } from './messages.js';

class ChangePassword extends Or3Element {
  #shownFor;

  changed() {
    if (this.#shownFor !== this.#whose()) this.render();
  }

  #whose() {
    const { session } = this.client;
    return session?.provider === 'basic-auth' ? session.providerUserId : null;
  }

  render() {
    this.#shownFor = this.#whose();
    if (!this.#shownFor) return this.show();
    const done = h('div', { class: 'done', role: 'status', part: 'done' });
    done.style.marginBottom = '1rem';
    const fields = form({
      fields: [passwordField('current', t('currentPassword')), ...newPasswordFields(t('newPassword'))],
      submit: t('changePassword'),
      wrong: 'currentWrong',
      send: async ({ current, newPassword }, node) => {
        done.replaceChildren();
        await this.client.changePassword(current, newPassword);
        node.reset();
        done.replaceChildren(t('passwordChanged'));
        this.tell('or3-password-changed');
      },
    });
    // Password managers want to know whose password it is.
    const { email } = this.client.session.user;
    const name = h('input', { type: 'text', name: 'username', autocomplete: 'username', value: email, hidden: true });
    fields.prepend(name);
    this.show(done, fields);
  }
}

define('or3-change-password', ChangePassword);
