// Three devices of one person: one ends another, and then all others.

import { address, assert, button, play, register, signIn } from './stage.mjs';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1';

play(async (stage) => {
  const email = address('ada');
  const laptop = await (await stage.person()).tab();
  await register(laptop, email);
  const others = [];
  for (const userAgent of [FIREFOX, IPHONE, IPHONE]) {
    const page = await (await stage.person({ userAgent })).tab('/account');
    await signIn(page, email);
    await page.getByRole('heading', { name: 'Ada Lovelace', level: 1 }).waitFor();
    others.push(page);
  }
  await laptop.reload();
  const rows = laptop.locator('or3-sessions li');
  await laptop.getByText('Firefox · Linux').waitFor();
  assert.equal(await rows.count(), 4);
  assert.equal(await laptop.getByText('This device').count(), 1);
  await stage.look(laptop, 'sessions');

  await button(laptop, 'Sign out Firefox · Linux').click();
  await laptop.getByText('Firefox · Linux').waitFor({ state: 'detached' });
  assert.equal(await rows.count(), 3);
  await others[0].reload();
  await button(others[0], 'Sign in').waitFor();

  await button(laptop, 'Sign out everywhere else').click();
  await laptop.getByText('Every other device is signed out.').waitFor();
  await laptop.getByText('No other device is signed in.').waitFor();
  assert.equal(await rows.count(), 1);
  for (const page of others.slice(1)) {
    await page.reload();
    await button(page, 'Sign in').waitFor();
  }
  await laptop.reload();
  await laptop.getByRole('heading', { name: 'Ada Lovelace', level: 1 }).waitFor();
});
