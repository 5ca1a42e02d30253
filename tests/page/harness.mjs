/* harness.mjs - tests of the page in a real Chromium: each in a window of its own, without
 * sleeps, and whatever a test does, at its end nothing has gone wrong behind its back: no
 * error on the console, no request to another host, nothing that the policy had to refuse,
 * no script of a log line's that ran. */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const MODULES = join(process.cwd(), 'build/test-page/node_modules/x');
export const require = createRequire(MODULES);
export const SHOTS = join(process.cwd(), 'build/test/page');
const CHROMIUM = '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'];
const WAIT_MS = 60000, AT_ONCE = 2, SAID_MAX = 1000;

const tests = [];

/* body({page, ...}): page is a Playwright page, open(url) goes there. options: viewport,
 * dark, may_fail (a pattern of console errors that the test itself provokes). */
export function test(name, body, options = {}) {
    tests.push({ name, body, options });
}

export function equal(what, is, should) {
    if (JSON.stringify(is) !== JSON.stringify(should)) {
        const text = (value) => JSON.stringify(value)?.slice(0, SAID_MAX);
        throw new Error(`${what}: expected ${text(should)}, got ${text(is)}`);
    }
}

export function ok(what, is) {
    if (!is) {
        throw new Error(`not so: ${what}`);
    }
}

/* Until the condition holds; what it said last is in the error. */
export async function until(what, condition) {
    const end = Date.now() + WAIT_MS;
    let last;
    do {
        last = await condition();
        if (last === true) {
            return;
        }
        await new Promise((done) => setTimeout(done, 15)); // between two looks, not for something to happen
    } while (Date.now() < end);
    throw new Error(`not in time: ${what} (${JSON.stringify(last)})`);
}

/* Runs before the page's own script, in each document. */
function watch() {
    window.seen = { violations: [], ran: 0 };
    window.xss = () => { window.seen.ran += 1; };
    document.addEventListener('securitypolicyviolation', (e) => window.seen.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
}

async function one(browser, { body, options }) {
    const context = await browser.newContext({
        viewport: options.viewport ?? { width: 1280, height: 900 }, colorScheme: options.dark ? 'dark' : 'light', locale: 'en-GB', timezoneId: 'UTC',
        reducedMotion: options.reduced ? 'reduce' : 'no-preference', permissions: ['clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(WAIT_MS);
    await context.addInitScript(watch);
    const page = await context.newPage(), wrong = [], hosts = new Set(), own = new Set(), ends = [];
    page.on('pageerror', (e) => wrong.push(`error: ${e.stack}`));
    page.on('dialog', (d) => { wrong.push(`dialog: ${d.message()}`); d.dismiss(); });
    page.on('console', (m) => {
        const said = `${m.text()} ${m.location().url}`;
        const not_ready = /status of 503 .*\/readyz$/.test(said); // which is an answer of it
        if (['error', 'warning'].includes(m.type()) && !not_ready && !options.may_fail?.test(said)) {
            wrong.push(`console: ${said}`);
        }
    });
    page.on('request', (r) => hosts.add(new URL(r.url()).host));
    context.on('page', () => wrong.push('another window was opened'));
    const open = async (url) => {
        own.add(new URL(url).host);
        await page.goto(url);
        await page.locator('h1').waitFor();
    };
    try {
        await body({ page, open, later: (end) => ends.push(end) });
        own.forEach((host) => hosts.delete(host));
        const seen = await page.evaluate(() => window.seen ?? { violations: [], ran: 0 });
        wrong.push(...[...hosts].map((h) => `request to ${h}`), ...seen.violations.map((v) => `refused by the policy: ${v}`));
        if (seen.ran > 0) {
            wrong.push('a script out of a log line ran');
        }
    } catch (e) {
        await page.screenshot({ path: join(SHOTS, 'failed.png') }).catch(() => {});
        wrong.unshift(e.stack);
    }
    await context.close(); // first: what it still asks for is to be answered
    for (const end of ends.reverse()) {
        await end();
    }
    return wrong;
}

export async function run(only) {
    const { chromium } = require('playwright-core');
    mkdirSync(SHOTS, { recursive: true });
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    let passed = 0, failed = 0;
    const left = tests.filter((t) => !only || t.name.includes(only));
    async function work() {
        for (let test_ = left.shift(); test_; test_ = left.shift()) {
            await tell(test_);
        }
    }
    async function tell(test_) {
        const begun = Date.now();
        const wrong = await one(browser, test_);
        const seconds = ((Date.now() - begun) / 1000).toFixed(1);
        if (wrong.length === 0) {
            passed += 1;
            console.log(`ok    ${test_.name} (${seconds} s)`);
        } else {
            failed += 1;
            console.log(`FAIL  ${test_.name} (${seconds} s)\n${wrong.map((w) => `      ${w.replaceAll('\n', '\n      ')}`).join('\n')}`);
        }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await browser.close();
    console.log(`page: ${passed} passed, ${failed} failed`);
    return failed === 0 && passed > 0;
}

/* axe-core's findings for what is shown now. */
export async function axe(page) {
    await page.evaluate(require('axe-core').source); // not a script element: the policy would refuse it
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    return found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => `${n.html.slice(0, 160)} ${n.any[0]?.message ?? ''}`).slice(0, 3).join(' | ')}`);
}
