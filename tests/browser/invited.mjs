// Registering takes an invite here. A link with one leads to the form, which has it then.

import { PASSWORD, address, assert, button, field, play } from './stage.mjs';

play(async (stage) => {
  const page = await (await stage.person()).tab('/?invite=no.real.invite', ['403 (Forbidden)']);
  await page.waitForURL('**/account?invite=**');
  await page.getByRole('heading', { name: 'Create account' }).waitFor();
  assert.equal(await field(page, 'Invite').inputValue(), 'no.real.invite');
  await field(page, 'E-mail address').fill(address('ada'));
  await field(page, 'Password').fill(PASSWORD);
  await field(page, 'Repeat the password').fill(PASSWORD);
  await button(page, 'Create account').click();
  await page.getByText('A valid invite is needed').waitFor();
  await stage.look(page, 'refused');
});
