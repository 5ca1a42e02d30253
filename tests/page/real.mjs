/* real.mjs - the page on the real programs: what a button says is in the store. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { HOSTILE } from './fixtures.mjs';
import { equal, ok, SHOTS, test, until } from './harness.mjs';
import { real, tool } from './server.mjs';

const SAMPLE = [['auth', 'ERROR', 'authentication failed login for user admin'], ['web', 'WARN', 'cache miss'], ['auth', 'ERROR', 'invalid password']];
/* Until it is there, in a page that asks at once and not in some seconds: as one does that is
 * looked at again. */
const shows = (page, locator) => until(`${locator}`, async () => {
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    return await locator.count() > 0;
});
const button = (page, name) => page.getByRole('button', { name, exact: true });

test('real: the first five minutes, each answer in the store', async ({ page, open, later }) => {
    const server = await real(later);
    const stored = async () => (await server.json('GET', 'incidents/1')).incident;
    await open(`${server.url}loganalyzer/`);
    await page.getByRole('heading', { name: 'Ready for your first records' }).waitFor();
    // The very command that the page shows, but for curl.
    const command = await page.locator('.command code').last().innerText();
    const [, url, body] = /^curl -s (\S+) -d '(\[.*\])'$/s.exec(command);
    const reply = await (await fetch(url, { method: 'POST', body })).json();
    equal('stored', [reply.stored, reply.incident_id], [3, 1]);
    await shows(page, page.getByRole('heading', { name: '1 incident needs a look' }));
    await button(page, 'Acknowledge incident 1').click();
    await page.locator('.list .badge.acknowledged').waitFor();
    equal('status', (await stored()).status, 'acknowledged');
    await page.locator('.list h3 a').click();
    await page.locator('.records > .pointed').first().waitFor();
    const lines = await page.locator('.records .message').allTextContents();
    equal('lines', lines.filter((l) => l.includes('password') || l.includes('admin')), ['authentication failed login for user admin', 'invalid password']);
    await button(page, 'Resolve').click();
    await page.locator('.badge.resolved').waitFor();
    equal('status', (await stored()).status, 'resolved');
    await button(page, 'Reopen').click();
    await page.locator('.badge.open').waitFor();
    await page.getByRole('button', { name: 'Mute' }).click();
    await button(page, '8 hours').click();
    await page.locator('.badge').getByText('muted until').waitFor();
    await page.locator('.history').getByText(/^muted until/).waitFor();
    ok('muted', Math.abs(new Date((await stored()).muted_until) - Date.now() - 8 * 3600e3) < 60000);
    await button(page, 'Unmute').click();
    await page.getByRole('button', { name: 'Mute' }).waitFor();
    equal('muted', (await stored()).muted_until, null);
    await page.getByLabel('Note').fill('Löschen & <b>nachsehen</b>');
    await button(page, 'Save the note').click();
    await page.locator('.history').getByText('<b>nachsehen</b>').waitFor();
    equal('note', (await stored()).note, 'Löschen & <b>nachsehen</b>');
    await page.getByLabel('Note').fill('x'.repeat(5000));
    await button(page, 'Save the note').click();
    await page.getByRole('alert').getByText('4096').waitFor();
    equal('what was typed', (await page.getByLabel('Note').inputValue()).length, 5000);
    await button(page, 'Discard').click();
    await button(page, 'This is real').click();
    await button(page, 'Not real after all').waitFor();
    equal('verdict', (await stored()).verdict, 'real');
    await page.screenshot({ path: `${SHOTS}/real-incident.png`, fullPage: true });
    const events = (await stored()).history.map((h) => h.event);
    equal('history', events.slice(0, 7), ['opened', 'acknowledged', 'resolved', 'reopened', 'muted', 'unmuted', 'note']);
    equal('as many lines as events', await page.locator('.history li').count(), events.length);
}, { may_fail: /status of 400/ });

/* Lines of an auth log, some minutes old: mornings of work, then somebody guesses passwords. */
function auth_log(from, n, guesses) {
    const line = (ago, text) => `${new Date(Date.now() - ago * 1000).toISOString()} host sshd[${4000 + ago % 50}]: ${text}`;
    const list = [];
    for (let i = 0; i < n; i++) {
        list.push(line(from - i, i % 2 ? `Accepted publickey for deploy from 198.51.100.7 port ${40000 + i} ssh2` : `Received disconnect from 198.51.100.7 port ${40000 + i}:11: disconnected by user`));
    }
    for (let i = 0; i < guesses; i++) {
        list.push(line(from - n, `Failed password for root from 203.0.113.9 port ${50000 + i} ssh2`));
    }
    return `${list.join('\n')}\n`;
}

test('real: five minutes: deploy/run, an import, the page, "this is normal", the same once more', async ({ page, open, later }) => {
    const server = await real(later, {}, [resolve('deploy/run')]);
    for (const [name, text] of [['auth.log.1', auth_log(3000, 600, 0)], ['auth.log', auth_log(2000, 0, 25)]]) {
        writeFileSync(join(server.folder, name), text);
        tool(server, 'import', '--url', server.url, join(server.folder, name));
    }
    await open(server.url);
    const row = page.locator('.list > li').filter({ hasText: 'failed logins' });
    await shows(page, row);
    const sentence = await row.first().locator('h3').innerText();
    ok(`the sentence: ${sentence}`, /^sshd: 25 failed logins in \d+ records/.test(sentence));
    await row.first().locator('h3 a').click();
    await page.locator('.records > .pointed').first().waitFor();
    const line = await page.locator('.records > .pointed .message').first().innerText();
    ok(`the line: ${line}`, line.startsWith('Failed password for root from 203.0.113.9'));
    await page.getByRole('button', { name: 'This is normal' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/would have hidden 1 of the \d+ incidents?/).waitFor();
    await button(page, 'Declare normal').click();
    await page.getByText('Declared normal.', { exact: true }).waitFor();
    const again = await fetch(`${server.url}ingest`, { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: auth_log(60, 0, 25) });
    const reply = await again.json();
    equal('the same once more', [reply.stored, reply.incident_id, reply.score < 0.8], [25, null, true]);
    equal('failed logins', (await server.json('GET', 'incidents?text=failed+logins')).incidents.map((i) => [i.status, i.verdict, i.count]), [['resolved', 'normal', 1]]);
});

test('real: hostile lines through the front door', async ({ page, open, later }) => {
    const server = await real(later);
    const texts = HOSTILE.map((t) => t.toWellFormed?.() ?? t.replaceAll('\ud800', '\ufffd'));
    await server.post([...texts.map((t, i) => [`svc ${texts[i % 12]}`.slice(0, 100), 'ERROR', `failed login ${t}`]), ['big', 'ERROR', `failed login ${'A'.repeat(1000000)}`]]);
    await server.post(SAMPLE);
    await open(`${server.url}#/?status=all`);
    await page.locator('.list > li').first().waitFor();
    const ids = (await server.json('GET', 'incidents')).incidents.map((i) => i.id);
    ok('there are some', ids.length > 0);
    for (const id of ids) {
        await page.goto(`${server.url}#/incident/${id}`);
        await page.locator('.over').getByText(`Incident ${id}`, { exact: true }).waitFor();
        await page.locator('.records > li, .none').first().waitFor();
        equal('elements that are not ours', await page.evaluate(() => document.querySelectorAll('body script, img, iframe, svg[onload], math, body style').length), 0);
        ok('not too wide', await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    }
    await page.screenshot({ path: `${SHOTS}/real-hostile.png`, fullPage: true });
}, { viewport: { width: 360, height: 740 } });

test('real: the server goes and comes back', async ({ page, open, later }) => {
    const server = await real(later);
    await server.post(SAMPLE);
    await open(server.url);
    await page.locator('.list > li').waitFor();
    await server.stop();
    await shows(page, page.getByText('The server does not answer.'));
    equal('what was known stays', await page.locator('.list > li').count(), 1);
    await server.start();
    await button(page, 'Ask now').click();
    await page.getByText('The server does not answer.').waitFor({ state: 'detached', timeout: 30000 });
}, { may_fail: /Failed to load resource/ });

test('real: this is normal holds from the next request on; undone, it is told again', async ({ page, open, later }) => {
    const server = await real(later);
    equal('an incident', (await server.post(SAMPLE)).incident_id, 1);
    await open(`${server.url}#/incident/1`);
    await page.getByRole('button', { name: 'This is normal' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('would have hidden').waitFor();
    await page.screenshot({ path: `${SHOTS}/real-normal.png` });
    await dialog.getByRole('radio', { name: 'All of this service' }).check();
    await dialog.getByText('would have hidden 1 of the 1 incident of the last 7 days').waitFor();
    await dialog.getByLabel('Why').fill('a test');
    await button(page, 'Declare normal').click();
    await page.getByText('Declared normal.', { exact: true }).waitFor();
    const { normals } = await server.json('GET', 'normals');
    equal('in the store', normals.map((n) => [n.scope, n.service, n.note, n.incident_id, n.undone_at]), [['service', 'auth', 'a test', 1, null]]);
    const again = await server.post(SAMPLE);
    equal('the next request', again.incident_id, null);
    await page.getByRole('link', { name: 'Normal', exact: true }).click();
    await page.locator('.list').getByText('everything from auth').waitFor();
    await button(page, 'Undo normal 1').click();
    await page.getByText('Nothing, so far.').waitFor();
    ok('undone', (await server.json('GET', 'normals')).normals[0].undone_at);
    ok('told again', (await server.post(SAMPLE)).incident_id);
});

test('real: several kinds of messages are normal at once, and are not, with one undo', async ({ page, open, later }) => {
    const server = await real(later);
    await server.post(SAMPLE);
    const stored = async () => (await server.json('GET', 'incidents/1')).incident;
    const kinds = (await stored()).choices.filter((c) => c.scope === 'template').map((c) => c.template_id).sort();
    ok(`several kinds: ${kinds}`, kinds.length > 1);
    await open(`${server.url}#/incident/1`);
    await page.getByRole('button', { name: 'This is normal' }).click();
    await page.getByRole('dialog').getByRole('radio', { name: `All ${kinds.length} kinds of messages in it` }).waitFor();
    await page.getByRole('dialog').getByText('would have hidden').waitFor();
    await button(page, 'Declare normal').click();
    await page.getByText(`All ${kinds.length} kinds of messages.`).waitFor();
    const { normals } = await server.json('GET', 'normals');
    equal('in the store', normals.map((n) => [n.scope, n.template_id, n.undone_at]).sort(), kinds.map((id) => ['template', id, null]));
    await button(page, 'Undo').click();
    await page.getByText('Undone: it is told again.').first().waitFor();
    ok('undone', (await server.json('GET', 'normals')).normals.every((n) => n.undone_at));
    equal('as before', [(await stored()).verdict, (await stored()).status], [null, 'open']);
});

test('real: an import of another time shows its own time; filters find', async ({ page, open, later }) => {
    const server = await real(later);
    await server.post(SAMPLE.map((record) => [...record, 40 * 86400]));
    await open(server.url);
    await page.getByText('There is no record in the last 24 hours. This is the time up to the newest one').waitFor();
    await page.getByRole('img', { name: /^auth: 2 records, unusual in 1 bar/ }).waitFor();
    await page.getByRole('combobox', { name: 'Show' }).selectOption('all');
    const row = page.locator('.list > li');
    for (const [label, value, found] of [['Show', 'acknowledged', 0], ['Show', 'open', 1], ['Service', 'web', 0], ['Service', 'auth', 1], ['How unusual', '0.9985', 0], ['How unusual', '', 1]]) {
        await page.getByRole('combobox', { name: label }).selectOption(value);
        await until(`${label} ${value}`, async () => await row.count() === found && (found > 0 || await page.getByText('No incident is like that.').count() === 1));
    }
    await page.getByLabel('Text').fill('FAILED Logins');
    await until('by its text', async () => /text=FAILED/.test(page.url()) && await row.count() === 1);
    await page.getByLabel('Text').fill('not in it');
    await page.getByText('No incident is like that.').waitFor();
});

/* A webhook's receiver that ends with the test; it answers with what `status` is. */
async function receiver(later) {
    const got = { status: 200, bodies: [] };
    const server = createServer(async (request, response) => {
        let body = '';
        for await (const chunk of request) {
            body += chunk;
        }
        got.bodies.push(JSON.parse(body));
        response.writeHead(got.status).end();
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    later(() => new Promise((done) => { server.closeAllConnections(); server.close(done); }));
    got.url = `http://127.0.0.1:${server.address().port}/hook`;
    return got;
}

test('real: who is told, a test message, one that does not arrive', async ({ page, open, later }) => {
    const hook = await receiver(later);
    const server = await real(later, { WEBHOOK_URL: hook.url, NOTIFY_PRIVATE: '1', NOTIFY_RETRY_MS: '100' });
    await open(server.url);
    await page.getByRole('heading', { name: 'Told by webhook' }).waitFor();
    await page.getByRole('link', { name: 'Messages', exact: true }).click();
    await page.getByRole('button', { name: 'Send a test message' }).click();
    await until('the test message arrives', () => hook.bodies.length === 1);
    await shows(page, page.locator('table .badge.delivered'));
    hook.status = 500;
    await server.post(SAMPLE);
    await until('tried', () => hook.bodies.length > 1);
    await shows(page, page.locator('.state-bad h3').getByText('webhook'));
    await page.getByRole('link', { name: 'Now', exact: true }).click();
    await page.getByRole('heading', { name: 'Bad: Messages do not arrive' }).waitFor();
    hook.status = 200;
    await page.getByRole('link', { name: 'Messages', exact: true }).click();
    await shows(page, page.locator('table .badge.delivered').nth(1));
    await page.screenshot({ path: `${SHOTS}/real-messages.png`, fullPage: true });
    await page.locator('table').getByRole('link', { name: 'incident 1' }).click();
    await page.getByRole('heading', { level: 1, name: /failed logins/ }).waitFor();
});

test('real: a storm: what is held back is said; all that are shown in one go, and back', async ({ page, open, later }) => {
    const hook = await receiver(later);
    const server = await real(later, { WEBHOOK_URL: hook.url, NOTIFY_PRIVATE: '1', NOTIFY_MAX: '1', NOTIFY_MINUTES: '60' });
    for (let i = 0; i < 28; i++) {
        await server.post(SAMPLE.map(([, ...rest]) => [`service-${i}`, ...rest]));
    }
    const n = async (status) => (await server.json('GET', `incidents?status=${status}`)).incidents.length;
    equal('incidents', await n('open'), 28);
    await open(server.url);
    await page.getByRole('heading', { level: 1, name: '28 incidents need a look' }).waitFor();
    await until('one message', () => hook.bodies.length === 1);
    await page.getByRole('link', { name: 'Messages', exact: true }).click();
    await shows(page, page.locator('.state-info').getByText('27 incidents are held back: they come together in the next message.'));
    await page.getByRole('link', { name: 'Now', exact: true }).click();
    await shows(page, page.getByRole('heading', { name: 'Note: Told by webhook' }));
    await button(page, 'Resolve all 25 shown').click();
    await button(page, 'Yes, resolve all 25').click();
    await page.locator('.all').getByText('25 incidents resolved.').waitFor();
    equal('resolved', [await n('resolved'), await n('open')], [25, 3]);
    await page.screenshot({ path: `${SHOTS}/real-storm.png`, fullPage: true });
    await button(page, 'Undo').click();
    await page.getByRole('status').getByText('Undone: 25 incidents open again.').waitFor();
    equal('open', await n('open'), 28);
});
