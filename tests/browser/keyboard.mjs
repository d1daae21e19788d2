// Without a pointer: in, through the menu, and out.

import { PASSWORD, address, assert, button, play, register, signOut } from './stage.mjs';

play(async (stage) => {
  const page = await (await stage.person()).tab();
  const email = address('ada');
  await register(page, email);
  await signOut(page);
  await button(page, 'Sign in').waitFor();

  await page.goto(page.url());
  await button(page, 'Sign in').waitFor();
  // The cursor waits in the first field.
  await page.keyboard.type(email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Ada Lovelace', level: 1 }).waitFor();

  const opener = button(page, 'Account of Ada Lovelace');
  await opener.focus();
  await page.keyboard.press('Enter');
  assert.equal(await opener.getAttribute('aria-expanded'), 'true');
  const focused = () => page.evaluate(() => document.querySelector('or3-auth-button').shadowRoot.activeElement?.textContent);
  assert.equal(await focused(), 'Account');
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(), 'Sign out');
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(), 'Account');
  await page.keyboard.press('End');
  assert.equal(await focused(), 'Sign out');
  await stage.look(page, 'menu');
  await page.keyboard.press('Escape');
  assert.equal(await opener.getAttribute('aria-expanded'), 'false');
  assert.equal(await opener.evaluate((node) => node.getRootNode().activeElement === node), true);

  await button(page, 'New workspace').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('By keyboard');
  await page.keyboard.press('Enter');
  await page.getByText('By keyboard').waitFor();

  await opener.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await button(page, 'Sign in').waitFor();
});
