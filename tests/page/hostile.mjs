/* hostile.mjs - texts of an attacker's in every place where the page shows one. */
import { full, HOSTILE, HOSTILE_ALL, record, services, started, time } from './fixtures.mjs';
import { equal, ok, SHOTS, test, until } from './harness.mjs';

/* A server full of them. */
async function hostile(later) {
    const mock = await started(later);
    const h = HOSTILE_ALL;
    mock.services = services(['web', ...HOSTILE.slice(0, 12).map((t) => t.slice(0, 250))], { odd: [HOSTILE[0]] });
    full(mock, 7, {
        service: HOSTILE[1], summary: `new in ${HOSTILE[1]}: '${h}'`, note: h, status: 'open', regressions: 1,
        reasons: [{ text: `new in x: '${h}'`, channel: HOSTILE[0], observed: 1, expected: 0.1, of: 40, p: 0.00002, bits: 15, template_id: 't1', template: h, value: h, records_total: 18 }],
        templates: HOSTILE.map((text, i) => ({ id: `t${i}`, text })), templates_total: 18,
    });
    Object.assign(mock.details.get(7), {
        records: HOSTILE.map((message, i) => record(i + 1, message, { service: HOSTILE[i % 12], level: message.slice(0, 32), metadata: JSON.stringify({ [message]: message }), pointed: i % 2 === 0 })),
        records_total: 9,
        // of another day: the longest words for a time, whatever the time is now
        occurrences: [{ at: '2025-12-24T23:20:00Z', count: 1, severity: 0.85 }, { at: '2025-12-31T23:59:00Z', count: 200000, severity: 0.97 }],
        history: [{ at: time(1000), event: HOSTILE[2], note: h }],
        choices: [1, 8].map((i) => ({ scope: 'template', template_id: `t${i}`, template: h, service: HOSTILE[i], value: h, label: `messages like "${h}" in ${HOSTILE[i]}` })),
    });
    mock.normals = [{ id: 1, declared_at: time(1000), scope: 'value', service: HOSTILE[1], template_id: 't', template: h, value: h, label: `messages like "${h}" in x`, incident_id: 7, note: h, undone_at: null }];
    mock.meta.model_error = h;
    mock.notifications = {
        channels: [{ name: 'webhook', target: h, last_delivered_at: null, last_error: h, last_error_at: time(1000) }], waiting: 0, undeliverable: 1,
        messages: [{ id: 1, event_id: h, kind: h, channel: 'webhook', subject: h, incidents: 2, next_try_at: time(0), incident_id: 7, created_at: time(1000), state: 'undeliverable', attempts: 2, last_error: h, delivered_at: null }],
    };
    return mock;
}

/* Nothing but our own elements, and nothing that a reader would not see. */
async function expect_clean(page, where) {
    const found = await page.evaluate(() => ({
        foreign: [...document.querySelectorAll('script, img, iframe, object, embed, base, meta, link, math, form[action], style, [onerror], [onload], [srcdoc], [style]:not([style=""])')]
            .filter((e) => !e.matches('head > *')).map((e) => e.outerHTML.slice(0, 100)),
        links: [...document.querySelectorAll('a')].map((a) => a.getAttribute('href')).filter((h) => !/^(#|incidents$|meta$|licenses\.txt$)/.test(h)),
        unseen: (document.body.textContent.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g) ?? []).length,
        titles: [...document.querySelectorAll('[title], [aria-label]')].filter((e) => /[\u0000-\u0008\u000e-\u001f\u202a-\u202e\u2066-\u2069]/.test((e.getAttribute('title') ?? '') + (e.getAttribute('aria-label') ?? ''))).length,
        scrolls: document.documentElement.scrollWidth - innerWidth,
    }));
    equal(where, found, { foreign: [], links: [], unseen: 0, titles: 0, scrolls: 0 });
    ok(`${where}: the title of the page`, !/[\u0000-\u001f\u202e]/.test(await page.title()));
}

for (const [name, viewport] of [['laptop', { width: 1280, height: 900 }], ['phone', { width: 360, height: 740 }]]) {
    test(`hostile texts in every view, ${name}`, async ({ page, open, later }) => {
        const mock = await hostile(later);
        await open(mock.url);
        await page.locator('.list h3').getByText('xss()').first().waitFor();
        await expect_clean(page, 'now');
        equal('as many rows as services', await page.locator('.lanes tbody tr').count(), 12);
        await page.screenshot({ path: `${SHOTS}/hostile-now-${name}.png`, fullPage: true });
        // A service's name is a filter to the letter.
        await page.locator('.lanes th a').nth(2).click();
        await until('filtered', () => mock.requests.some((r) => r.path === 'incidents' && r.query.service === HOSTILE[1]));
        await page.locator('.list h3').first().waitFor();
        await expect_clean(page, 'filtered');
        await page.locator('.list h3 a').first().click();
        await page.locator('.records').waitFor();
        await page.getByRole('button', { name: 'Metadata' }).click();
        for (const summary of await page.locator('summary').all()) {
            await summary.click();
        }
        await expect_clean(page, 'incident');
        const lines = await page.locator('.records .message').allTextContents();
        ok('the text itself is shown', lines.includes(HOSTILE[0]) && lines.includes(HOSTILE[5]));
        ok('escapes are seen', lines.some((l) => l.includes('\u241b[31mred\u241b[0m')));
        ok('turns are seen', lines.some((l) => l.includes('user <202E>txt.exe<202C>')));
        await page.screenshot({ path: `${SHOTS}/hostile-incident-${name}.png`, fullPage: true });
        await page.getByRole('button', { name: 'This is normal' }).click();
        await page.getByText('would have hidden').waitFor();
        await expect_clean(page, 'dialog');
        await page.keyboard.press('Escape');
        await page.goto(`${mock.url}#/normal`);
        await page.locator('.list li').waitFor();
        await expect_clean(page, 'normals');
        await page.goto(`${mock.url}#/notifications`);
        await page.locator('table').waitFor();
        await expect_clean(page, 'messages');
    }, { viewport });
}

test('a refusal in hostile words', async ({ page, open, later }) => {
    const mock = await hostile(later);
    mock.failures.set('PATCH incidents/7', { status: 400, error: HOSTILE_ALL });
    await open(mock.url);
    await page.getByRole('button', { name: 'Resolve' }).click();
    await page.getByRole('alert').waitFor();
    await expect_clean(page, 'refused');
}, { may_fail: /400/ });

test('hostile addresses of the page lead to the first view', async ({ page, open, later }) => {
    const mock = await started(later);
    for (const hash of ['#/incident/1%3Cscript%3Exss()%3C/script%3E', '#/incident/-1', '#/incident/1e3', '#javascript:xss()', '#/__proto__/constructor', `#/?text=${encodeURIComponent(HOSTILE[0])}&service=${encodeURIComponent(HOSTILE[14])}&status=%00`, '#/?__proto__=x&constructor=y', '#/%E0%A4%A']) {
        await page.goto('about:blank');
        await open(mock.url + hash);
        await page.locator('.health').waitFor();
        await expect_clean(page, hash);
    }
});

test('an answer that is cut off is one that did not come', async ({ page, open, later }) => {
    const mock = await started(later);
    full(mock);
    mock.failures.set('*', 'cut off');
    await open(mock.url);
    await page.getByText('The server does not answer.').waitFor();
    mock.failures.clear();
    await page.getByRole('button', { name: 'Ask now' }).click();
    await page.locator('.list > li').first().waitFor();
});

test('lines of a megabyte are folded, with their length, and open in bounded steps', async ({ page, open, later }) => {
    const mock = await started(later);
    full(mock);
    const long = `begin ${'x'.repeat(8180)}`;
    mock.details.get(7).records = [
        record(1, long, { pointed: true, message_bytes: 1048576 }),
        record(2, `${'\ud83d\ude00'.repeat(2000)}end`, { metadata: JSON.stringify({ all: 'm'.repeat(5000) }) }),
    ];
    // One that the server did not cut: the page does.
    mock.details.get(7).records.push(record(3, 'y'.repeat(1048576)));
    mock.incidents[0].summary = `new in auth: '${'z'.repeat(100000)}'`;
    await open(`${mock.url}#/incident/7`);
    await page.getByText('1 MiB long; the page has the first 7.99 KiB, the store has all').waitFor();
    const length = async (n) => (await page.locator('.records .message').nth(n).textContent()).length;
    ok(`first: ${await length(0)}`, await length(0) < 700);
    ok(`third: ${await length(2)}`, await length(2) < 700);
    ok('no half of a pair', !(await page.locator('.records .message').nth(1).textContent()).includes('\ufffd'));
    const more = page.locator('.records > li').nth(2).getByRole('button', { name: 'Show more' });
    await more.click();
    await until('a step', async () => await length(2) > 4000);
    ok('a bounded one', await length(2) < 5000);
    equal('phone', await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
    ok('the sentence is folded', (await page.locator('h1').textContent()).length < 2000);
}, { viewport: { width: 360, height: 740 } });
