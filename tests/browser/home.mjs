// The start page: what runs, where the data are, and the main job step by step. From another page's
// point of view: the button with its dialog.

import { PASSWORD, address, assert, button, field, play, register, signOut } from './stage.mjs';

play(async (stage) => {
  const page = await (await stage.person()).tab();
  const email = address('ada');
  await register(page, email);
  await signOut(page);
  await page.goto(new URL('/', page.url()).href);
  await page.getByText('all well').waitFor();
  await page.getByText('or3.db').waitFor();
  await stage.look(page, 'signed-out');

  await button(page, 'Sign in').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('heading', { name: 'Sign in' }).waitFor();
  await stage.look(page, 'dialog');
  await dialog.getByRole('button', { name: 'Create account' }).click();
  await dialog.getByRole('heading', { name: 'Create account' }).waitFor();
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await field(dialog, 'E-mail address').fill(email);
  await field(dialog, 'Password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await button(page, 'Account of Ada Lovelace').waitFor();

  await button(page, 'Run all steps').click();
  const steps = page.locator('#steps > li');
  await steps.last().locator('.result:not(:empty)').waitFor();
  assert.equal(await steps.locator('.result.good').count(), await steps.count());
  await steps.nth(1).getByText('What was sent and answered').click();
  await steps.nth(1).getByText('Tried it').waitFor();
  await stage.look(page, 'tried');
});
