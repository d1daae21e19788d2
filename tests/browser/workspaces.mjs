// Workspaces: create, rename, switch, leave, delete; the last owner stays.

import { address, assert, button, field, play, register } from './stage.mjs';

play(async (stage) => {
  const email = address('ada');
  const page = await (await stage.person()).tab(null, ['409 (Conflict)']);
  await register(page, email);
  const row = (name) => page.locator('#workspaces li').filter({ hasText: name });
  await row('My Workspace').getByText('current').waitFor();

  await button(page, 'New workspace').click();
  await field(page, 'Name').fill('Plans');
  await field(page, 'Description').fill('What comes next');
  await stage.look(page, 'new-workspace');
  await button(page, 'Create').click();
  await row('Plans').waitFor();
  assert.equal(await row('Plans').getByText('current').count(), 0);

  await button(page, 'Rename Plans').click();
  await field(page, 'Name').fill('Better plans');
  await button(page, 'Save').click();
  await row('Better plans').getByText('What comes next').waitFor();

  await button(page, 'Switch to Better plans').click();
  await row('Better plans').getByText('current').waitFor();
  await stage.look(page, 'workspaces');

  await button(page, 'Leave Better plans').click();
  await button(page, 'Leave').click();
  await page.getByText('You are its last owner.').waitFor();
  await stage.look(page, 'last-owner');
  await button(page, 'Cancel').click();

  await button(page, 'Delete Better plans').click();
  await button(page, 'Delete').click();
  await row('Better plans').waitFor({ state: 'detached' });
  await row('My Workspace').getByText('current').waitFor();

  // Somebody else's workspace can be left.
  const eve = await (await stage.person()).tab();
  const guest = address('eve');
  await register(eve, guest, 'Eve');
  await invite(page, guest);
  await eve.reload();
  const shared = eve.locator('#workspaces li').filter({ hasText: 'viewer' });
  await shared.getByRole('button', { name: 'Leave My Workspace' }).click();
  await button(eve, 'Leave').click();
  await shared.waitFor({ state: 'detached' });
  assert.equal(await eve.locator('#workspaces li').count(), 1);
});

/** Ada makes somebody a viewer of her workspace. */
async function invite(page, email) {
  const status = await page.evaluate(async (emailOrProviderId) => {
    const headers = { 'content-type': 'application/json', 'x-or3-admin-intent': 'admin' };
    const body = JSON.stringify({ emailOrProviderId, role: 'viewer' });
    return (await fetch('/api/admin/workspace/members/upsert', { method: 'POST', headers, body })).status;
  }, email);
  assert.equal(status, 200);
}
