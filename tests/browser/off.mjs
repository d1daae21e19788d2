// Sign-in is switched off: the elements are there, show nothing, and nothing breaks.

import { assert, play } from './stage.mjs';

play(async (stage) => {
  const page = await (await stage.person()).tab('/account');
  await page.getByText('sign-in is switched off').waitFor();
  await page.evaluate(() => {
    for (const name of ['auth-button', 'sign-in', 'register', 'change-password', 'sessions', 'session-notice']) {
      document.querySelector('main').append(document.createElement(`or3-${name}`));
    }
  });
  const shown = await page.evaluate(() => [...document.querySelectorAll('main > *')]
    .filter(({ localName }) => localName.startsWith('or3-'))
    .map(({ shadowRoot }) => shadowRoot.textContent.trim()).join(''));
  assert.equal(shown, '');
  await stage.look(page, 'off');
  await page.goto(new URL('/', page.url()).href);
  await page.getByText('all well').waitFor();
  await stage.look(page, 'home');
});
