// <or3-sign-in> and <or3-register>.

import { h } from './dom.js';
import { Or3Element, define } from './element.js';
import { emailField, form, newPasswordFields, passwordField } from './form.js';
import { t } from './messages.js';

/** What both have: a form that stays as it is while somebody writes in it. */
class Entrance extends Or3Element {
  #off;

  changed() {
    if (this.#off !== this.#isOff()) this.render();
  }

  #isOff() {
    return this.client.state === 'off';
  }

  render() {
    this.#off = this.#isOff();
    if (this.#off) this.show();
    else this.show(this.form(), this.other());
  }

  /** The way to the other of the two; the page decides where that leads. */
  way(question, text, event) {
    const go = () => this.tell(event);
    const button = h('button', { class: 'link', type: 'button', part: 'switch', onclick: go }, text);
    const line = h('p', { class: 'muted', part: 'footer' }, question, ' ', button);
    line.style.marginTop = '1rem';
    return line;
  }

  /** Puts the cursor into the first empty field. */
  focus() {
    const inputs = [...this.shadowRoot.querySelectorAll('input')];
    (inputs.find(({ value }) => !value) ?? inputs[0])?.focus();
  }
}

class SignIn extends Entrance {
  form() {
    return form({
      fields: [emailField(this.getAttribute('email') ?? ''), passwordField('password', t('password'))],
      submit: t('signIn'),
      wrong: 'wrong',
      send: async ({ email, password }) => {
        await this.client.signIn(email.trim(), password);
        this.tell('or3-signed-in');
      },
    });
  }

  other() {
    const closed = this.client.config?.registrationMode === 'disabled';
    return closed ? null : this.way(t('noAccount'), t('createAccount'), 'or3-want-register');
  }
}

class Register extends Entrance {
  form() {
    return form({
      fields: [
        { name: 'name', label: t('displayName'), autocomplete: 'name', hint: t('displayNameHint'), maxlength: 120 },
        emailField(this.getAttribute('email') ?? ''),
        ...newPasswordFields(t('password')),
        ...this.#invite(),
      ],
      submit: t('createAccount'),
      wrong: 'emailTaken',
      send: (values) => this.#send(values),
    });
  }

  async #send({ name, email, newPassword, invite }) {
    const account = { email: email.trim(), password: newPassword, confirmPassword: newPassword };
    if (name.trim()) account.displayName = name.trim();
    if (invite?.trim()) account.inviteToken = invite.trim();
    await this.client.register(account);
    this.tell('or3-signed-in');
  }

  /** Where registering takes an invite; it usually came with the address. */
  #invite() {
    if (this.client.config?.registrationMode !== 'invite_only') return [];
    const value = new URLSearchParams(location.search).get('invite') ?? '';
    const check = (text) => (text.trim() ? '' : t('inviteNeeded'));
    return [{ name: 'invite', label: t('invite'), hint: t('inviteHint'), autocomplete: 'off', value, check }];
  }

  other() {
    return this.way(t('haveAccount'), t('signIn'), 'or3-want-sign-in');
  }
}

define('or3-sign-in', SignIn);
define('or3-register', Register);
