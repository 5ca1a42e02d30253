/* keys.mjs - the server asks for an API key: the page asks for it, keeps it for its window,
 * sends it with each request and forgets it. */
import { incident, services, started } from './fixtures.mjs';
import { axe, equal, ok, SHOTS, test, until } from './harness.mjs';
import { real, tool } from './server.mjs';

const KEY = 'loganalyzer_0123456789ab_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';
const REFUSED = { may_fail: /40[13]/ };

test('key: asked for, wrong, right, kept over a reload, revoked, forgotten', async ({ page, open, later }) => {
    const mock = await started(later), kept = () => page.evaluate(() => ({ ...sessionStorage, ...localStorage, cookie: document.cookie }));
    mock.services = services(['web']);
    mock.incidents = [incident(1)];
    mock.key = KEY;
    await open(`${mock.url}#/incident/1`);
    await page.getByRole('heading', { name: 'An API key is needed' }).waitFor();
    equal('the field has the focus', await page.evaluate(() => document.activeElement.id), 'key');
    equal('and shows nothing', await page.getByLabel('API key').getAttribute('type'), 'password');
    ok('in one line', (await page.locator('h1').boundingBox()).height < 80);
    ok('wide enough for a key', (await page.getByLabel('API key').boundingBox()).width > 250);
    equal('axe', await axe(page), []);
    await page.screenshot({ path: `${SHOTS}/key.png`, fullPage: true });
    const refused = mock.refused;
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    equal('nothing asks on', mock.refused, refused);
    await page.keyboard.type('loganalyzer_wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('none of this server').waitFor();
    equal('kept', await kept(), { cookie: '' });
    await page.getByLabel('API key').fill(` ${KEY}\t`);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /failed logins/ }).waitFor();
    equal('kept', await kept(), { 'loganalyzer-key': KEY, cookie: '' });
    await page.getByRole('button', { name: 'Acknowledge', exact: true }).click();
    await page.locator('.badge.acknowledged').waitFor();
    equal('a change', mock.requests.filter((r) => r.method === 'PATCH').map((r) => r.type), ['application/json']);
    await page.reload();
    await page.getByRole('heading', { name: /failed logins/ }).waitFor();
    ok('the key is not in the address', !page.url().includes('loganalyzer_'));
    mock.key = `${KEY.slice(0, -1)}x`; // revoked
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.getByRole('heading', { name: 'An API key is needed' }).waitFor();
    await page.getByText('none of this server').waitFor();
    await page.getByLabel('API key').fill(mock.key);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { name: /failed logins/ }).waitFor();
    await page.getByRole('button', { name: 'Forget the API key' }).click();
    await page.getByRole('heading', { name: 'An API key is needed' }).waitFor();
    equal('kept', await kept(), { cookie: '' });
}, REFUSED);

test('key: on a phone nothing is wider than the screen', async ({ page, open, later }) => {
    const mock = await started(later);
    mock.key = KEY;
    await open(mock.url);
    await page.getByLabel('API key').waitFor();
    equal('too wide by', await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
    equal('axe', await axe(page), []);
}, { ...REFUSED, viewport: { width: 360, height: 740 }, dark: true });

test('key: without one nothing speaks of keys', async ({ page, open, later }) => {
    const mock = await started(later);
    await open(mock.url);
    await page.locator('.command').first().waitFor();
    equal('buttons', await page.getByRole('button', { name: /key/i }).count(), 0);
    ok('links', await page.getByRole('link', { name: 'incidents', exact: true }).count() === 1);
    ok('commands', !(await page.locator('.command').allInnerTexts()).some((c) => c.includes('Bearer')));
});

test('key: real programs, one that may read and not answer', async ({ page, open, later }) => {
    const server = await real(later);
    await server.post([['auth', 'ERROR', 'authentication failed login for user admin'], ['web', 'WARN', 'cache miss'], ['auth', 'ERROR', 'invalid password']]);
    const add = (scope) => tool(server, 'key', 'add', '--scope', scope).trim();
    const [read, admin, ingest] = ['read', 'admin', 'ingest'].map(add);
    await open(`${server.url}#/incident/1`);
    await page.getByLabel('API key').fill(ingest);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('alert').getByText('lacks the scope read').waitFor();
    await page.getByLabel('API key').fill(read);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('button', { name: 'Acknowledge', exact: true }).click();
    await page.getByRole('alert').getByText('lacks the scope admin').waitFor();
    await page.getByRole('button', { name: 'Forget the API key' }).click();
    await page.getByLabel('API key').fill(admin);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('button', { name: 'Acknowledge', exact: true }).click();
    await page.locator('.badge.acknowledged').waitFor();
    tool(server, 'key', 'revoke', admin.split('_')[1]);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.getByRole('heading', { name: 'An API key is needed' }).waitFor();
    await until('the page is still served', async () => (await fetch(server.url)).status === 200);
}, REFUSED);
