// What every script plays on: a browser, two kinds of screens, and an eye for what goes wrong.

import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { BASE, CHROMIUM, MODULES, PICTURES } = process.env;
const { chromium } = await import(pathToFileURL(join(MODULES, 'playwright-core/index.mjs')));
const axe = await readFile(join(MODULES, 'axe-core/axe.min.js'), 'utf8');

export { assert };
export const base = BASE;

const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];

const SCREENS = {
  desktop: { viewport: { width: 1200, height: 800 }, colorScheme: 'light' },
  phone: { viewport: { width: 390, height: 780 }, colorScheme: 'dark', isMobile: true, hasTouch: true },
};

/** Watches what a page does that it should not, and how it moves. */
function watch() {
  addEventListener('securitypolicyviolation', (event) => {
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  });
  // Taking a picture of the whole page moves it: those times do not count.
  globalThis.shifted = { sum: 0, what: [], pictures: [] };
  const counts = ({ hadRecentInput, startTime }) => !hadRecentInput
    && !globalThis.shifted.pictures.some(({ from, to }) => startTime >= from && startTime <= to);
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries().filter(counts)) {
      globalThis.shifted.sum += shift.value;
      globalThis.shifted.what.push(...shift.sources.map(({ node }) => node?.outerHTML?.slice(0, 120)));
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

/** One person's browser on one kind of screen. */
class Person {
  #stage;

  constructor(stage, context) {
    this.#stage = stage;
    this.context = context;
  }

  /** A tab; `expected` are errors that belong to the story, by a part of their text. */
  async tab(path, expected = []) {
    const page = await this.context.newPage();
    const odd = (text) => expected.some((part) => text.includes(part)) || this.#stage.problems.push(text);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) odd(`console: ${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => odd(`script: ${error.stack}`));
    if (path) await page.goto(new URL(path, base).href);
    return page;
  }
}

class Stage {
  problems = [];
  #browser;
  #count = 0;

  constructor(name, browser) {
    this.name = name;
    this.#browser = browser;
  }

  get isPhone() {
    return this.name === 'phone';
  }

  async person(options = {}) {
    const context = await this.#browser.newContext({ locale: 'en-GB', ...SCREENS[this.name], ...options });
    context.setDefaultTimeout(45_000);
    await context.addInitScript(watch);
    return new Person(this, context);
  }

  /** A picture, what axe finds, and whether anything moved by itself. */
  async look(page, what) {
    await mkdir(PICTURES, { recursive: true });
    await page.evaluate(() => globalThis.shifted.pictures.push({ from: performance.now(), to: Infinity }));
    const picture = `${this.name}-${String(++this.#count).padStart(2, '0')}-${what}.png`;
    await page.screenshot({ path: join(PICTURES, picture), fullPage: true });
    await page.evaluate(() => (globalThis.shifted.pictures.at(-1).to = performance.now()));
    // The page's own policy lets it evaluate nothing; the debugger may. It stays: with it the browser
    // would forget that it is offline.
    const session = await page.context().newCDPSession(page);
    await session.send('Runtime.evaluate', { expression: `${axe};0` });
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    for (const { id, help, nodes } of violations) {
      this.problems.push(`axe: ${what}: ${id}: ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
    }
    const shifted = await page.evaluate(() => globalThis.shifted);
    if (shifted.sum > 0) this.problems.push(`shift: ${what}: ${shifted.sum} ${shifted.what.join(' ')}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) this.problems.push(`width: ${what}: the page is ${wide} pixels too wide`);
  }
}

/** Plays `story` on every kind of screen, and fails when something was not as it should be. */
export async function play(story, screens = Object.keys(SCREENS)) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  try {
    for (const name of screens) {
      const stage = new Stage(name, browser);
      await story(stage);
      assert.deepEqual(stage.problems, [], name);
      console.log(`${name}: played`);
    }
  } finally {
    await browser.close();
  }
}

/** Until `question` is answered with true, or the answer is what was expected. */
export async function until(question, what, ms = 45_000) {
  const end = Date.now() + ms;
  while (!(await question())) {
    assert.ok(Date.now() < end, `in vain: ${what}`);
    await new Promise((settle) => setTimeout(settle, 50));
  }
}

let people = 0;

/** An address that nobody else has. */
export const address = (name) => `${name}.${process.pid}.${++people}@example.com`;
export const PASSWORD = 'correct horse 42';

/** The control with this label. */
export const field = (page, label) => page.getByLabel(label, { exact: true });
export const button = (page, name) => page.getByRole('button', { name, exact: true });

/** Registers by the page, and is on the account page then. */
export async function register(page, email, name = 'Ada Lovelace') {
  await page.goto(new URL('/account', base).href);
  await button(page, 'Create account').click();
  await field(page, 'Name').fill(name);
  await field(page, 'E-mail address').fill(email);
  await field(page, 'Password').fill(PASSWORD);
  await field(page, 'Repeat the password').fill(PASSWORD);
  await button(page, 'Create account').click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
}

/** Signs in by the form that the page shows. */
export async function signIn(page, email, password = PASSWORD) {
  await field(page, 'E-mail address').fill(email);
  await field(page, 'Password').fill(password);
  await button(page, 'Sign in').click();
}

/** Signs out by the menu. */
export async function signOut(page, name = 'Ada Lovelace') {
  await button(page, `Account of ${name}`).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
}
