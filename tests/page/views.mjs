/* views.mjs - what each view shows, of nothing, of one, of 10,000; and refreshing. */
import { full, incident, services, started, time } from './fixtures.mjs';
import { ready } from './mock.mjs';
import { equal, ok, SHOTS, test, until } from './harness.mjs';

const shot = (page, name) => page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
const rows = (page) => page.locator('.list > li').count();

test('empty: says what next, with this very address', async ({ page, open, later }) => {
    const mock = await started(later, { prefix: '/loganalyzer' });
    await open(mock.url);
    await page.getByRole('heading', { name: 'Ready for your first records' }).waitFor();
    const base = mock.url.slice(0, -1);
    const commands = await page.locator('.command code').allInnerTexts();
    equal('commands', commands.map((c) => c.split(' ').slice(0, 2).join(' ')), ['loganalyzer demo', 'loganalyzer import', 'loganalyzer send', 'curl -s']);
    ok('the address is in each', commands.every((c) => c.includes(base)));
    await page.getByRole('button', { name: 'Copy the command: post three records' }).click();
    await page.getByRole('button', { name: 'Copy the command: post three records' }).getByText('Copied').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    equal('copied', copied, commands[3]);
    equal('records in it', JSON.parse(/'(\[.*\])'/s.exec(copied)[1]).length, 3);
    await shot(page, 'empty');
    // The first record shows by itself.
    mock.services = services(['web']);
    mock.incidents = [incident(1)];
    await page.getByRole('heading', { name: '1 incident needs a look' }).waitFor({ timeout: 30000 });
});

test('quiet: silence means health', async ({ page, open, later }) => {
    const mock = await started(later);
    mock.services = services(['web', 'auth', 'mail']);
    await open(mock.url);
    await page.getByRole('heading', { name: 'Nothing unusual' }).waitFor();
    ok('how much came', /^[\d,]+ records of 3 services in the last 24 h; the last one \d+ s ago\.$/.test(await page.locator('p.quiet').innerText()));
    equal('health', await page.locator('.health h3').allTextContents(), ['Good: Records come in', 'Good: All is scored', 'Nobody is told']);
    await shot(page, 'quiet');
});

test('one incident', async ({ page, open, later }) => {
    const mock = await started(later);
    mock.services = services(['web', 'auth'], { odd: ['auth'] });
    full(mock, 7, { regressions: 2, note: 'seen before' });
    await open(mock.url);
    await page.getByRole('heading', { name: '1 incident needs a look' }).waitFor();
    equal('the title', await page.title(), '1 incident needs a look · System Logs Analyzer');
    const text = await page.locator('.list > li').innerText();
    for (const part of ['new in auth:', 'account', 'very unusual', '0.97', '3 times', 'came back 2 times', 'Note: seen before', 'Acknowledge', 'Resolve']) {
        ok(`"${part}" in ${text}`, text.includes(part));
    }
    ok('exact times', /^first .*UTC.*, last .*UTC/.test(await page.locator('.list time').getAttribute('title')));
    await shot(page, 'one');
});

test('10,000 incidents: pages, filters, in the address', async ({ page, open, later }) => {
    const mock = await started(later);
    mock.services = services(Array.from({ length: 40 }, (_, i) => `service-${i}`), { odd: ['service-3'] });
    mock.incidents = Array.from({ length: 10000 }, (_, i) => incident(i + 1, {
        service: `service-${i % 40}`, severity: i % 100 === 0 ? 0.9999 : 0.85, summary: `service-${i % 40}: sentence number ${i + 1}`, status: i % 2 ? 'open' : 'resolved',
    }));
    await open(mock.url);
    await page.getByRole('heading', { name: 'More than 1,000 incidents need a look' }).waitFor();
    equal('rows', await rows(page), 25);
    equal('lanes', await page.locator('.lanes tbody tr').count(), 12);
    await page.getByRole('button', { name: 'Show 28 more services' }).click();
    equal('all lanes', await page.locator('.lanes tbody tr').count(), 40);
    await page.getByRole('button', { name: 'Show fewer services' }).click();
    await page.locator('.list h3').first().getByText('number 10000').waitFor();
    await shot(page, 'many');
    await page.getByRole('button', { name: 'Older' }).click();
    await page.locator('.list h3').first().getByText('number 9950').waitFor();
    ok('in the address', /cursor=/.test(page.url()));
    equal('focus', await page.evaluate(() => document.activeElement.id), 'incidents-heading');
    await page.goBack();
    await page.locator('.list h3').first().getByText('number 10000').waitFor();
    await page.getByRole('combobox', { name: 'Show' }).selectOption('resolved');
    await page.locator('.list h3').first().getByText('number 9999').waitFor();
    await page.getByRole('combobox', { name: 'Service' }).selectOption('service-0');
    await page.locator('.list h3').first().getByText('number 9961').waitFor();
    await page.getByRole('combobox', { name: 'How unusual' }).selectOption('0.9985');
    await page.locator('.list h3').first().getByText('number 9801').waitFor();
    await page.getByLabel('Text').fill('NUMBER 20');
    await page.locator('.list h3').first().getByText('number 2001').waitFor();
    equal('text keeps the focus', await page.evaluate(() => document.activeElement.type), 'search');
    const address = page.url();
    equal('the address', Object.fromEntries(new URLSearchParams(address.split('?')[1])), { status: 'resolved', service: 'service-0', severity: '0.9985', text: 'NUMBER 20' });
    await page.reload();
    await page.locator('.list h3').first().getByText('number 2001').waitFor();
    equal('found', await rows(page), 2); // 2001 and 201
    equal('the field', await page.getByLabel('Text').inputValue(), 'NUMBER 20');
    // From an incident back to the same list.
    await page.locator('.list h3 a').first().click();
    await page.getByRole('heading', { level: 1, name: /sentence number 2001/ }).waitFor();
    await page.getByRole('link', { name: 'Incidents', exact: true }).click();
    await page.locator('.list h3').first().getByText('number 2001').waitFor();
    equal('the address again', page.url(), address);
    await page.getByLabel('Text').fill('nothing is like this');
    await page.getByText('No incident is like that.').waitFor();
});

test('an imported week: the time in which there are records, and says so', async ({ page, open, later }) => {
    const mock = await started(later);
    mock.services = services(['web'], { newest: time(30 * 86400e3) });
    await open(mock.url);
    await page.getByText('There is no record in the last 24 hours. This is the time up to the newest one').waitFor();
    ok('bars', await page.locator('.bars rect').count() > 50);
    await page.getByRole('link', { name: '7 days' }).click();
    await page.getByText('There is no record in the last 7 days').waitFor();
    equal('which is chosen', await page.locator('.choice [aria-current]').innerText(), '7 days');
    equal('health', (await page.locator('.health h3').allTextContents())[0], 'Look: No new records');
    await page.getByRole('heading', { name: 'Nothing unusual, but no new records' }).waitFor();
});

const wrong = { store: { state: 'failing', why: 'another program has it locked' } };
const full_disk = {
    store: { state: 'failing', why: 'the disk is full' },
    disk: { state: 'failing', why: '8.1 MB free where the store is, less than FREE_BYTES_MIN: nothing is taken', free_bytes: 8100000, days_until_full: 0 },
};
const damaged = { store: { state: 'failing', why: 'the store is damaged: it is not a database' } };
const filling = { disk: { state: 'warning', why: '3.2 GB free where the store is, used up in 2.4 days as things go', free_bytes: 3200000000, days_until_full: 2.4 } };
const little = { disk: { state: 'warning', why: '600 MB free where the store is', free_bytes: 6e8, days_until_full: null } };
const behind = { lag: { state: 'failing', why: '7 batches are not learned yet, the first one for 90 s' } };
const states = [
    [wrong, 'Bad: Records are not stored', 'Another program has it locked. What is sent now is refused, and can be sent again', 'No incidents, but records are not stored'],
    [damaged, 'Bad: Records are not stored', 'The store is damaged: it is not a database. What is sent now is refused', 'No incidents, but records are not stored'],
    [full_disk, 'Bad: The disk is full', '8.1 MB free where the store is, less than FREE_BYTES_MIN: nothing is taken. What', 'No incidents, but records are not stored'],
    [filling, 'Look: The disk is full in 2 days', '3.2 GB free where the store is, used up in 2.4 days as things go. Make room', 'Nothing unusual'],
    [little, 'Look: Little room on the disk', '600 MB free where the store is. Make room', 'Nothing unusual'],
    [behind, 'Look: Learning is behind', '7 batches are not learned yet, the first one for 90 s.', 'Nothing unusual'],
];
test('health: in plain words what is wrong', async ({ page, open, later }) => {
    const mock = await started(later);
    mock.services = services(['web']);
    await open(mock.url);
    for (const [checks, title, text, heading] of states) {
        mock.readyz = ready(checks);
        await page.evaluate(() => dispatchEvent(new Event('online')));
        await page.getByRole('heading', { level: 3, name: title }).waitFor();
        await page.getByText(text).waitFor();
        await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
        equal('nothing else is new', (await page.locator('.health h3').allTextContents()).length, 4);
        if (checks === filling) {
            await shot(page, 'health-disk');
        }
    }
});

test('health: on a phone in the dark, all at once, and well again', async ({ page, open, later }) => {
    const mock = await started(later);
    mock.services = services(['web']);
    mock.readyz = ready({ ...full_disk, ...behind });
    Object.assign(mock.meta.store, { state: 'failing', error: 'database disk image <b>is</b> malformed' });
    await open(mock.url);
    await page.getByText('It says: Database disk image <b>is</b> malformed.').waitFor();
    await shot(page, 'health-phone-dark');
    ok('no wider than the screen', await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    mock.readyz = ready();
    Object.assign(mock.meta.store, { state: 'ok', error: null });
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await until('well', async () => (await page.locator('.health h3').allTextContents()).length === 3);
}, { viewport: { width: 360, height: 740 }, dark: true });

test('an incident of the analyzer itself; lines that are no longer kept', async ({ page, open, later }) => {
    const mock = await started(later);
    full(mock, 7, {
        service: 'loganalyzer', summary: 'messages by webhook are not delivered', records_deleted: 1200,
        reasons: [{ text: 'messages by webhook are not delivered', channel: 'self', records_total: 2 }],
    });
    full(mock, 8, { records_deleted: 1 });
    Object.assign(mock.details.get(8), { records: [], records_total: 1 });
    await open(`${mock.url}#/incident/7`);
    await page.getByText('how the analyzer itself is doing').waitFor();
    await page.getByText('with those around them. 1,200 are no longer kept.').waitFor();
    await shot(page, 'incident-self');
    await open(`${mock.url}#/incident/8`);
    await page.getByText('Its line is no longer kept: when the store is full').waitFor();
});

test('health: batches that came while the scorer was away are no trouble any more', async ({ page, open, later }) => {
    const mock = await started(later);
    Object.assign(mock.meta.scorer, { state: 'ok', unscored_batches: 12, learn_lag_batches: 0 });
    await open(mock.url);
    await page.getByText('12 batches came while it was away, and were looked at by the minute afterwards').waitFor();
    ok('not in trouble', !(await page.locator('.health h3').allTextContents()).some((t) => /behind|Not scored/.test(t)));
});

test('health: the scorer is away, messages do not arrive', async ({ page, open, later }) => {
    const mock = await started(later);
    mock.services = services(['web']);
    Object.assign(mock.meta.scorer, { mode: 'http', state: 'unavailable', since: time(600e3), last_error: 'connection refused', unscored_batches: 1203 });
    mock.notifications = {
        channels: [{ name: 'webhook', target: 'https://ntfy.example/***', last_delivered_at: time(7200e3), last_error: 'status 500', last_error_at: time(60e3) }], waiting: 2, undeliverable: 1,
        messages: [{ id: 1, event_id: 'e', kind: 'new', channel: 'webhook', subject: 'auth: new', incidents: 1, next_try_at: null, incident_id: 7, created_at: time(60e3), state: 'undeliverable', attempts: 9, last_error: 'status 500', delivered_at: null }],
    };
    await open(mock.url);
    await page.getByRole('heading', { name: 'Bad: Not scored' }).waitFor();
    await page.getByRole('heading', { name: 'No incidents, but nothing is scored' }).waitFor();
    const text = await page.locator('.health').innerText();
    for (const part of ['1,203 batches not scored yet', 'connection refused', 'Messages do not arrive', '1 message could not be delivered', 'status 500']) {
        ok(`"${part}" in ${text}`, text.includes(part));
    }
    await shot(page, 'health-bad');
    await page.getByRole('link', { name: 'Messages', exact: true }).click();
    await page.getByRole('heading', { name: 'Who is told' }).waitFor();
    await page.getByRole('button', { name: 'Send a test message' }).click();
    await page.locator('main').getByText('It is on its way').waitFor();
    ok('asked for', mock.requests.some((r) => r.method === 'POST' && r.path === 'notifications/test' && r.type === 'application/json'));
    ok('in the table', (await page.locator('table').innerText()).includes('9 tries: status 500'));
    await shot(page, 'messages');
});

test('messages: held back is no error and no plain tick; an error that is over is not shown', async ({ page, open, later }) => {
    const mock = await started(later);
    mock.services = services(['web']);
    const channel = (name, more) => ({ name, target: 'x', last_delivered_at: time(60e3), last_error: 'status 500', last_error_at: time(7200e3), waiting: 0, undeliverable: 0, held: 0, ...more });
    mock.notifications.channels = [channel('webhook', { held: 46 }), channel('mail', { held: 1 })];
    await open(mock.url);
    await page.getByRole('heading', { name: 'Note: Told by webhook and mail' }).waitFor();
    const words = '46 incidents are held back: they come together in the next message.';
    await page.locator('.health .state-info').getByText(words).waitFor();
    await shot(page, 'held');
    await page.getByRole('link', { name: 'Messages', exact: true }).click();
    await page.getByRole('heading', { name: 'Who is told' }).waitFor();
    equal('its address', new URL(page.url()).hash, '#/messages');
    equal('the link', await page.getByRole('link', { name: 'Messages', exact: true }).getAttribute('aria-current'), 'page');
    await page.locator('.state-info').getByText(words).waitFor();
    equal('channels', await page.locator('.health h3').allTextContents(), ['Note: webhook', 'Note: mail']);
    equal('one', await page.getByText('1 incident is held back: it comes with the next message.').count(), 1);
    equal('an error that is over', await page.getByText('Last error').count(), 0);
    await shot(page, 'messages-held');
    mock.notifications.channels = [channel('webhook', { held: 46, last_error_at: time(1000) }), channel('mail')];
    await page.goto('about:blank');
    await open(`${mock.url}#/notifications`); // as it was called once
    await page.getByRole('heading', { name: 'Who is told' }).waitFor();
    equal('one that holds', await page.locator('.health h3').allTextContents(), ['Bad: webhook', 'Good: mail']);
    equal('which', await page.locator('.state-bad').getByText(/Last error .*status 500/).count(), 1);
    equal('and held', await page.locator('.state-bad').getByText(words).count(), 1);
    equal('no other', await page.getByText('Last error').count(), 1);
});

test('more than a page: the heading knows how many, and is asked for it when they change', async ({ page, open, later }) => {
    const mock = await started(later);
    mock.services = services(['web']);
    mock.incidents = Array.from({ length: 73 }, (_, i) => incident(i + 1));
    const asked = () => mock.requests.filter((r) => r.query.limit === '1000');
    await page.clock.install();
    await open(mock.url);
    await page.getByRole('heading', { level: 1, name: '73 incidents need a look' }).waitFor();
    equal('asked', asked().map((r) => r.query), [{ status: 'active', limit: '1000' }]);
    for (let i = 0; i < 4; i++) { // nothing changes
        const before = mock.requests.length;
        await page.clock.runFor(5000);
        await until('the list was asked for', () => mock.requests.slice(before).some((r) => r.query.limit === '25'));
    }
    equal('not again', asked().length, 1);
    mock.incidents.push(incident(74), incident(75));
    await until('they are counted', async () => {
        await page.clock.runFor(1000);
        return await page.getByRole('heading', { level: 1, name: '75 incidents need a look' }).count() === 1;
    });
    equal('once for the change', asked().length, 2);
    mock.incidents.splice(0, 49);
    await until('a page alone', async () => {
        await page.clock.runFor(5000);
        return await page.getByRole('heading', { level: 1, name: '26 incidents need a look' }).count() === 1;
    });
    mock.incidents.splice(0, 1);
    await until('none is asked for', async () => {
        await page.clock.runFor(5000);
        return await page.getByRole('heading', { level: 1, name: '25 incidents need a look' }).count() === 1;
    });
});

test('an incident: all of it', async ({ page, open, later }) => {
    const mock = await started(later);
    full(mock);
    await open(`${mock.url}#/incident/7`);
    await page.getByRole('heading', { level: 1, name: /new in auth/ }).waitFor();
    const text = await page.locator('main').innerText();
    for (const part of ['1 in 50,000', 'less than 1 in a trillion', '12 of 40', 'errors among the records', 'root', 'account guest has expired', 'got much worse', '2 lines that the reasons point to']) {
        ok(`"${part}" in ${text}`, text.includes(part));
    }
    equal('variable parts', await page.locator('h1 .variable').allTextContents(), ['* (any text) ', '<*> (any text) ']);
    equal('lines', await page.locator('.records > li').count(), 5);
    equal('pointed to', await page.locator('.records > .pointed').count(), 2);
    equal('gaps', await page.locator('.gap').count(), 1);
    await page.getByRole('button', { name: 'Metadata' }).click();
    await page.getByText('{"host":"web1","pid":17}').waitFor();
    await page.getByText('As a table').click();
    equal('occurrences', await page.locator('section table tbody tr').count(), 2);
    await page.getByText('3 new kinds of messages').click();
    await page.getByText('1 other cannot be named any more.').waitFor();
    await shot(page, 'incident');
    await page.goto(`${mock.url}#/incident/99`);
    await page.getByRole('heading', { name: 'There is no incident 99' }).waitFor();
}, { may_fail: /404/ });

test('the server is away: it says so, keeps what it knows, goes on trying', async ({ page, open, later }) => {
    const mock = await started(later);
    mock.services = services(['web']);
    mock.incidents = [incident(3)];
    await page.clock.install();
    await open(mock.url);
    await page.getByRole('heading', { name: '1 incident needs a look' }).waitFor();
    mock.failures.set('*', 'hang up');
    await until('it says so', async () => {
        await page.clock.runFor(5000);
        return await page.getByText('The server does not answer.').count() === 1;
    });
    equal('what was known stays', await rows(page), 1);
    await until('health is not known', async () => {
        await page.clock.runFor(30000);
        const said = await page.locator('.health h3').allTextContents();
        return said.join() === 'Look: Records,Look: Scoring,Look: Messages' || said;
    });
    const asked = mock.requests.length;
    await until('asked again', async () => {
        await page.clock.runFor(30000);
        return mock.requests.length > asked;
    });
    mock.failures.clear();
    await page.getByRole('button', { name: 'Ask now' }).click();
    await page.getByText('The server does not answer.').waitFor({ state: 'detached' });
    mock.failures.set('GET incidents', { status: 503, error: 'the store is busy; try again' });
    await until('in its words', async () => {
        await page.clock.runFor(5000);
        return await page.getByText('the store is busy; try again').count() === 1;
    });
    await shot(page, 'away');
}, { may_fail: /Failed to load resource/ });

test('a hidden page does not ask; seen again it asks at once', async ({ page, open, later }) => {
    const mock = await started(later);
    mock.services = services(['web']);
    await page.clock.install();
    await open(mock.url);
    await page.getByRole('heading', { name: 'Nothing unusual' }).waitFor();
    const hide = (hidden) => page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
        document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
    await hide(true);
    await page.clock.runFor(1000);
    await page.waitForLoadState('networkidle');
    const asked = mock.requests.length;
    await page.clock.runFor(600000);
    await page.evaluate(() => fetch('meta')); // what was asked before has arrived when this is answered
    equal('requests while hidden', mock.requests.length, asked + 1);
    mock.incidents = [incident(1)];
    await hide(false);
    await page.getByRole('heading', { name: '1 incident needs a look' }).waitFor();
});

test('refreshing moves nothing under one’s hands', async ({ page, open, later }) => {
    const mock = await started(later);
    mock.services = services(['web']);
    mock.incidents = Array.from({ length: 20 }, (_, i) => incident(i + 1));
    await page.clock.install();
    await open(mock.url);
    const link = page.locator('.list h3 a').nth(15);
    await link.focus();
    await page.evaluate(() => scrollTo(0, 900));
    const before = await page.evaluate(() => [document.activeElement.textContent, scrollY, document.activeElement.getBoundingClientRect().top]);
    mock.incidents.push(incident(21), incident(22));
    await until('they wait', async () => {
        await page.clock.runFor(5000);
        return await page.getByRole('button', { name: 'Show 2 new incidents' }).count() === 1;
    });
    equal('rows', await rows(page), 20);
    const after = await page.evaluate(() => [document.activeElement.textContent, scrollY, document.activeElement.getBoundingClientRect().top]);
    equal('focus', after[0], before[0]);
    ok(`place ${before} ${after}`, Math.abs(after[2] - before[2]) < 1);
    await page.getByRole('button', { name: 'Show 2 new incidents' }).click();
    await until('all shown', async () => await rows(page) === 22);
    // While nobody reads the list, new ones come by themselves.
    await page.evaluate(() => { document.activeElement.blur(); scrollTo(0, 0); });
    mock.incidents.push(incident(23));
    await until('the newest shown', async () => {
        await page.clock.runFor(5000);
        return await rows(page) === 23;
    });
});
