// Register, sign out, sign in with a wrong and the right password, change the password.

import { PASSWORD, address, assert, button, field, play, register, signIn, signOut } from './stage.mjs';

const REFUSED = ['401 (Unauthorized)', '400 (Bad Request)'];
const NEW = 'another horse 43';

play(async (stage) => {
  const person = await stage.person();
  const page = await person.tab('/account', REFUSED);
  await button(page, 'Sign in').waitFor();
  await stage.look(page, 'signed-out');

  await button(page, 'Create account').click();
  await field(page, 'E-mail address').fill('no address');
  await field(page, 'Password').fill('short');
  await field(page, 'Repeat the password').fill('other');
  await button(page, 'Create account').click();
  for (const text of ['Enter a valid e-mail address.', 'Use at least 8 characters.', 'The passwords are not the same.']) {
    await page.getByText(text).waitFor();
  }
  assert.equal(await field(page, 'E-mail address').getAttribute('aria-invalid'), 'true');
  assert.equal(await page.evaluate(deepFocus), 'email', 'the first wrong field has the focus');
  await stage.look(page, 'wrong-fields');

  await field(page, 'Password').fill('password');
  await field(page, 'Repeat the password').fill('password');
  await field(page, 'E-mail address').fill(address('ada'));
  const guessed = page.waitForResponse('**/register');
  await button(page, 'Create account').click();
  assert.equal((await guessed).status(), 400);
  await page.getByText('This password is too easy to guess.').waitFor();

  const email = address('ada');
  await register(page, email);
  await page.getByText('This device').waitFor();
  await stage.look(page, 'account');

  await signOut(page);
  await button(page, 'Sign in').waitFor();
  await signIn(page, email, 'not the password');
  await page.getByText('The e-mail address or the password is not right.').waitFor();
  await stage.look(page, 'wrong-password');
  await signIn(page, email);
  await page.getByRole('heading', { name: 'Ada Lovelace', level: 1 }).waitFor();

  await change(page, 'not the password', NEW);
  await page.getByText('The current password is not right.').waitFor();
  await change(page, PASSWORD, NEW);
  await page.getByText('Your password is changed.').waitFor();
  await stage.look(page, 'password-changed');
  await page.reload();
  await page.getByRole('heading', { name: 'Ada Lovelace', level: 1 }).waitFor();

  await signOut(page);
  await signIn(page, email, PASSWORD);
  await page.getByText('The e-mail address or the password is not right.').waitFor();
  await signIn(page, email, NEW);
  await page.getByRole('heading', { name: 'Ada Lovelace', level: 1 }).waitFor();
});

async function change(page, current, wanted) {
  await field(page, 'Current password').fill(current);
  await field(page, 'New password').fill(wanted);
  await field(page, 'Repeat the password').fill(wanted);
  await button(page, 'Change password').click();
}

/** The name of the field that has the focus, in whichever shadow. */
function deepFocus() {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found?.name;
}
