// A session ends after four minutes here, however often it is renewed: that is said from the start, and
// the password puts the end off.

import { PASSWORD, address, assert, button, field, play, register } from './stage.mjs';

play(async (stage) => {
  const page = await (await stage.person()).tab(null, ['401 (Unauthorized)']);
  await register(page, address('ada'));
  await page.getByText('Your session ends at').waitFor();
  await stage.look(page, 'ends');
  const before = await page.evaluate(ends);
  assert.equal(before.length, 1);

  await button(page, 'Stay signed in').click();
  const notice = page.locator('or3-session-notice');
  await field(notice, 'Password').fill('not the password');
  await notice.getByRole('button', { name: 'Stay signed in' }).click();
  await page.getByText('The current password is not right.').waitFor();
  await stage.look(page, 'wrong-password');
  await field(notice, 'Password').fill(PASSWORD);
  const ended = page.waitForResponse((answer) => answer.request().method() === 'DELETE' && answer.ok());
  await notice.getByRole('button', { name: 'Stay signed in' }).click();
  await ended;
  const after = await page.evaluate(ends);
  assert.equal(after.length, 1, 'the old session is over');
  assert.ok(after[0] > before[0], 'the end is later');
  await button(page, 'Not now').click();
  await page.getByText('Your session ends at').waitFor({ state: 'detached' });
});

async function ends() {
  const answer = await fetch('/api/basic-auth/sessions');
  return (await answer.json()).sessions.map(({ endsAt }) => endsAt);
}
