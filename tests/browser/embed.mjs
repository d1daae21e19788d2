// The button on a page of another origin: signs in by its dialog where that origin is listed, and is not
// even loaded where it is not.

import { PASSWORD, address, assert, base, button, field, play, register, signOut } from './stage.mjs';

const { FRIEND, STRANGER } = process.env;

play(async (stage) => {
  const person = await stage.person();
  const page = await person.tab();
  const email = address('ada');
  await register(page, email);
  await signOut(page);

  const friend = await person.tab();
  await friend.goto(`${FRIEND}/?server=${encodeURIComponent(base)}`);
  await button(friend, 'Sign in').click();
  const dialog = friend.getByRole('dialog');
  await field(dialog, 'E-mail address').fill(email);
  await field(dialog, 'Password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await button(friend, 'Account of Ada Lovelace').click();
  const account = friend.getByRole('menuitem', { name: 'Account' });
  assert.equal(await account.getAttribute('href'), `${base}/account`);
  await stage.look(friend, 'embedded');
  await friend.getByRole('menuitem', { name: 'Sign out' }).click();
  await button(friend, 'Sign in').waitFor();

  const refused = [];
  const stranger = await person.tab(null, ['CORS policy', 'ERR_FAILED']);
  stranger.on('console', (message) => refused.push(message.text()));
  await stranger.goto(`${STRANGER}/?server=${encodeURIComponent(base)}`);
  await stranger.waitForLoadState('networkidle');
  assert.ok(refused.some((text) => text.includes('blocked by CORS policy')), refused.join());
  assert.equal(await stranger.evaluate(() => customElements.get('or3-auth-button')), undefined);
});
