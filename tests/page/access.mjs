/* access.mjs - for everybody: phone, keyboard alone, screen reader, both colour schemes. */
import { full, incident, kinds, services, started, time } from './fixtures.mjs';
import { axe, equal, ok, SHOTS, test, until } from './harness.mjs';

/* A server in ordinary use. */
async function busy(later, options) {
    const mock = await started(later, options);
    mock.services = services(['web', 'auth', 'mail', 'a-service-with-a-very-long-name.example.org'], { odd: ['auth', 'mail'] });
    full(mock, 7, { regressions: 1 });
    mock.incidents.push(incident(8, { severity: 0.9999, note: 'known' }), incident(9, { status: 'acknowledged', severity: 0.85 }), incident(10, { service: null, muted_until: new Date(Date.now() + 3600e3).toISOString() }));
    mock.normals = [
        { id: 1, declared_at: time(1000), scope: 'service', service: 'web', template_id: null, template: null, value: null, label: 'everything from web', incident_id: 8, note: 'loud', undone_at: null },
        { id: 2, declared_at: time(2000), scope: 'value', service: 'web', template_id: null, template: 'a *', value: 'x', label: 'messages like "a *" in web with "x"', incident_id: 8, note: null, undone_at: time(500) },
    ];
    mock.notifications = {
        channels: [{ name: 'mail', target: 'o***@example.org', last_delivered_at: time(5000), last_error: null, last_error_at: null }], waiting: 1, undeliverable: 0,
        messages: [{ id: 1, event_id: 'e', kind: 'new', channel: 'mail', subject: 'auth: new', incidents: 1, next_try_at: null, incident_id: 7, created_at: time(6000), state: 'delivered', attempts: 1, last_error: null, delivered_at: time(5000) }],
    };
    return mock;
}

const VIEWS = [['now', '#/?status=all', '.list > li'], ['incident', '#/incident/7', '.records'], ['normals', '#/normal', '.list > li'], ['messages', '#/messages', 'table']];

async function each_view({ page, open, mock }, look) {
    for (const [name, hash, ready] of VIEWS) {
        await open(mock.url + hash);
        await page.locator(ready).first().waitFor();
        await look(name);
    }
    await open(`${mock.url}#/incident/7`);
    await page.getByRole('button', { name: 'Mute' }).click();
    await look('mute');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'This is normal' }).click();
    await page.getByText('would have hidden').waitFor();
    await look('dialog');
    mock.details.get(7).choices = kinds(6);
    mock.notifications.channels[0].held = 46;
    await page.goto('about:blank');
    await open(`${mock.url}#/incident/7`);
    await page.getByRole('button', { name: 'This is normal' }).click();
    await page.getByText('would have hidden').waitFor();
    await look('dialog-kinds');
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Messages', exact: true }).click();
    await page.locator('.state-info').waitFor();
    await look('messages-held');
    await page.getByRole('link', { name: 'Now', exact: true }).click();
    await page.locator('.state-info').waitFor();
    await page.getByRole('button', { name: /^Acknowledge all/ }).click();
    await look('all-asked');
    await page.keyboard.press('Enter');
    await page.locator('.undo-all').waitFor();
    await look('all-answered');
}

for (const dark of [false, true]) {
    for (const [device, viewport] of [['laptop', { width: 1280, height: 900 }], ['phone', { width: 360, height: 740 }]]) {
        test(`axe finds nothing: ${device}, ${dark ? 'dark' : 'light'}; nothing is wider than the screen`, async ({ page, open, later }) => {
            const mock = await busy(later);
            await each_view({ page, open, mock }, async (name) => {
                equal(name, await axe(page), []);
                equal(`${name}: too wide by`, await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
                await page.screenshot({ path: `${SHOTS}/${device}-${dark ? 'dark' : 'light'}-${name}.png`, fullPage: !name.startsWith('dialog') });
            });
            const empty = await started(later);
            await open(empty.url);
            await page.locator('.command').first().waitFor();
            equal('empty', await axe(page), []);
            equal('empty: too wide by', await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
            await page.screenshot({ path: `${SHOTS}/${device}-${dark ? 'dark' : 'light'}-empty.png`, fullPage: true });
        }, { viewport, dark });
    }
}

/* Tab until something with this name has the focus; nothing may hold it. */
async function tab_to(page, name) {
    for (let i = 0; i < 120; i++) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(() => {
            const e = document.activeElement;
            const { outlineStyle, outlineWidth } = getComputedStyle(e.matches('input[type="radio"]') ? e.closest('label') : e);
            return { name: !e.matches('a, button, input, textarea, select, summary') ? '' : (e.getAttribute('aria-label') ?? e.textContent).trim(), seen: outlineStyle !== 'none' && outlineWidth !== '0px' };
        });
        if (focused.name.includes(name)) {
            ok(`the focus is seen on ${name}`, focused.seen);
            return;
        }
    }
    throw new Error(`Tab does not come to ${name}`);
}

test('keyboard alone: open an incident, declare it normal, undo', async ({ page, open, later }) => {
    const mock = await busy(later);
    await open(mock.url);
    await page.locator('.list > li').first().waitFor();
    await page.keyboard.press('Tab');
    equal('first is the skip link', await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
    await page.keyboard.press('Enter');
    equal('it leads to the content', await page.evaluate(() => document.activeElement.id), 'main');
    await tab_to(page, 'new in auth');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /new in auth/ }).waitFor();
    equal('the heading has the focus', await page.evaluate(() => document.activeElement.tagName), 'H1');
    await tab_to(page, 'This is normal');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    equal('focus is in the dialog', await page.evaluate(() => document.activeElement.closest('dialog') !== null), true);
    await page.keyboard.press('ArrowDown');
    await until('the value', () => mock.requests.at(-1).body?.scope === 'value' || mock.requests.some((r) => r.body?.scope === 'value'));
    await page.keyboard.press('ArrowUp');
    for (let i = 0; i < 12; i++) { // round and round, never out of it
        await page.keyboard.press('Tab');
        ok('the focus stays in the dialog', await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest('dialog') !== null));
    }
    await tab_to(page, 'Declare normal');
    await page.keyboard.press('Enter');
    await page.getByText('Declared normal.', { exact: true }).waitFor();
    equal('undo has the focus', await page.evaluate(() => document.activeElement.textContent), 'Undo');
    await page.keyboard.press('Enter');
    await page.getByText('Undone: it is told again.').first().waitFor();
    ok('undone', mock.normals.at(-1).undone_at);
    equal('the focus is not lost', await page.evaluate(() => document.activeElement !== document.body), true);
});

test('screen reader: landmarks, headings and texts in order', async ({ page, open, later }) => {
    const mock = await busy(later);
    await open(mock.url);
    await page.locator('.list > li').first().waitFor();
    const outline = () => page.evaluate(() => [...document.querySelectorAll('header, main, footer, nav, [role=search], h1, h2, h3')]
        .filter((e) => e.checkVisibility()).map((e) => (/^H\d/.test(e.tagName) ? `${e.tagName} ${e.innerText.replace(/\s+/g, ' ').slice(0, 24).trim()}` : e.getAttribute('role') ?? e.tagName)));
    equal('now', await outline(), ['HEADER', 'NAV', 'MAIN', 'H1 3 incidents need a look', 'H2 Health', 'H3 Good: Records come in', 'H3 Good: All is scored', 'H3 Good: Told by mail',
        'H2 Services', 'H2 Incidents', 'search', 'H3 auth: 9 failed logins in', 'H3 auth: 8 failed logins in', 'H3 new in auth: pam_unix(*', 'FOOTER'].map((t) => t.replace(/^(H\d .{24}).*/, '$1')));
    const lane = await page.getByRole('img', { name: /^auth: / }).getAttribute('aria-label');
    ok(lane, /^auth: [\d,]+ records, unusual in 1 bar, most at .* \(0\.999\)$/.test(lane));
    await page.getByRole('link', { name: /new in auth/ }).click();
    await page.locator('.records').waitFor();
    equal('incident', (await outline()).map((t) => t.slice(0, 14)), ['HEADER', 'NAV', 'MAIN', 'H1 new in auth', 'H2 Why', 'H2 When', 'H2 The lines', 'H2 History', 'FOOTER']);
    ok('what is pointed to is said', (await page.locator('.records > .pointed').first().textContent()).includes('Pointed to: '));
    equal('the title', await page.title(), 'new in auth: \'pam_unix(*): account <*> has expired\' · System Logs Analyzer');
    equal('language', await page.evaluate(() => document.documentElement.lang), 'en');
});

test('below a prefix', async ({ page, open, later }) => {
    const mock = await busy(later, { prefix: '/logs/analyzer' });
    await open(mock.url);
    await page.getByRole('link', { name: /new in auth/ }).click();
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.locator('.badge.acknowledged').waitFor();
});

test('reduced motion: nothing moves', async ({ page, open, later }) => {
    const mock = await busy(later);
    await open(mock.url);
    await page.locator('.list button').first().waitFor();
    equal('transitions', await page.evaluate(() => [...document.querySelectorAll('*')].filter((e) => {
        const s = getComputedStyle(e);
        return s.transitionDuration !== '0s' || s.animationName !== 'none';
    }).length), 0);
}, { reduced: true });
