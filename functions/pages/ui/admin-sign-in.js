// <or3-admin-sign-in>: name and password of the administrator.

import { api } from './admin-api.js';
import { Or3Element, define } from './element.js';
import { form, passwordField } from './form.js';
import { t } from './messages.js';

class AdminSignIn extends Or3Element {
  changed() {}

  render() {
    const name = { name: 'username', label: t('adminName'), autocomplete: 'username', check: (text) => (text.trim() ? '' : t('adminNameMissing')) };
    const send = async ({ username, password }) => {
      await api('POST', '/api/admin/auth/login', { username: username.trim(), password }, { quiet: true });
      this.tell('or3-admin-in');
    };
    this.show(form({ fields: [name, passwordField('password', t('password'))], submit: t('signIn'), wrong: 'adminWrong', send }));
  }

  focus() {
    this.shadowRoot.querySelector('input').focus();
  }
}

define('or3-admin-sign-in', AdminSignIn);
