// What the way in weighs, when it paints, that nothing moves, and that a script which is not the one of
// this build is not run.

import { gzipSync } from 'node:zlib';

import { assert, base, button, play } from './stage.mjs';

const MOST_BYTES = 30 * 1024;
const FIRST_PAINT_MS = 300;

play(async (stage) => {
  const person = await stage.person();
  const page = await person.tab();
  const loaded = [];
  page.on('response', (answer) => loaded.push(answer));
  // The first visit of a new browser warms what only the first has to do.
  await page.goto(new URL('/account', base).href);
  await button(page, 'Sign in').waitFor();
  const own = loaded.filter((answer) => new URL(answer.url()).pathname.match(/^\/(account$|_or3\/)/));
  const weights = await Promise.all(own.map(async (answer) => gzipSync(await answer.body(), { level: 9 }).length));
  const sum = weights.reduce((all, bytes) => all + bytes, 0);
  console.log(`${stage.name}: ${own.length} files of the way in, ${sum} bytes gzipped`);
  assert.ok(own.length > 5 && sum <= MOST_BYTES, `${sum} bytes`);

  // Others may work on this machine: what it takes to paint a picture of 300 bytes is not ours.
  const bare = await paints(stage, '/_or3/ui/icon.svg', () => {});
  const ours = await paints(stage, '/account', async (again) => {
    await button(again, 'Sign in').waitFor();
    await stage.look(again, 'way-in');
  });
  console.log(`${stage.name}: first paint ${ours.join(', ')} ms; of a bare picture ${bare.join(', ')} ms`);
  assert.ok(ours[0] - bare[0] <= FIRST_PAINT_MS, `${ours[0]} ms`);

  await kept(person);
  await tampered(stage);
});

/** When five new visitors saw something first, in milliseconds, the soonest first. */
async function paints(stage, path, look) {
  const found = [];
  for (let visit = 0; visit < 5; visit++) {
    const page = await (await stage.person()).tab(path, ['favicon.ico']);
    const first = page.evaluate(() => new Promise((settle) => {
      const seen = (list) => settle(list.getEntriesByName('first-paint')[0].startTime);
      new PerformanceObserver(seen).observe({ type: 'paint', buffered: true });
    }));
    await look(page);
    found.push(Math.round(await first));
    await page.context().close();
  }
  return found.sort((one, other) => one - other);
}

/** The second visit asks for nothing that the first one kept. */
async function kept(person) {
  const page = await person.tab();
  const asked = [];
  page.on('response', async (answer) => {
    if (!answer.fromServiceWorker() && new URL(answer.url()).pathname.startsWith('/_or3/ui/')) asked.push(answer);
  });
  await page.goto(new URL('/account', base).href);
  await button(page, 'Sign in').waitFor();
  const sizes = await page.evaluate(() => performance.getEntriesByType('resource')
    .filter(({ name }) => new URL(name).pathname.startsWith('/_or3/ui/'))
    .map(({ transferSize }) => transferSize));
  assert.ok(asked.length > 5 && sizes.every((size) => size === 0), `${sizes}`);
}

async function tampered(stage) {
  const person = await stage.person();
  const page = await person.tab(null, ['integrity', 'Failed to load', 'Failed to fetch']);
  await page.route('**/or3-auth.js', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: `${await answer.text()}\nglobalThis.tampered = true;` });
  });
  const refused = page.waitForEvent('console', (message) => message.text().includes('integrity'));
  await page.goto(new URL('/account', base).href);
  await refused;
  assert.equal(await page.evaluate(() => globalThis.tampered), undefined);
  assert.equal(await page.evaluate(() => customElements.get('or3-sign-in')), undefined);
}
