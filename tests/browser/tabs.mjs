// What one tab does the others know: signing out, and in again.

import { address, button, play, register, signIn, signOut } from './stage.mjs';

play(async (stage) => {
  const person = await stage.person();
  const first = await person.tab();
  const email = address('ada');
  await register(first, email);
  const second = await person.tab('/account');
  await second.getByRole('heading', { name: 'Ada Lovelace', level: 1 }).waitFor();

  await signOut(second);
  await button(second, 'Sign in').waitFor();
  await button(first, 'Sign in').waitFor();
  await stage.look(first, 'signed-out-elsewhere');

  await signIn(second, email);
  await first.getByRole('heading', { name: 'Ada Lovelace', level: 1 }).waitFor();
});
