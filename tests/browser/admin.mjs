// The administrator: signs in, looks at everything, and looks after users, workspaces and collections.

import { address, assert, base, button, field, play, register } from './stage.mjs';

const VIEWS = ['Overview', 'Users', 'Workspaces', 'Collections', 'Audit trail', 'System', 'Configuration'];

play(async (stage) => {
  const [ada, eve] = [address('ada'), address('eve')];
  for (const [email, name] of [[ada, 'Ada Lovelace'], [eve, 'Eve Adams']]) await register(await (await stage.person()).tab(), email, name);

  const person = await stage.person();
  // The browser says every refusal on the console; so it does where nothing was counted.
  const refused = ['401 (Unauthorized)', '404 (Not Found)', '409 (Conflict)'];
  const page = await person.tab('/admin', refused);
  await signIn(page, 'not the password');
  await page.getByText('The name or the password is not right.').waitFor();
  await stage.look(page, 'wrong-password');
  await signIn(page, process.env.ADMIN_PASSWORD);
  for (const name of VIEWS) {
    await view(page, name);
    await stage.look(page, name.toLowerCase().replace(' ', '-'));
  }
  await configuration(page);
  await users(page, eve);
  await workspaces(stage, page, ada, eve);
  await collections(stage, page);
  await audit(stage, page);

  // What one tab ends, another hears at its next request.
  const other = await person.tab('/admin', refused);
  await other.getByRole('heading', { name: 'Overview' }).waitFor();
  await button(other, 'Sign out').click();
  await field(other, 'Name').waitFor();
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Users' }).click();
  await page.getByText('Your session is over.').waitFor();
});

async function signIn(page, password) {
  await field(page, 'Name').fill('root');
  await field(page, 'Password').fill(password);
  await button(page, 'Sign in').click();
}

async function view(page, name) {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
  await page.getByText('Loading …').waitFor({ state: 'detached' });
}

async function configuration(page) {
  const search = page.getByRole('searchbox');
  await search.fill('OR3_ADMIN_PASSWORD');
  const setting = page.locator('.settings > div').filter({ hasText: 'OR3_ADMIN_PASSWORD' });
  await setting.getByText('••••••').waitFor();
  assert.equal(await page.getByText(process.env.ADMIN_PASSWORD).count(), 0, 'no secret is shown');
  await search.fill('no such setting');
  await page.getByText('No setting is found.').waitFor();
}

async function users(page, email) {
  await view(page, 'Users');
  await page.getByRole('searchbox').fill(email);
  const row = page.locator('tbody tr').filter({ hasText: email });
  await page.locator('tbody tr').nth(1).waitFor({ state: 'detached' });
  await button(row, 'Make administrator: Eve Adams').click();
  await button(page, 'Make administrator').click();
  await row.getByText('administrator', { exact: true }).waitFor();
  await button(row, 'Revoke administration of Eve Adams').click();
  await button(page, 'Revoke').click();
  await row.getByText('administrator', { exact: true }).waitFor({ state: 'detached' });
  await page.getByRole('searchbox').fill('nobody has this');
  await page.getByText('Nobody is found.').waitFor();
}

async function workspaces(stage, page, ada, eve) {
  const name = `Plans of ${ada}`;
  await view(page, 'Workspaces');
  await button(page, 'New workspace').click();
  await field(page, 'Name').fill(name);
  await field(page, 'Owner').fill('nobody@example.com');
  await button(page, 'Create').click();
  await page.getByText('Nobody here is known as nobody@example.com.').waitFor();
  await field(page, 'Owner').fill(ada);
  await button(page, 'Create').click();
  await page.getByRole('link', { name }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();

  await button(page, 'Add member').click();
  await field(page, 'E-mail address or id').fill(eve);
  await button(page, 'Add').click();
  await field(page, `Role of ${eve}`).selectOption('viewer');
  await field(page, `Role of ${ada}`).selectOption('viewer');
  await page.getByText('Cannot demote the last workspace owner.').waitFor();
  assert.equal(await field(page, `Role of ${ada}`).inputValue(), 'owner');
  assert.equal(await field(page, `Role of ${eve}`).inputValue(), 'viewer');
  await stage.look(page, 'workspace');
  await button(page, `Remove ${eve}`).click();
  await button(page, 'Remove').click();
  await field(page, `Role of ${eve}`).waitFor({ state: 'detached' });

  await button(page, 'Invite').click();
  await field(page, 'E-mail address').fill('new@example.com');
  await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
  await page.getByText('Send them this link.').waitFor();
  const link = await field(page, 'Link').inputValue();
  assert.ok(link.startsWith(`${base}/?invite=`), link);
  await stage.look(page, 'invited');
  await button(page, 'Cancel').click();
  await button(page, 'Revoke new@example.com').click();
  await button(page, 'Revoke').click();
  await page.getByText('revoked').waitFor();

  await button(page, `Delete ${name}`).click();
  await button(page, 'Delete').click();
  await button(page, `Restore ${name}`).waitFor();
  await view(page, 'Workspaces');
  await page.getByRole('searchbox').fill(name);
  await page.getByText('No workspace is found.').waitFor();
  await field(page, 'With deleted ones').check();
  await button(page, `Restore ${name}`).click();
  await button(page, 'Restore').click();
  await button(page, `Delete ${name}`).waitFor();
}

async function collections(stage, page) {
  await view(page, 'Collections');
  for (const [name, said] of [['Dry run', 'Dry run:'], ['Check files', 'Check of files:']]) {
    await button(page, name).click();
    await page.getByText(said).waitFor();
  }
  await button(page, 'Collect now').click();
  await button(page, 'Collect').click();
  await page.getByText('Collection:').waitFor();
  await page.locator('tbody tr').filter({ hasText: 'request' }).first().waitFor();
  await stage.look(page, 'collected');
}

async function audit(stage, page) {
  await view(page, 'Audit trail');
  await page.locator('tbody').getByText('Workspace restore').first().waitFor();
  await field(page, 'Action').selectOption('admin-sign-in-failed');
  await page.locator('tbody').getByText('Workspace restore').first().waitFor({ state: 'detached' });
  await page.locator('tbody').getByText('Admin sign in failed').first().waitFor();
  await button(page, 'Check the chain').click();
  await page.getByText('The chain holds:').waitFor();
  await stage.look(page, 'audit-checked');
}
