// Access lasts five seconds here: it is renewed before it ends, by one of the tabs; and whoever was too
// late has the request repeated, once.

import { address, assert, base, play, register, until } from './stage.mjs';

const LIVES = 3;

play(async (stage) => {
  const person = await stage.person();
  const pages = [await person.tab(null, ['401 (Unauthorized)'])];
  await register(pages[0], address('ada'));
  for (let more = 0; more < 2; more++) pages.push(await person.tab('/account'));
  const renewals = pages.map((page) => count(page, '/api/basic-auth/refresh'));
  for (const page of pages) await page.getByRole('heading', { name: 'Ada Lovelace', level: 1 }).waitFor();

  const sum = () => renewals.reduce((all, { sent }) => all + sent, 0);
  await until(() => sum() >= LIVES, 'access is renewed again and again', 40_000);
  // Three tabs that renewed for themselves would be at three times as many.
  assert.ok(sum() <= LIVES + 1, `${sum()} renewals`);
  for (const page of pages) assert.equal(await state(page), 'signed-in');
  await stage.look(pages[0], 'renewed');

  await late(person, pages[0]);
  await nobody(person, pages[0]);
});

/** Without the cookies of access and with a server that does not renew by itself: as behind a gateway
 *  that answers 401 first. */
async function late(person, page) {
  let refused = 0;
  await page.route('**/api/workspaces', (route) => (refused++ ? route.continue() : route.fulfill({ status: 401, json: {} })));
  const renewals = count(page, '/api/basic-auth/refresh');
  const status = await page.evaluate(ask);
  assert.equal(status, 200);
  assert.equal(refused, 2, 'the request was sent twice');
  assert.ok(renewals.sent <= 1, `${renewals.sent} renewals`);
  await page.unroute('**/api/workspaces');
}

/** Where the renewed session is refused as well, nothing is tried a third time. */
async function nobody(person, page) {
  let refused = 0;
  await page.route('**/api/workspaces', (route) => {
    refused += 1;
    return route.fulfill({ status: 401, json: {} });
  });
  assert.equal(await page.evaluate(ask), 401);
  assert.equal(refused, 2);
}

async function ask() {
  const script = document.querySelector('link[rel="modulepreload"][href$="/or3-auth.js"]').href;
  const { authClient } = await import(script);
  return (await authClient().fetch('/api/workspaces')).status;
}

function count(page, path) {
  const counted = { sent: 0 };
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === path && request.url().startsWith(base)) counted.sent += 1;
  });
  return counted;
}

function state(page) {
  return page.evaluate(async () => {
    const script = document.querySelector('link[rel="modulepreload"][href$="/or3-auth.js"]').href;
    return (await import(script)).authClient().state;
  });
}
