// A provider that the elements do not know: a plain link, until the host registers an adapter.

import { assert, play } from './stage.mjs';

play(async (stage) => {
  const page = await (await stage.person()).tab('/');
  const link = page.locator('or3-auth-button').getByRole('link', { name: 'Sign in' });
  await link.waitFor();
  assert.match(await link.getAttribute('href'), /\/account$/);
  await stage.look(page, 'plain');

  await page.evaluate(async () => {
    const script = document.querySelector('link[rel="modulepreload"][href$="/or3-auth.js"]').href;
    const { registerAuthUiAdapter, resolveAuthUiAdapter } = await import(script);
    registerAuthUiAdapter({
      id: 'oidc',
      render: ({ session }) => {
        const button = document.createElement('button');
        button.textContent = session ? 'Out' : 'In by the host';
        return button;
      },
    });
    if (resolveAuthUiAdapter('oidc')?.id !== 'oidc') throw new Error('it is not found');
  });
  await page.getByRole('button', { name: 'In by the host' }).waitFor();
  assert.equal(await link.count(), 0);

  await page.goto(new URL('/account', page.url()).href);
  await page.getByText('leaves sign-in to oidc').waitFor();
  await stage.look(page, 'account');
});
