// The connection goes and comes back: it is said, and nobody is signed out.

import { address, assert, button, field, play, register } from './stage.mjs';

play(async (stage) => {
  const person = await stage.person();
  const page = await person.tab(null, ['ERR_INTERNET_DISCONNECTED']);
  await register(page, address('ada'));
  await person.context.setOffline(true);
  await page.getByText('No connection.').waitFor();
  await stage.look(page, 'offline');
  await page.getByRole('heading', { name: 'Ada Lovelace', level: 1 }).waitFor();

  await field(page, 'Current password').fill('correct horse 42');
  await field(page, 'New password').fill('another horse 43');
  await field(page, 'Repeat the password').fill('another horse 43');
  await button(page, 'Change password').click();
  await page.getByText('The server cannot be reached.').waitFor();
  assert.equal(await field(page, 'New password').inputValue(), 'another horse 43', 'what was written stays');

  await person.context.setOffline(false);
  await page.getByText('Back online.').waitFor();
  await page.getByText('Back online.').waitFor({ state: 'detached' });
  await button(page, 'Change password').click();
  await page.getByText('Your password is changed.').waitFor();
});
