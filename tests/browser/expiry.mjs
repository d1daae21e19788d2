// A session ends for good after six seconds here: the page of whoever had one leads to the way in, and
// that leads back.

import { PASSWORD, address, assert, button, field, play, register, signIn } from './stage.mjs';

play(async (stage) => {
  const person = await stage.person();
  const page = await person.tab(null, ['401 (Unauthorized)']);
  const email = address('ada');
  await register(page, email);
  await page.getByText('Your session is over.').waitFor();
  await stage.look(page, 'over');
  await signIn(page, email);
  await page.getByRole('heading', { name: 'Ada Lovelace', level: 1 }).waitFor();

  // The start page has no form: it sends people to the one of the account, with the way back.
  await page.goto(new URL('/?kept=1', page.url()).href);
  await page.waitForURL('**/account?return=**');
  assert.equal(new URL(page.url()).searchParams.get('return'), '/?kept=1');
  await field(page, 'E-mail address').fill(email);
  await field(page, 'Password').fill(PASSWORD);
  await button(page, 'Sign in').click();
  await page.waitForURL('**/?kept=1');

  // A way back that leads elsewhere is none.
  for (const away of ['https://evil.example/', '//evil.example/', 'javascript:alert(1)', '/\\evil.example']) {
    const other = await (await stage.person()).tab(`/account?return=${encodeURIComponent(away)}`);
    await signIn(other, email);
    await other.getByRole('heading', { name: 'Ada Lovelace', level: 1 }).waitFor();
    assert.equal(new URL(other.url()).pathname, '/account', away);
    await other.close();
  }
});
